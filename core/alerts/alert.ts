import { asFields, asList, asText } from '../../protocol/fields';
import { NO_VALUES, readRecent, type Recent } from './chart';
import type { Destination } from './rules';
import { codeOf } from '../common/codes';

const ALERT_STATUSES = ['ok', 'pending', 'firing', 'acknowledged', 'silenced', 'resolved'] as const;

export type AlertStatus = (typeof ALERT_STATUSES)[number];

/** What people have to be told, until it has been. */
export interface OutboxEntry {
	/** `again`: firing still, after a silence. */
	kind: 'firing' | 'again' | 'escalation' | 'resolved';
	/** ms since 1970; with alert and kind it names the entry. */
	at: number;
	to: Destination;
	/** The maintenance window that keeps it back. */
	held?: string;
	/** The maintenance window, over by now, in whose report it stands. */
	report?: string;
	/** Key of the message that carries it: what was decided once is sent again as the same message. */
	message?: string;
	/** When that message was last handed in to be sent. */
	handedInAt?: number;
}

/** One rule held against one series. Times in ms since 1970; 0: never. */
export interface Alert {
	/** 24 letters, from rule, source and target; the first six are its code in chats. */
	key: string;
	rule: string;
	metric: string;
	source: string;
	target: string;
	status: AlertStatus;
	/** The last one that was measured. */
	value: number | null;
	/** `> 85`, as the rule said when it was last held against a value. */
	condition: string;
	/** What is wrong where that is no value: with a rule, with a source. */
	problem: string;
	/** What the rule's author wrote for whoever has to act. */
	note: string;
	/** Who was told of this firing, and will be told of its end. */
	channels: Destination[];
	/** Whether they were, or will be by what stands in `outbox`. */
	told: boolean;
	/** Since when the value is beyond the threshold; after that, since when it was. */
	sinceMs: number;
	firedAtMs: number;
	/** While it fires: since when the value is good again. */
	goodSinceMs: number;
	/** Of the last message that it fires. */
	toldAtMs: number;
	escalatedAtMs: number;
	resolvedAtMs: number;
	/** Of the last value. */
	sampleAtMs: number;
	/** Of the last sample, with or without a value. */
	seenAtMs: number;
	/** Who acknowledged. */
	by: string;
	/** The values of the last 30 minutes. */
	recent: Recent;
	outbox: OutboxEntry[];
}

export const EMPTY_ALERT: Alert = {
	key: '',
	rule: '',
	metric: '',
	source: '',
	target: '',
	status: 'ok',
	value: null,
	condition: '',
	problem: '',
	note: '',
	channels: [],
	told: false,
	sinceMs: 0,
	firedAtMs: 0,
	goodSinceMs: 0,
	toldAtMs: 0,
	escalatedAtMs: 0,
	resolvedAtMs: 0,
	sampleAtMs: 0,
	seenAtMs: 0,
	by: '',
	recent: NO_VALUES,
	outbox: [],
};

const KEY_LENGTH = 24;
const CODE_LENGTH = 6;

export const keyOf = (rule: string, source: string, target: string): string =>
	codeOf(JSON.stringify([rule, source, target]), KEY_LENGTH);

/** What people type for an alert. */
export const shortCode = (key: string): string => key.slice(0, CODE_LENGTH);

/** Whether it has begun and is not over, whatever people said about it. */
export const isActive = ({ status }: Alert): boolean =>
	status === 'firing' || status === 'acknowledged' || status === 'silenced';

/**
 * Reads what `alertJson` left, whatever stands in it: people edit tables.
 * @returns undefined for what has no key
 */
export function readAlert(value: unknown): Alert | undefined {
	const fields = asFields(value);
	const key = asText(fields.key);
	if (key === '') return undefined;
	const status = ALERT_STATUSES.find((each) => each === fields.status) ?? 'ok';
	const text = (name: keyof Alert): string => asText(fields[name]);
	const time = (name: keyof Alert): number => asTime(fields[name]);
	return {
		key,
		rule: text('rule'),
		metric: text('metric'),
		source: text('source'),
		target: text('target'),
		status,
		value: typeof fields.value === 'number' ? fields.value : null,
		condition: text('condition'),
		problem: text('problem'),
		note: text('note'),
		channels: asList(fields.channels).map((each) => asText(each) as Destination),
		told: fields.told === true,
		sinceMs: time('sinceMs'),
		firedAtMs: time('firedAtMs'),
		goodSinceMs: time('goodSinceMs'),
		toldAtMs: time('toldAtMs'),
		escalatedAtMs: time('escalatedAtMs'),
		resolvedAtMs: time('resolvedAtMs'),
		sampleAtMs: time('sampleAtMs'),
		seenAtMs: time('seenAtMs'),
		by: text('by'),
		recent: readRecent(fields.recent),
		outbox: asList(fields.outbox).flatMap(readEntry),
	};
}

/** What is no date would make later arithmetic throw. */
const MAX_TIME = 8.64e15;

export function asTime(value: unknown): number {
	const time = Number(asText(value) || NaN);
	return time >= 0 && time <= MAX_TIME ? time : 0;
}

const KINDS: readonly OutboxEntry['kind'][] = ['firing', 'again', 'escalation', 'resolved'];

function readEntry(value: unknown): OutboxEntry[] {
	const fields = asFields(value);
	const kind = KINDS.find((each) => each === fields.kind);
	const to = asText(fields.to) as Destination;
	if (!kind || to.length === 0) return [];
	const [held, report, message] = [fields.held, fields.report, fields.message].map(asText);
	return [
		{
			kind,
			at: asTime(fields.at),
			to,
			...(held && { held }),
			...(report && { report }),
			...(message && { message, handedInAt: asTime(fields.handedInAt) }),
		},
	];
}

/** An alert without what is as in an empty one: there are thousands of them. */
export const alertJson = (alert: Alert): Partial<Alert> =>
	Object.fromEntries(
		Object.entries(alert).filter(
			([name, value]) => JSON.stringify(value) !== EMPTY_FIELDS[name as keyof Alert],
		),
	);

const EMPTY_FIELDS = Object.fromEntries(
	Object.entries(EMPTY_ALERT).map(([name, value]) => [name, JSON.stringify(value)]),
) as Readonly<Record<keyof Alert, string>>;
