import { asFields, asText } from '../../protocol/fields';
import { defectOf, type Defect } from '../common/defects';
import { CHANNELS, type AlertChannel } from './contract';
import { targetPattern } from './targetPattern';
import { splitList } from '../../protocol/text';

/** A row of `clawbot_alert_rules`, as operators edit it. */
export interface RuleRow {
	/** Also what an alert is called. Each name once. */
	name: string;
	metric: string;
	/** Which targets: names with `*` for any letters, comma-separated. Empty: all. */
	target: string;
	/** `>`, `>=`, `<` or `<=`. */
	comparison: string;
	threshold: number;
	/** How long it must hold. */
	forMinutes: number;
	/** A value made from fewer requests counts as good. 0: whatever it was made from. */
	minCount: number;
	/** `email, sms:13800000000, wecom`: channels, some with an addressee of their own. */
	channels: string;
	escalateAfterMinutes: number;
	/** The same for what nobody acknowledges. Empty: nobody. */
	escalateTo: string;
	/** Only `false` switches a rule off. */
	enabled: boolean;
	/** What to do, or where that is written. */
	note: string;
}

const COMPARISONS = {
	'>': (value: number, threshold: number): boolean => value > threshold,
	'>=': (value: number, threshold: number): boolean => value >= threshold,
	'<': (value: number, threshold: number): boolean => value < threshold,
	'<=': (value: number, threshold: number): boolean => value <= threshold,
} as const;

export type Comparison = keyof typeof COMPARISONS;

/** A channel, or a channel and its addressee: `email`, `sms:13800000000`. */
export type Destination = AlertChannel | `${AlertChannel}:${string}`;

/** A rule that can be held against samples. */
export interface AlertRule {
	name: string;
	metric: string;
	comparison: Comparison;
	threshold: number;
	forMs: number;
	minCount: number;
	channels: Destination[];
	escalateAfterMs: number;
	escalateTo: Destination[];
	note: string;
	concerns(target: string): boolean;
}

/** A row that cannot be used, and why, for the operations group. */
export interface RuleProblem {
	name: string;
	problem: string;
}

/** Between which values a metric can lie. */
const RANGES: Readonly<Record<string, readonly [least: number, most: number]>> = {
	cpuPercent: [0, 100],
	freeMemoryMb: [0, Infinity],
	apiP99Ms: [0, Infinity],
	answerP99Ms: [0, Infinity],
	syntheticMs: [0, Infinity],
	up: [0, 1],
	connectionUp: [0, 1],
	connectionReconnects: [0, Infinity],
	connectionAgeSeconds: [0, Infinity],
	connectionSilenceSeconds: [0, Infinity],
};

export const isKnownMetric = (metric: string): boolean => Object.hasOwn(RANGES, metric);

const DAY_MINUTES = 1440;
const MAX_NAME_LENGTH = 60;
const MAX_NOTE_LENGTH = 200;

export interface ReadRules {
	rules: AlertRule[];
	problems: RuleProblem[];
	/** Of rules that a bug kept from being read or held against samples, by their names. */
	defects: Map<string, Defect>;
}

/**
 * Reads the rows of the table, whatever stands in them: one bad row stops no other.
 * @returns the rules that are switched on, and what is wrong with the other rows
 */
export function readRules(rows: unknown[]): ReadRules {
	const rules: AlertRule[] = [];
	const problems: RuleProblem[] = [];
	const defects = new Map<string, Defect>();
	const known = new Map<string, string>();
	for (const row of rows) {
		const fields = asFields(row);
		if (fields.enabled === false || isBlank(fields)) continue;
		const name = asText(fields.name).trim().slice(0, MAX_NAME_LENGTH) || `#${asText(fields.id)}`;
		try {
			// Two first runs at once may both have put the first rules in.
			if (known.get(name) === contentOf(fields)) continue;
			if (known.has(name)) throw new WrongRule('名称重复 The name is used twice');
			known.set(name, contentOf(fields));
			rules.push(readRule(fields));
		} catch (error) {
			if (error instanceof WrongRule) problems.push({ name, problem: error.message });
			else defects.set(name, defectOf(`rule ${name}`, error));
		}
	}
	return { rules, problems, defects };
}

/** What a row says, without what n8n says of the row. */
const contentOf = (fields: Record<string, unknown>): string =>
	JSON.stringify({ ...fields, id: undefined, createdAt: undefined, updatedAt: undefined });

/** A row that somebody has only just added. */
const isBlank = (fields: Record<string, unknown>): boolean =>
	['name', 'metric', 'threshold', 'channels'].every((name) => asText(fields[name]).trim() === '');

class WrongRule extends Error {}

function readRule(fields: Record<string, unknown>): AlertRule {
	const name = asText(fields.name).trim();
	if (name === '') throw new WrongRule('缺少 name：给规则一个名称 Give the rule a name');
	if (name.length > MAX_NAME_LENGTH) {
		throw new WrongRule(`name 太长 too long: at most ${MAX_NAME_LENGTH}`);
	}
	const metric = asText(fields.metric).trim();
	if (metric === '') throw new WrongRule('缺少 metric：例如 cpuPercent Name a metric');
	const comparison = asText(fields.comparison).trim();
	if (!isComparison(comparison)) {
		throw new WrongRule(`comparison "${brief(comparison)}"：只能是 one of > >= < <=`);
	}
	const threshold = readNumber(fields, 'threshold', -Infinity, Infinity);
	checkThreshold(metric, comparison, threshold);
	const channels = readDestinations(fields, 'channels');
	if (channels.length === 0) {
		throw new WrongRule(`缺少 channels：例如 email, sms Name channels: ${CHANNELS.join(', ')}`);
	}
	return {
		name,
		metric,
		comparison,
		threshold,
		forMs: readNumber(fields, 'forMinutes', 0, DAY_MINUTES, 0) * 60_000,
		minCount: readNumber(fields, 'minCount', 0, 1e9, 0),
		channels,
		escalateAfterMs: readNumber(fields, 'escalateAfterMinutes', 1, DAY_MINUTES, 10) * 60_000,
		escalateTo: readDestinations(fields, 'escalateTo'),
		note: asText(fields.note).trim().slice(0, MAX_NOTE_LENGTH),
		concerns: targetPattern(asText(fields.target)),
	};
}

const isComparison = (text: string): text is Comparison => Object.hasOwn(COMPARISONS, text);

const brief = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}…` : text);

/** @param standard for an empty field; without one the field must be filled in */
function readNumber(
	fields: Record<string, unknown>,
	name: keyof RuleRow,
	least: number,
	most: number,
	standard?: number,
): number {
	const text = asText(fields[name]).trim();
	if (text === '' && standard !== undefined) return standard;
	const value = text === '' ? NaN : Number(text);
	if (!Number.isFinite(value)) {
		throw new WrongRule(`${name} "${brief(text)}" 不是数字 is no number`);
	}
	if (value < least || value > most) {
		throw new WrongRule(`${name} ${value}：只能在 must be from ${least} to ${most}`);
	}
	return value;
}

/** A threshold that no value, or every value, is beyond is a slip: nobody would learn of it otherwise. */
function checkThreshold(metric: string, comparison: Comparison, threshold: number): void {
	const range = Object.hasOwn(RANGES, metric) ? RANGES[metric] : undefined;
	if (!range) return;
	const [least, most] = range.map((end) => COMPARISONS[comparison](end, threshold));
	if (least === most) {
		const fault = most ? '永远成立 always true' : '永远不成立 never true';
		throw new WrongRule(
			`threshold ${threshold}：${metric} ${comparison} ${threshold} ${fault}（${range.join('…')}）`,
		);
	}
}

/** `email, sms:138…`; several addressees of one channel are one destination. */
function readDestinations(
	fields: Record<string, unknown>,
	name: 'channels' | 'escalateTo',
): Destination[] {
	const addressees = new Map<AlertChannel, string[]>();
	for (const part of splitList(asText(fields[name]))) {
		const [, word = '', to = ''] = /^([^:：]*)(?:[:：](.*))?$/su.exec(part) ?? [];
		const channel = CHANNELS.find((each) => each === word.trim().toLowerCase());
		if (!channel) {
			throw new WrongRule(`${name} "${brief(part)}"：只能是 one of ${CHANNELS.join(', ')}`);
		}
		if (to.trim() !== '' && channel !== 'email' && channel !== 'sms') {
			throw new WrongRule(`${name} "${brief(part)}"：只有 email、sms 可写收件人 have addressees`);
		}
		const known = addressees.get(channel) ?? [];
		addressees.set(channel, to.trim() === '' ? known : [...known, to.trim()]);
	}
	return [...addressees].map(([channel, to]) =>
		to.length > 0 ? (`${channel}:${to.join(',')}` as const) : channel,
	);
}

/** Whether a value is one that the rule warns of. */
export function isBeyond(rule: AlertRule, value: number, count: number | undefined): boolean {
	return (count ?? 0) >= rule.minCount && COMPARISONS[rule.comparison](value, rule.threshold);
}
