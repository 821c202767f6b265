import type { Sample } from '../../../core/common/sample';
import type { Alert } from '../../../core/alerts/alert';
import { runCommand, type AlertCommandResult } from '../../../core/alerts/commands';
import type { AlertNotification } from '../../../core/alerts/contract';
import { evaluate, type Evaluation } from '../../../core/alerts/evaluate';
import type { Order } from '../../../core/alerts/orders';
import type { RuleRow } from '../../../core/alerts/rules';
import { readState, type StateRow } from '../../../core/alerts/state';

export const MINUTE = 60_000;
/** 2026-11-23 09:00 in Shanghai. */
export const START = Date.parse('2026-11-23T01:00:00Z');
const TIMEZONE = 'Asia/Shanghai';

export const rule = (fields: Partial<RuleRow> = {}): RuleRow => ({
	name: 'CPU',
	metric: 'cpuPercent',
	target: '',
	comparison: '>',
	threshold: 85,
	forMinutes: 0,
	minCount: 0,
	channels: 'wecom',
	escalateAfterMinutes: 10,
	escalateTo: '',
	enabled: true,
	note: '',
	...fields,
});

/** A row that the code for rules has a bug for. */
export const defectiveRule = (name = 'Defective'): RuleRow => ({
	...rule({ name }),
	get threshold(): number {
		throw new TypeError('x is not a function');
	},
});

/** Where a run of the workflow can be cut off; the last one is how it must not be. */
export type Cut = 'nothing' | 'saving' | 'sending' | 'half sent' | 'marking' | 'saving, but sent';

/**
 * The workflow around the decisions: tables that keep what JSON keeps, a sender that sends a key once on a
 * channel, runs that are killed.
 */
export class Watch {
	/** Each message that people got, and when. */
	readonly sent: Array<AlertNotification & { at: number }> = [];
	now = START;
	/** For a control: saves over what another run saved since it read. */
	isCareless = false;
	/** As n8n makes it: with its key alone. */
	row: Partial<StateRow> & { told?: string } = {};
	private orders = new Map<string, Order>();
	private readonly keys = new Set<string>();

	constructor(private rules: unknown[] = [rule()]) {}

	/** One run; `cut` says before which step it is killed. */
	tick(samples: Array<Partial<Sample>>, cut: Cut = 'nothing'): Evaluation {
		const result = this.evaluate(samples);
		if (cut === 'saving, but sent')
			for (const notification of result.notifications) this.send(notification);
		if (!cut.startsWith('saving')) this.carryOut(result, cut);
		return result;
	}

	/** What follows the decisions, also of a run that another one overtook. */
	carryOut({ saved, notifications }: Evaluation, cut: Cut = 'nothing'): void {
		// What a run read is one version older than what it saves.
		if (!this.isCareless && (this.row.version ?? 0) !== saved.version - 1) return;
		Object.assign(this.row, copy(saved));
		if (cut === 'sending') return;
		const sent =
			cut === 'half sent' ? notifications.slice(0, notifications.length / 2) : notifications;
		for (const notification of sent) this.send(notification);
		if (cut !== 'nothing') return;
		this.row.told = JSON.stringify(notifications.map(({ key }) => key));
	}

	private evaluate(samples: Array<Partial<Sample>>): Evaluation {
		const material = {
			rules: this.rules,
			saved: this.row,
			orders: [...this.orders.values()],
			samples: samples.map((each) => ({
				source: 'nodes',
				metric: 'cpuPercent',
				target: 'node-1',
				at: this.now,
				...each,
			})),
		};
		return copy(evaluate(copy(material), { now: this.now, timezone: TIMEZONE }));
	}

	private send(notification: AlertNotification): void {
		const key = `${notification.channel} ${notification.key}`;
		if (!this.keys.has(key)) this.sent.push({ ...notification, at: this.now });
		this.keys.add(key);
	}

	/** Ticks with one value of node-1 at times since the start, in minutes. */
	values(...points: Array<[minute: number, value: number | null]>): void {
		for (const [minute, value] of points) {
			this.at(minute);
			this.tick([{ value }]);
		}
	}

	/** The same value every minute, both ends included. */
	steady(from: number, to: number, value: number | null): void {
		for (let minute = from; minute <= to; minute++) this.values([minute, value]);
	}

	at(minute: number): this {
		this.now = START + minute * MINUTE;
		return this;
	}

	say(text: string, by = '李强 dingtalk:u1'): AlertCommandResult {
		const material = { saved: this.row, orders: [...this.orders.values()] };
		const reaction = runCommand(text, copy(material), { now: this.now, timezone: TIMEZONE, by });
		for (const order of reaction.orders) this.orders.set(order.key, copy(order));
		return reaction;
	}

	useRules(...rules: unknown[]): void {
		this.rules = rules;
	}

	get alerts(): Alert[] {
		return [...readState(this.row).alerts.values()];
	}

	/** Whether nobody has to be told of anything any more. */
	get isQuiet(): boolean {
		return this.alerts.every(({ outbox }) => outbox.length === 0);
	}

	/** Of the only alert. */
	get status(): string {
		if (this.alerts.length !== 1) throw new Error(`${this.alerts.length} alerts, not one`);
		return this.alerts[0]!.status;
	}

	get titles(): string[] {
		return this.sent.map(({ title }) => title);
	}
}

const copy = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

/** Most messages that left within any 60 seconds. */
export function busiestMinute({ sent }: Watch): number {
	return Math.max(
		0,
		...sent.map(({ at }) => sent.filter((each) => each.at >= at && each.at < at + MINUTE).length),
	);
}
