import { asFields, asText, parseJson } from '../../protocol/fields';
import type { Attempt, AuditEntry, DeliveryRow, QueueEntry } from './delivery';

/** As many attempts as people read. */
const MAX_HISTORY = 50;
const MAX_MESSAGE = 300;

/** The history with one more attempt; where it grows long, ordinary refusals in its middle are left out. */
export function addAttempt(
	history: Attempt[],
	{ class: name, code, message }: Omit<Attempt, 'at'>,
	at: number,
): Attempt[] {
	const words = message.slice(0, MAX_MESSAGE);
	const attempt = { at: new Date(at).toISOString(), class: name, code, message: words };
	const attempts = [...history, attempt];
	if (attempts.length <= MAX_HISTORY) return attempts;
	const ordinary = attempts.findIndex(
		(each, index) => index > 0 && (each.class === 'rateLimited' || each.class === 'temporary'),
	);
	return attempts.toSpliced(ordinary === -1 ? 1 : ordinary, 1);
}

/** How often n8n ended during an attempt. */
export function crashesOf(entry: QueueEntry): number {
	return sinceDecision(entry).filter(({ class: name }) => name === 'crashed').length;
}

/**
 * When the first attempt was made that may have been carried out, ms since 1970. A question that nobody
 * has answered yet has said nothing.
 */
export function firstUnknownAt(entry: QueueEntry): number | undefined {
	if (!entry.payload.unsent) return undefined;
	const unknown = sinceDecision(entry).find(
		({ class: name }) => name === 'unknownOutcome' || name === 'crashed',
	);
	return unknown && Date.parse(unknown.at);
}

/** Whoever replays or edits a delivery has seen what happened before. */
function sinceDecision({ history, audit }: QueueEntry): Attempt[] {
	const decided = audit.findLast(({ action }) => action === 'replay' || action === 'edit');
	if (!decided) return history;
	return history.filter(({ at }) => Date.parse(at) > Date.parse(decided.at));
}

/** As far as the clocks of several workers may be apart. */
const CLOCKS_APART_MS = 60_000;

/**
 * When a delivery that waits is tried again, ms since 1970. Where its last attempt is still to come, the clock
 * has been set back since: it is due, and does not wait until the clock is there again.
 */
export function dueAtOf(
	{ row, history }: Omit<QueueEntry, 'payload' | 'audit'>,
	now: number,
): number {
	const last = history.at(-1);
	const isToCome = last !== undefined && Date.parse(last.at) > now + CLOCKS_APART_MS;
	return isToCome ? Math.min(row.dueAt, now) : row.dueAt;
}

export function isHistory(value: unknown): value is Attempt[] {
	return isListInTime(value);
}

export function isAudit(value: unknown): value is AuditEntry[] {
	return isListInTime(value);
}

function isListInTime(value: unknown): boolean {
	return (
		Array.isArray(value) &&
		value.every((each) => !Number.isNaN(Date.parse(asText(asFields(each).at))))
	);
}

const listIn = (text: string): unknown[] => {
	const list = parseJson(text);
	return Array.isArray(list) ? (list as unknown[]).filter((entry) => Boolean(entry)) : [];
};

/** The attempts that a row tells of; nothing where they cannot be read. */
export function attemptsOf(row: DeliveryRow): Attempt[] {
	return listIn(row.history).map((entry) => {
		const { at, class: failureClass, code, message } = asFields(entry);
		return {
			at: asText(at),
			class: asText(failureClass) as Attempt['class'],
			code: asText(code),
			message: asText(message),
		};
	});
}

/** What people did with a row. */
export function auditOf(row: DeliveryRow): AuditEntry[] {
	return listIn(row.audit).map((entry) => {
		const { at, by, action, note } = asFields(entry);
		return {
			at: asText(at),
			by: asText(by),
			action: asText(action) as AuditEntry['action'],
			note: asText(note),
		};
	});
}
