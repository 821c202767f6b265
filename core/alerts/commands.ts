import type { TimeContext } from '../common/time';
import { isActive, shortCode, type Alert } from './alert';
import { listText, MOST_LINES, orderText } from './list';
import { isRunning, readOrders, scopeOf, standingOf, type Order } from './orders';
import { HELP, parseCommand, type AlertCommand } from './parse';
import { readState } from './state';
import { codeOf } from '../common/codes';

export interface AlertCommandContext extends TimeContext {
	/** Who asks; alerts and orders show it. */
	by: string;
}

/** What a command comes to. */
export interface AlertCommandResult {
	/** For the chat, plain. */
	text: string;
	/** Orders to save: new ones, and those that end. */
	orders: Order[];
}

const say = (text: string): AlertCommandResult => ({ text, orders: [] });

/**
 * Carries out one command of the operations group. Never throws, whatever is typed. Alerts are only read: what
 * was said counts from now on, here and in the next evaluation.
 * @param material the row of `clawbot_alerts`, and rows of `clawbot_alert_orders`
 */
export function runCommand(
	text: string,
	material: { saved: unknown; orders: unknown[] },
	context: AlertCommandContext,
): AlertCommandResult {
	const { now } = context;
	const command = parseCommand(text, context);
	const orders = readOrders(material.orders);
	const alerts = [...readState(material.saved).alerts.values()].map((alert) => ({
		...alert,
		...standingOf(alert, orders, now),
	}));
	switch (command.name) {
		case 'help':
			return say(HELP);
		case 'mistake':
			return say(`${command.hint}\n/alert help`);
		case 'list':
			return say(listText(alerts, orders, context));
		case 'ack':
			return acknowledge(alerts, command.which, context);
		case 'silence':
		case 'maintenance':
			return hush(alerts, command, context);
		case 'unsilence':
			return end('silence', orders, command.which, now);
		case 'endMaintenance':
			return end('maintenance', orders, command.which, now);
	}
}

function acknowledge(
	alerts: Alert[],
	which: string,
	{ now, by }: AlertCommandContext,
): AlertCommandResult {
	const meant = alerts.filter(({ key }) => which === 'all' || key.startsWith(which));
	if (which !== 'all' && meant.length !== 1) return say(notOne(which, meant));
	const firing = meant.filter(({ status }) => status === 'firing' || status === 'silenced');
	if (firing.length === 0) {
		const [first] = meant;
		return say(
			first?.status === 'acknowledged'
				? `已由 ${first.by} 确认 Acknowledged already`
				: '没有在告警 Nothing is firing',
		);
	}
	// One order for all: a storm has a thousand alerts.
	const scope = which === 'all' ? which : firing[0]!.key;
	return {
		text: `已确认 ${firing.length} 条 · Acknowledged ${firing.length}`,
		orders: [newOrder({ action: 'ack', scope, fromMs: now, untilMs: 0, by }, now)],
	};
}

function notOne(typed: string, alerts: Alert[]): string {
	return alerts.length === 0
		? `没有这一条 There is none: ${typed}`
		: `是哪一条？ Which one?\n${alerts
				.slice(0, MOST_LINES)
				.map(({ key }) => key.slice(0, Math.max(10, typed.length + 2)))
				.join('\n')}`;
}

/** An order with a key of its own, also among those that are given at once. */
const newOrder = (said: Omit<Order, 'key'>, now: number): Order => ({
	key: codeOf(JSON.stringify([now, said]), 24),
	...said,
});

function hush(
	alerts: Alert[],
	{ name, scope, fromMs, untilMs }: Extract<AlertCommand, { scope: string }>,
	context: AlertCommandContext,
): AlertCommandResult {
	const isMeant = scopeOf(scope)!;
	const isCode = !scope.includes('=') && !/^(all|全部)$/iu.test(scope);
	const meant = alerts.filter(isMeant);
	if (isCode && meant.length !== 1) return say(notOne(scope, meant));
	const order = newOrder(
		{ action: name, scope: isCode ? meant[0]!.key : scope, fromMs, untilMs, by: context.by },
		context.now,
	);
	const active = meant.filter(isActive).length;
	return {
		text: `${orderText(order, context)}\n涉及 ${meant.length} 项，其中告警 ${active} · ${meant.length} series, ${active} firing\n/alert ${name === 'silence' ? 'unsilence' : 'maintenance end'} ${shortCode(order.key)}`,
		orders: [order],
	};
}

/** Ends silences or windows that run or are to come: by their own code, or the code of the alert they are for. */
function end(
	action: 'silence' | 'maintenance',
	orders: Order[],
	which: string,
	now: number,
): AlertCommandResult {
	const meant = orders.filter(
		(order) =>
			order.action === action &&
			(isRunning(order, now) || order.fromMs > now) &&
			(which === 'all' ||
				order.key.startsWith(which) ||
				(/^[a-z2-7]{24}$/u.test(order.scope) && order.scope.startsWith(which))),
	);
	if (meant.length === 0) return say(`没有这一条 There is none: ${which}`);
	return {
		text: `已结束 ${meant.length} 条 · Ended ${meant.length}`,
		orders: meant.map((order) => ({ ...order, untilMs: now })),
	};
}
