import { alertRow, EMPTY_ALERT, readAlert, type Alert, type AlertRow, type Entry } from './alert';
import type { Point } from './chart';
import type { Notice } from './contract';
import { DEFAULT_RULES } from './defaultRules';
import { readOrders } from './orders';
import { BUDGET_MS, MOST_MESSAGES, planMessages } from './plan';
import { problemReadings, readSamples, readingsOf, tellingOf, withoutLook } from './readings';
import { readRules, type RuleRow } from './rules';
import { step } from './step';
import { tell, type Telling } from './tell';
import type { Wording } from './texts';

/** What was read for one evaluation: rows of the three tables and samples, whatever stands in them. */
export interface Material {
	rules: unknown[];
	states: unknown[];
	orders: unknown[];
	samples: unknown[];
}

/** An outbox after its messages have left: written where the one before still stands. */
export interface Told {
	key: string;
	before: string;
	outbox: string;
}

export interface Evaluation {
	/** Save these first: what is to be told must not depend on this run coming to its end. */
	states: AlertRow[];
	/** Then send these. */
	notices: Notice[];
	/** Then save that they are sent. */
	told: Told[];
	/** To put into the table of rules, which is empty. */
	newRules: RuleRow[];
}

/** The row that counts messages instead of being an alert: `recent` says when how many left. */
export const COUNT_KEY = '*';

/**
 * Holds every rule against every sample that it concerns, and decides what to save and whom to tell.
 *
 * 1. Each alert takes a step: by its sample, or by nobody looking at it any more.
 * 2. What people have to be told of that is put into the alerts' outboxes.
 * 3. The outboxes become messages, as many as may leave this minute.
 */
export function evaluate(material: Material, wording: Wording): Evaluation {
	const { now } = wording;
	const newRules = material.rules.length === 0 ? [...DEFAULT_RULES] : [];
	const { rules, problems } = readRules([...material.rules, ...newRules]);
	const samples = readSamples(material.samples);
	const orders = readOrders(material.orders);
	const known = readAlerts(material.states);
	const sent = (known.get(COUNT_KEY)?.recent ?? []).filter(([at]) => at * 1000 > now - BUDGET_MS);
	known.delete(COUNT_KEY);

	const stepped = new Map(known);
	const tellings = new Map<string, Telling>();
	for (const { key, shown, look, telling } of [
		...rules.flatMap((rule) => readingsOf(rule, samples)),
		...problemReadings(problems, rules, samples, known.values(), now),
	]) {
		stepped.set(key, step({ ...(stepped.get(key) ?? { ...EMPTY_ALERT, key }), ...shown }, look));
		tellings.set(key, telling);
	}

	const alerts = [...stepped.values()].map((alert) => {
		const telling = tellings.get(alert.key);
		return tell(
			known.get(alert.key) ?? EMPTY_ALERT,
			telling ? alert : withoutLook(alert, rules, problems, now),
			orders,
			telling ?? tellingOf(alert, rules),
			now,
		);
	});

	const left = MOST_MESSAGES - sent.reduce((sum, [, count]) => sum + count, 0);
	const { alerts: planned, notices, fresh } = planMessages(alerts, orders, left, wording);
	const states = planned.map(alertRow);
	return {
		states: [
			// First, so that another run counts them too. Rounded up: none counts for less than a minute.
			...(fresh > 0 ? [countRow([...sent, [Math.ceil(now / 1000), fresh]])] : []),
			...worthSaving(states, known),
		],
		notices,
		told: planned.flatMap((alert) => toldOf(alert, now)),
		newRules,
	};
}

export function readAlerts(rows: unknown[]): Map<string, Alert> {
	return new Map(
		rows.flatMap((row) => {
			const alert = readAlert(row);
			return alert ? [[alert.key, alert]] : [];
		}),
	);
}

/** Rows that are well and merely measured again: more of them than this are saved by turns. */
const MOST_IDLE = 200;

/** Each row costs n8n several queries: of those that are well, the ones that were saved longest ago. */
function worthSaving(states: AlertRow[], known: Map<string, Alert>): AlertRow[] {
	const changed = states.filter((row) => isChanged(row, known.get(row.key)));
	const isIdle = (row: AlertRow): boolean => {
		const before = known.get(row.key);
		const well = row.status === 'ok' || row.status === 'resolved';
		return well && before?.status === row.status && alertRow(before).outbox === row.outbox;
	};
	const savedAt = ({ key }: AlertRow): number => known.get(key)?.sampleAtMs ?? 0;
	const idle = changed.filter(isIdle).sort((a, b) => savedAt(a) - savedAt(b));
	return [...changed.filter((row) => !isIdle(row)), ...idle.slice(0, MOST_IDLE)];
}

const isChanged = (row: AlertRow, before: Alert | undefined): boolean =>
	!before || JSON.stringify(row) !== JSON.stringify(alertRow(before));

const countRow = (recent: Point[]): AlertRow =>
	alertRow({ ...EMPTY_ALERT, key: COUNT_KEY, recent });

function toldOf({ key, outbox }: Alert, now: number): Told[] {
	const rest = outbox.filter(({ message, handedInAt }: Entry) => !message || handedInAt !== now);
	return rest.length < outbox.length
		? [{ key, before: JSON.stringify(outbox), outbox: JSON.stringify(rest) }]
		: [];
}
