import { asFields, asText } from '../../protocol/fields';
import { asTime, isActive, type Alert } from './alert';
import { targetPattern } from './targetPattern';
import { splitList } from '../../protocol/text';

const ORDER_ACTIONS = ['ack', 'silence', 'maintenance'] as const;

/** What a person said about alerts: a row of `clawbot_alert_orders`. Commands write them, nothing else does. */
export interface Order {
	/** 24 letters; the first six are its code in chats. */
	key: string;
	action: (typeof ORDER_ACTIONS)[number];
	/** What `scopeOf` reads: `all`, the key of an alert, `target=node-* rule=CPU`. */
	scope: string;
	fromMs: number;
	/** Ended early: when that was said. 0 for `ack`, which lasts until the alert is over. */
	untilMs: number;
	/** Who said so. */
	by: string;
}

/** The orders among what a table gave; whatever else is there is left out. */
export function readOrders(rows: unknown[]): Order[] {
	return rows.flatMap((row) => {
		const fields = asFields(row);
		const action = ORDER_ACTIONS.find((each) => each === fields.action);
		const [key, scope, by = ''] = [fields.key, fields.scope, fields.by].map(asText);
		if (!action || !key || !scope) return [];
		const [fromMs, untilMs] = [asTime(fields.fromMs), asTime(fields.untilMs)];
		return [{ key, action, scope, fromMs, untilMs, by }];
	});
}

/** What an alert is known by in a scope. */
type Named = Pick<Alert, 'key' | 'rule' | 'source' | 'target'>;

const FIELDS: Readonly<Record<string, 'rule' | 'source' | 'target'>> = {
	rule: 'rule',
	规则: 'rule',
	source: 'source',
	来源: 'source',
	target: 'target',
	目标: 'target',
};

/**
 * Reads which alerts are meant. Of `rule=`, `source=` and `target=`, all that are there must hold.
 * @returns undefined for what is no scope
 */
export function scopeOf(text: string): ((alert: Named) => boolean) | undefined {
	const words = text.split(/\s+/u).filter((word) => word !== '');
	if (words.length === 1 && /^(all|全部)$/iu.test(words[0]!)) return () => true;
	if (words.length === 1 && /^[a-z2-7]{4,24}$/u.test(words[0]!)) {
		return ({ key }) => key.startsWith(words[0]!);
	}
	const conditions: Array<(alert: Named) => boolean> = [];
	for (const word of words) {
		const [, name = '', list = ''] = /^([^=＝]+)[=＝](.+)$/su.exec(word) ?? [];
		const field = Object.hasOwn(FIELDS, name.toLowerCase())
			? FIELDS[name.toLowerCase()]
			: undefined;
		if (!field || splitList(list).length === 0) return undefined;
		const matches = targetPattern(list);
		conditions.push((alert) => matches(alert[field]));
	}
	return conditions.length > 0
		? (alert) => conditions.every((condition) => condition(alert))
		: undefined;
}

export const isRunning = ({ fromMs, untilMs }: Order, now: number): boolean =>
	fromMs <= now && now < untilMs;

const covers = (order: Order, alert: Named): boolean => scopeOf(order.scope)?.(alert) ?? false;

const isHushed = (order: Order, alert: Named, now: number): boolean =>
	isRunning(order, now) && covers(order, alert);

/** The maintenance windows that an alert falls into now. */
export function windowsOf(orders: Order[], alert: Named, now: number): Order[] {
	return orders.filter((order) => order.action === 'maintenance' && isHushed(order, alert, now));
}

/** What an active alert is by what people said about it: of the status that is stored nothing else is needed. */
export function standingOf(
	alert: Alert,
	orders: Order[],
	now: number,
): Pick<Alert, 'status' | 'by'> {
	if (!isActive(alert)) return { status: alert.status, by: alert.by };
	const hushed = orders.find((order) => order.action !== 'ack' && isHushed(order, alert, now));
	if (hushed) return { status: 'silenced', by: hushed.by };
	// What was said before the alert began, or lies in the future as a clock was set back, was not about it.
	const acknowledged = orders.find(
		(order) =>
			order.action === 'ack' &&
			order.fromMs >= alert.firedAtMs &&
			order.fromMs <= now &&
			covers(order, alert),
	);
	return acknowledged
		? { status: 'acknowledged', by: acknowledged.by }
		: { status: 'firing', by: '' };
}
