import { asFields, asText, type Fields } from '../fields';
import type { Attempt, DeliveryKind, DeliveryRow, DeliveryStatus, Payload } from './delivery';

/** A row with its JSON read. */
export interface Entry {
	row: DeliveryRow;
	payload: Payload;
	history: Attempt[];
}

/** A row that can be named and changed, but not carried out. */
export interface DamagedRow {
	row: DeliveryRow;
	damage: string;
}

const KINDS: readonly DeliveryKind[] = [
	'answer',
	'question',
	'notification',
	'execution',
	'failure',
];

const STATUSES: readonly DeliveryStatus[] = [
	'waiting',
	'dead',
	'uncertain',
	'delivered',
	'merged',
	'discarded',
];

/**
 * Reads a row of a store, whatever stands in it: PostgreSQL gives its bigints as strings, people edit tables.
 * Fields that are no columns are left out.
 * @returns undefined for what has no key or version: nobody could change it
 */
export function readRow(value: unknown): Entry | DamagedRow | undefined {
	const fields = asFields(value);
	const row = columnsOf(fields);
	if (row.key === '' || !Number.isSafeInteger(row.version) || row.version < 1) return undefined;
	const damage = damageOf(row);
	if (damage) return { row: mended(row), damage };
	const payload = parse(row.payload);
	const history = parse(row.history);
	if (!isPayload(row.kind, payload)) return { row: mended(row), damage: 'its payload' };
	if (!isHistory(history)) return { row: mended(row), damage: 'its history' };
	return { row, payload, history };
}

export function isDamaged(read: Entry | DamagedRow): read is DamagedRow {
	return 'damage' in read;
}

/** The row of an entry, after a change: what expects the version before does nothing. */
export function changedRow(
	{ row, payload, history }: Entry,
	changes: Partial<DeliveryRow>,
): DeliveryRow {
	return {
		...row,
		payload: JSON.stringify(payload),
		history: JSON.stringify(history),
		...changes,
		version: row.version + 1,
	};
}

function columnsOf(fields: Fields): DeliveryRow {
	return {
		key: asText(fields.key),
		version: asNumber(fields.version),
		kind: asText(fields.kind) as DeliveryKind,
		status: asText(fields.status) as DeliveryStatus,
		priority: asNumber(fields.priority),
		platform: asText(fields.platform),
		bot: asText(fields.bot),
		conversation: asText(fields.conversation),
		dueAt: asNumber(fields.dueAt),
		claim: asText(fields.claim),
		attempts: asNumber(fields.attempts),
		deadlineAt: asNumber(fields.deadlineAt),
		class: asText(fields.class),
		code: asText(fields.code),
		fingerprint: asText(fields.fingerprint),
		reason: asText(fields.reason),
		payload: asText(fields.payload),
		history: asText(fields.history),
		audit: asText(fields.audit),
		workflowId: asText(fields.workflowId),
		executionId: asText(fields.executionId),
		announced: asText(fields.announced) as DeliveryRow['announced'],
		createdAtMs: asNumber(fields.createdAtMs),
		settledAtMs: asNumber(fields.settledAtMs),
	};
}

function asNumber(value: unknown): number {
	const text = asText(value);
	return text.trim() === '' ? NaN : Number(text);
}

/** The first column that nobody can work with. */
function damageOf(row: DeliveryRow): string | undefined {
	if (!KINDS.includes(row.kind)) return 'its kind';
	if (!STATUSES.includes(row.status)) return 'its status';
	const unreadable = Object.entries(row).find(([, value]) => Number.isNaN(value));
	if (unreadable) return `its ${unreadable[0]}`;
	return Array.isArray(parse(row.audit)) ? undefined : 'its audit';
}

/** Fit to be written and listed again. The payload stays as it is, for people to see. */
function mended(row: DeliveryRow): DeliveryRow {
	const numbers = Object.fromEntries(
		Object.entries(row).map(([name, value]) => [name, Number.isNaN(value) ? 0 : value]),
	);
	return {
		...row,
		...numbers,
		kind: KINDS.includes(row.kind) ? row.kind : 'failure',
		history: isHistory(parse(row.history)) ? row.history : '[]',
		audit: Array.isArray(parse(row.audit)) ? row.audit : '[]',
	};
}

function parse(json: string): unknown {
	try {
		return JSON.parse(json);
	} catch {
		return undefined;
	}
}

function isHistory(value: unknown): value is Attempt[] {
	return (
		Array.isArray(value) &&
		value.every((attempt) => !Number.isNaN(Date.parse(asText(asFields(attempt).at))))
	);
}

function isPayload(kind: DeliveryKind, value: unknown): value is Payload {
	const { unsent, question } = asFields(value);
	if (kind === 'question') return asText(asFields(question).messageId) !== '';
	if (kind === 'answer' || kind === 'notification') {
		const { platform, via, content, seed, sentParts } = asFields(unsent);
		return (
			asText(platform) !== '' &&
			asText(via) !== '' &&
			asText(seed) !== '' &&
			typeof sentParts === 'number' &&
			asText(asFields(content).text) !== ''
		);
	}
	return typeof value === 'object' && value !== null;
}
