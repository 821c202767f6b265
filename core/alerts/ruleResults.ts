import type { Sample } from '../common/sample';
import { excerpt } from '../common/redact';
import { asFields, asText } from '../../protocol/fields';
import { isActive, keyOf, type Alert } from './alert';
import { isBeyond, isKnownMetric, type AlertRule, type RuleProblem } from './rules';
import type { Observation } from './step';
import { GONE_AFTER_MS, stepGone } from './step';
import type { NotificationPolicy } from './tell';
import { MAX_PROBLEM_LENGTH, valueText } from './texts';

/** What one alert is held against in one evaluation. */
export interface RuleResult {
	key: string;
	/** What the alert shows from now on. */
	shown: Pick<Alert, 'rule' | 'metric' | 'source' | 'target' | 'condition' | 'note' | 'problem'>;
	observation: Observation;
	policy: NotificationPolicy;
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
				...(asText(error) !== '' && { error: excerpt(asText(error), MAX_PROBLEM_LENGTH) }),
				...(defect === true && { defect }),
			},
		];
	});
}

/** A rule held against every sample that it concerns. */
export function ruleResults(rule: AlertRule, samples: Sample[]): RuleResult[] {
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
				observation: { finding, value, at, forMs: rule.forMs },
				policy: rule,
			};
		});
}

/** The metric of alerts about rules that cannot be used: they begin and end as any other. */
const RULE_METRIC = 'rule';
const RULE_SOURCE = 'clawbot_alert_rules';

const TELL_OPERATIONS: NotificationPolicy = {
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
export function problemResults(
	problems: RuleProblem[],
	rules: AlertRule[],
	samples: Sample[],
	known: Iterable<Alert>,
	now: number,
): RuleResult[] {
	const measured = new Set(samples.map(({ metric }) => metric));
	const unmeasured = rules.filter(({ metric }) => !isKnownMetric(metric) && !measured.has(metric));
	const found = [
		...problems.map((each) => problemResult(each, 0, now)),
		...unmeasured.map(({ name, metric }) => {
			const problem = `没有来源测量 No source measures: ${excerpt(metric, 60)}`;
			return problemResult({ name, problem }, UNMEASURED_FOR_MS, now);
		}),
	];
	const keys = new Set(found.map(({ key }) => key));
	const over = [...known]
		.filter(({ metric, source, key }) => {
			return metric === RULE_METRIC && source === RULE_SOURCE && !keys.has(key);
		})
		.map(({ rule, problem }) => {
			const result = problemResult({ name: rule, problem }, 0, now);
			return { ...result, observation: { ...result.observation, finding: 'good' as const } };
		});
	return [...found, ...over];
}

function problemResult({ name, problem }: RuleProblem, forMs: number, now: number): RuleResult {
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
		observation: { finding: 'beyond', value: null, at: now, forMs },
		policy: TELL_OPERATIONS,
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
 * An alert that was not observed: it ends where its rule was taken away or switched off, or where its target was not
 * measured for long. A rule that is wrong for now ends nothing, nor does a source that is away.
 */
export function withoutObservation(
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

/** Whom an alert tells that was not observed. */
export function policyOf(alert: Alert, rules: AlertRule[]): NotificationPolicy {
	return (
		rules.find(({ name }) => name === alert.rule) ?? {
			...TELL_OPERATIONS,
			channels: alert.channels,
		}
	);
}
