import { asFields, asText, parseJson } from '../../protocol/fields';
import type { DeliveryKind, DeliveryRow, QueueEntry, Priority } from './delivery';
import { isAudit, isHistory } from './history';
import { readPayload, writePayload } from './payload';

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

/** As the column `priority` counts them. */
export const PRIORITIES: readonly Priority[] = ['alert', 'answer', 'broadcast'];

/** The columns, and how each is read: PostgreSQL gives its bigints as strings. */
const COLUMNS: Readonly<Record<keyof DeliveryRow, (value: unknown) => string | number>> = {
	key: asText,
	version: asCount,
	kind: asText,
	status: asText,
	priority: asCount,
	platform: asText,
	bot: asText,
	conversation: asText,
	dueAt: asCount,
	claim: asText,
	attempts: asCount,
	deadlineAt: asCount,
	class: asText,
	code: asText,
	fingerprint: asText,
	reason: asText,
	payload: asText,
	history: asText,
	audit: asText,
	workflowId: asText,
	executionId: asText,
	announced: asText,
	createdAtMs: asCount,
	settledAtMs: asCount,
};

/** A delivery before its first attempt has failed; a change makes it version 1. */
export const EMPTY_ROW: DeliveryRow = {
	key: '',
	version: 0,
	kind: 'failure',
	status: 'waiting',
	priority: 1,
	platform: '',
	bot: '',
	conversation: '',
	dueAt: 0,
	claim: '',
	attempts: 1,
	deadlineAt: 0,
	class: '',
	code: '',
	fingerprint: '',
	reason: '',
	payload: '{}',
	history: '[]',
	audit: '[]',
	workflowId: '',
	executionId: '',
	announced: '',
	createdAtMs: 0,
	settledAtMs: 0,
};

/**
 * Reads a row of a store, whatever stands in it: people edit tables. Fields that are no columns are left out.
 * @returns undefined for what has no key or version: nobody could change it
 */
export function readRow(value: unknown): QueueEntry | DamagedRow | undefined {
	const fields = asFields(value);
	const row = Object.fromEntries(
		Object.entries(COLUMNS).map(([name, read]) => [name, read(fields[name])]),
	) as unknown as DeliveryRow;
	if (row.key === '' || Number.isNaN(row.version)) return undefined;
	const history = parseJson(row.history);
	const audit = parseJson(row.audit);
	if (!KINDS.includes(row.kind)) return damaged(row, 'kind');
	for (const [name, column] of Object.entries(row)) {
		if (Number.isNaN(column)) return damaged(row, name);
	}
	const payload = readPayload(row.kind, parseJson(row.payload));
	if (!payload) return damaged(row, 'payload');
	if (!isHistory(history)) return damaged(row, 'history');
	if (!isAudit(audit)) return damaged(row, 'audit');
	return { row, payload, history, audit };
}

export function isDamaged(read: QueueEntry | DamagedRow): read is DamagedRow {
	return 'damage' in read;
}

/** Stands at the end of the lease of a row that is one of several in a digest. */
const JOINT = ':digest';

export function jointLease(lease: string): string {
	return lease + JOINT;
}

/** The attempt under way sends a digest, which this row is a part of. */
export function isJoint({ claim }: DeliveryRow): boolean {
	return claim.endsWith(JOINT);
}

/** Answers and questions with the same conversation key keep their order. Undefined for other kinds. */
export function conversationKeyOf({
	kind,
	platform,
	bot,
	conversation,
}: DeliveryRow): string | undefined {
	return kind === 'answer' || kind === 'question'
		? JSON.stringify([platform, bot, conversation])
		: undefined;
}

/** The row of an entry after a change, with the next version: a later change to the old version does nothing. */
export function changedRow(
	{ row, payload, history }: Omit<QueueEntry, 'audit'>,
	changes: Partial<DeliveryRow>,
): DeliveryRow {
	return {
		...row,
		payload: writePayload(payload),
		history: JSON.stringify(history),
		...changes,
		version: row.version + 1,
	};
}

/** What is no date would make later arithmetic throw. */
const MAX_TIME = 8.64e15;

function asCount(value: unknown): number {
	const text = asText(value);
	const count = text.trim() === '' ? NaN : Number(text);
	return Number.isInteger(count) && count >= 0 && count <= MAX_TIME ? count : NaN;
}

/** Mends a row so far that it can be written and listed again; people see the payload as it is. */
function damaged(row: DeliveryRow, damage: string): DamagedRow {
	const counted = Object.fromEntries(
		Object.entries(row).map(([name, value]) => [name, Number.isNaN(value) ? 0 : value]),
	) as unknown as DeliveryRow;
	return {
		damage,
		row: {
			...counted,
			kind: KINDS.includes(row.kind) ? row.kind : 'failure',
			history: isHistory(parseJson(row.history)) ? row.history : '[]',
			audit: isAudit(parseJson(row.audit)) ? row.audit : '[]',
		},
	};
}

/** The rows among what a store gave; whatever else is there is left out. */
export function readRows(values: unknown[]): DeliveryRow[] {
	return values.flatMap((value) => readRow(value)?.row ?? []);
}
