import { excerpt } from '../common/redact';
import { asFields, asText } from '../../protocol/fields';
import { isActive, keyOf, type Alert } from './alert';
import type { Sample } from './contract';
import { isBeyond, isKnownMetric, type Rule, type RuleProblem } from './rules';
import type { Look } from './step';
import { GONE_AFTER_MS, stepGone } from './step';
import type { Telling } from './tell';
import { valueText } from './texts';

/** What one alert is held against in one evaluation. */
export interface Reading {
	key: string;
	/** What the alert shows from now on. */
	shown: Pick<Alert, 'rule' | 'metric' | 'source' | 'target' | 'condition' | 'note' | 'problem'>;
	look: Look;
	telling: Telling;
}

/** The samples among what was measured; whatever else is there is left out. */
export function readSamples(values: unknown[]): Sample[] {
	return values.flatMap((each) => {
		const { source, metric, target, value, at, count, error, defect } = asFields(each);
		const time = Number(asText(at) || NaN);
		if (asText(metric) === '' || !(time > 0 && time < 8.64e15)) return [];
		return [
			{
				source: asText(source),
				metric: asText(metric),
				target: asText(target),
				value: typeof value === 'number' && Number.isFinite(value) ? value : null,
				at: time,
				...(typeof count === 'number' && { count }),
				...(asText(error) !== '' && { error: excerpt(asText(error), 200) }),
				...(defect === true && { defect }),
			},
		];
	});
}

/** A rule held against every sample that it concerns. */
export function readingsOf(rule: Rule, samples: Sample[]): Reading[] {
	return samples
		.filter(({ metric, target }) => metric === rule.metric && rule.concerns(target))
		.map(({ source, metric, target, value, at, count, error = '' }) => {
			const beyond = value !== null && isBeyond(rule, value, count);
			const finding = value === null ? 'unknown' : beyond ? 'beyond' : 'good';
			return {
				key: keyOf(rule.name, source, target),
				shown: {
					rule: rule.name,
					metric,
					source,
					target,
					condition: `${rule.comparison} ${valueText(metric, rule.threshold)}`,
					note: rule.note,
					problem: error,
				},
				look: { finding, value, at, forMs: rule.forMs },
				telling: rule,
			};
		});
}

/** The metric of alerts about rules that cannot be used: they begin and end as any other. */
const RULE_METRIC = 'rule';
const RULE_SOURCE = 'clawbot_alert_rules';

const TELL_OPERATIONS: Telling = {
	channels: ['operations'],
	escalateTo: [],
	escalateAfterMs: Infinity,
};

/** How long a metric of an unknown name may be missing, before its rule is called wrong. */
const UNMEASURED_FOR_MS = 10 * 60_000;

/**
 * An alert for each rule that cannot be used, or whose metric nobody measures; and the end of those of which
 * that is not true any more.
 */
export function problemReadings(
	problems: RuleProblem[],
	rules: Rule[],
	samples: Sample[],
	known: Iterable<Alert>,
	now: number,
): Reading[] {
	const measured = new Set(samples.map(({ metric }) => metric));
	const unmeasured = rules.filter(({ metric }) => !isKnownMetric(metric) && !measured.has(metric));
	const found = [
		...problems.map((each) => problemReading(each, 0, now)),
		...unmeasured.map(({ name, metric }) => {
			const problem = `没有来源测量 No source measures: ${excerpt(metric, 60)}`;
			return problemReading({ name, problem }, UNMEASURED_FOR_MS, now);
		}),
	];
	const keys = new Set(found.map(({ key }) => key));
	const over = [...known]
		.filter(({ metric, source, key }) => {
			return metric === RULE_METRIC && source === RULE_SOURCE && !keys.has(key);
		})
		.map(({ rule, problem }) => {
			const reading = problemReading({ name: rule, problem }, 0, now);
			return { ...reading, look: { ...reading.look, finding: 'good' as const } };
		});
	return [...found, ...over];
}

function problemReading({ name, problem }: RuleProblem, forMs: number, now: number): Reading {
	return {
		key: keyOf(name, RULE_SOURCE, ''),
		shown: {
			rule: name,
			metric: RULE_METRIC,
			source: RULE_SOURCE,
			target: '规则有误 wrong rule',
			condition: '',
			note: '在数据表 clawbot_alert_rules 中更正；其他规则照常 Correct the row; the other rules go on',
			problem,
		},
		look: { finding: 'beyond', value: null, at: now, forMs },
		telling: TELL_OPERATIONS,
	};
}

/** What tells whether a source says of itself that it is away: then it measures nothing else. */
export function awayAmong(samples: Sample[]): (alert: Pick<Alert, 'source' | 'target'>) => boolean {
	const nameOf = ({ source, target }: Pick<Alert, 'source' | 'target'>): string =>
		JSON.stringify([source, target]);
	const away = new Set(
		samples.filter(({ metric, value }) => metric === 'up' && value === 0).map(nameOf),
	);
	return (alert) => away.has(nameOf(alert));
}

/**
 * An alert without a look: it ends where its rule was taken away or switched off, or where its target was not
 * measured for long. A rule that is wrong for now ends nothing, nor does a source that is away.
 */
export function withoutLook(
	alert: Alert,
	watched: {
		/** Of all rules that are switched on, wrong ones among them. */
		names: ReadonlySet<string>;
		isAway: (alert: Alert) => boolean;
	},
	now: number,
): Alert {
	if (!isActive(alert) && alert.status !== 'pending') return alert;
	const { names, isAway } = watched;
	const kept = names.has(alert.rule);
	if (kept && isAway(alert)) return { ...alert, seenAtMs: now };
	return kept && now - alert.seenAtMs <= GONE_AFTER_MS ? alert : stepGone(alert, now);
}

/** Whom an alert tells that was not looked at. */
export function tellingOf(alert: Alert, rules: Rule[]): Telling {
	return (
		rules.find(({ name }) => name === alert.rule) ?? {
			...TELL_OPERATIONS,
			channels: alert.channels,
		}
	);
}
