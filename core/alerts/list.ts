import { shortCode, type Alert } from './alert';
import { chartOf } from './chart';
import type { Order } from './orders';
import { lineOf } from './texts';
import { type TimeContext, timeText } from '../common/time';

/** Longer lists say how much is left out. */
export const MOST_LINES = 20;

const STANDINGS: readonly Alert['status'][] = ['firing', 'acknowledged', 'silenced', 'pending'];

/** How alerts stand, for a chat: what is not well, with its last half hour; silences and windows. */
export function listText(alerts: Alert[], orders: Order[], context: TimeContext): string {
	const found = alerts
		.filter(({ status }) => STANDINGS.includes(status))
		.sort(
			(a, b) => STANDINGS.indexOf(a.status) - STANDINGS.indexOf(b.status) || a.sinceMs - b.sinceMs,
		);
	const left = found.length - MOST_LINES;
	const open = orders.filter(({ action, untilMs }) => action !== 'ack' && untilMs > context.now);
	return [
		found.length > 0 ? `告警 ${found.length} 条 · ${found.length} alerts` : '没有告警 No alerts',
		...found.slice(0, MOST_LINES).flatMap((alert) => {
			const chart = chartOf(alert.recent, context.now);
			return [lineOf(alert, context), ...(chart ? [chart] : [])];
		}),
		...(left > 0 ? [`… +${left}`] : []),
		...open.slice(0, MOST_LINES).map((order) => orderText(order, context)),
	].join('\n');
}

const ACTIONS = { ack: '确认 ack', silence: '静默 silence', maintenance: '维护 maintenance' };

/** One line of an order, with its code. */
export function orderText(
	{ key, action, scope, fromMs, untilMs, by }: Order,
	context: TimeContext,
): string {
	const [from, until] = [fromMs, untilMs].map((time) => timeText(time, context.timezone));
	const name = /^[a-z2-7]{24}$/u.test(scope) ? shortCode(scope) : scope;
	const times = fromMs > context.now ? `${from} – ${until}` : `至 until ${until}`;
	return `${shortCode(key)} ${ACTIONS[action]}: ${name}，${times} (${by})`;
}
