import type { Sample } from '../common/sample';
import type { TimeContext } from '../common/time';
import { EMPTY_ALERT, isActive, type Alert } from './alert';
import type { AlertNotification } from './contract';
import { defectOf, type Defect } from '../common/defects';
import { DEFAULT_RULES } from './defaultRules';
import { listText } from './list';
import { readOrders } from './orders';
import { BUDGET_MS, MOST_MESSAGES, planMessages } from './plan';
import {
	awayAmong,
	problemResults,
	readSamples,
	ruleResults,
	policyOf,
	withoutObservation,
	type RuleResult,
} from './ruleResults';
import { readRules, type ReadRules, type RuleRow } from './rules';
import { readState, stateRow, type StateRow } from './state';
import { step } from './step';
import { tell, type NotificationPolicy } from './tell';

/** What was read for one evaluation: rows of the three tables and samples, whatever stands in them. */
export interface Material {
	rules: unknown[];
	/** The one row of `clawbot_alerts`. */
	saved: unknown;
	orders: unknown[];
	samples: unknown[];
}

export interface Evaluation {
	/** Save this first, where its last version still stands: what is told must not depend on this run coming to its end. */
	saved: StateRow;
	/** Where that was saved, send these, and then write their keys into `told`. */
	notifications: AlertNotification[];
	/** To put into the table of rules, which is empty. */
	newRules: RuleRow[];
	/** What bugs kept from being measured or held against a rule. Its alerts stay as they were. */
	defects: Defect[];
}

/** What is well and was not measured for so long is forgotten. */
const FORGET_AFTER_MS = 24 * 60 * 60_000;

/**
 * Holds every rule against every sample that it concerns, and decides what to save and whom to tell.
 *
 * 1. Each alert takes a step: by its sample, or because nothing observes it any more.
 * 2. What people have to be told of that is put into the alerts' outboxes.
 * 3. The outboxes become messages, as many as may leave this minute.
 */
export function evaluate(material: Material, wording: TimeContext): Evaluation {
	const { now } = wording;
	const newRules = material.rules.length === 0 ? [...DEFAULT_RULES] : [];
	const read = readRules([...material.rules, ...newRules]);
	const samples = readSamples(material.samples);
	const orders = readOrders(material.orders);
	const { version, alerts: known, sent } = readState(material.saved);

	const alerts = stepAll(known, read, samples, now).map(({ alert, policy }) =>
		tell(known.get(alert.key) ?? EMPTY_ALERT, alert, orders, policy, now),
	);

	// What lies in the future was counted before the clock was set back.
	const lately = sent.filter(([at]) => Math.abs(now - at) < BUDGET_MS);
	const left = MOST_MESSAGES - lately.reduce((sum, [, count]) => sum + count, 0);
	const { alerts: planned, notifications, fresh } = planMessages(alerts, orders, left, wording);
	const kept = planned.filter((alert) => !isForgotten(alert, now));
	const state = {
		version,
		alerts: new Map(kept.map((alert) => [alert.key, alert])),
		sent: fresh > 0 ? [...lately, [now, fresh] as [number, number]] : lately,
	};
	return {
		saved: stateRow(state, listText(kept, orders, wording)),
		notifications,
		newRules,
		defects: [...read.defects.values(), ...samples.flatMap(unmeasured)],
	};
}

/** Every alert after its step, and what its rule says of telling people. */
function stepAll(
	known: ReadonlyMap<string, Alert>,
	read: ReadRules,
	samples: Sample[],
	now: number,
): Array<{ alert: Alert; policy: NotificationPolicy }> {
	const { rules, problems, defects } = read;
	const stepped = new Map(known);
	const policies = new Map<string, NotificationPolicy>();
	for (const { key, shown, observation, policy } of [
		...holdAll(read, samples),
		...problemResults(problems, rules, samples, known.values(), now),
	]) {
		const before = stepped.get(key) ?? { ...EMPTY_ALERT, key };
		stepped.set(key, step({ ...before, ...shown }, observation));
		policies.set(key, policy);
	}

	const isAway = awayAmong(samples);
	const names = new Set([...[...rules, ...problems].map(({ name }) => name), ...defects.keys()]);
	return [...stepped.values()].map((alert) => {
		const policy = policies.get(alert.key);
		return policy
			? { alert, policy }
			: {
					alert: withoutObservation(alert, { names, isAway }, now),
					policy: policyOf(alert, rules),
				};
	});
}

/** Holds the rules against the samples. A defect hides no other rule: it is kept with the others. */
function holdAll({ rules, defects }: ReadRules, samples: Sample[]): RuleResult[] {
	return rules.flatMap((rule) => {
		try {
			return ruleResults(rule, samples);
		} catch (error) {
			defects.set(rule.name, defectOf(`rule ${rule.name}`, error));
			return [];
		}
	});
}

/** A defect that whoever measured has logged. */
const unmeasured = ({ source, error = '', defect }: Sample): Defect[] =>
	defect ? [{ where: `source ${source}`, message: error, stack: '' }] : [];

const isForgotten = (alert: Alert, now: number): boolean =>
	!isActive(alert) && alert.outbox.length === 0 && now - alert.seenAtMs > FORGET_AFTER_MS;
