import { isRetryable, type Failure } from '../../protocol/errors';
import type { Random } from '../common/backoff';
import { nextAttemptAt } from './backoff';
import type { DeliveryRow, DeliveryStatus, QueueEntry, Unsent } from './delivery';
import { fingerprintOf } from './fingerprint';
import { addAttempt, firstUnknownAt } from './history';
import { changedRow, isJoint } from './row';

/* What becomes of a delivery after an attempt. */

/** An attempt that failed. */
export interface Failed {
	failure: Failure;
	/** What is left to send now; left out where there is no text yet. */
	unsent?: Unsent;
}

/** WeCom knows a repeated message for 1800 s, the shortest of the platforms. */
export const REPEATABLE_MS = 30 * 60_000;

/** It waits, or it is given up. */
export function afterFailure(
	before: QueueEntry,
	{ failure, unsent }: Failed,
	now: number,
	random: Random,
): DeliveryRow {
	if (unsent && belongsToAnother(before, unsent)) return settled(before, 'merged', now);
	const entry = unsent ? answeredWith(before, unsent) : before;
	const { row, payload } = entry;
	// Where nothing was said yet, asking again repeats nothing.
	const known: Failure =
		failure.class === 'unknownOutcome' && !payload.unsent
			? { ...failure, class: 'temporary' }
			: failure;
	const tried = { ...entry, history: addAttempt(entry.history, known, now) };
	const words = describeFailure(row, known);
	const wait = {
		attempts: row.attempts,
		retryAfterMs: known.retryAfterMs,
		until: repeatableUntil(tried),
	};
	// What was refused with a digest is not this message: it is tried by itself.
	const mayRepeat = isRetryable(known.class) || known.class === 'unknownOutcome' || isJoint(row);
	const dueAt = mayRepeat ? nextAttemptAt(wait, now, random) : undefined;
	if (dueAt === undefined) return giveUp(tried, words, now);
	return changedRow(tried, { ...words, status: 'waiting', claim: '', dueAt });
}

/** It is out: by itself, or in another message. */
export function afterDelivery(
	entry: QueueEntry,
	status: 'delivered' | 'merged',
	now: number,
): DeliveryRow {
	const attempt = { class: 'delivered', code: '', message: '' } as const;
	return settled({ ...entry, history: addAttempt(entry.history, attempt, now) }, status, now);
}

/** No attempt is made any more until a person says so. */
export function giveUp(entry: QueueEntry, words: Partial<DeliveryRow>, now: number): DeliveryRow {
	const mayBeOut = firstUnknownAt(entry) !== undefined;
	return settled(entry, mayBeOut ? 'uncertain' : 'dead', now, words);
}

/** How long a delivery may be tried: a repetition must be the same message to the platform. */
export function repeatableUntil(entry: QueueEntry): number {
	const { row, payload } = entry;
	const unknownAt = firstUnknownAt(entry);
	if (unknownAt === undefined) return row.deadlineAt;
	// A digest was another message than those in it.
	const repeatable = payload.unsent?.repeatable === true && !isJoint(row);
	return repeatable ? Math.min(row.deadlineAt, unknownAt + REPEATABLE_MS) : 0;
}

/** The columns that say what went wrong. */
export function describeFailure(
	{ platform, bot }: Pick<DeliveryRow, 'platform' | 'bot'>,
	{ class: name, code, message }: Pick<DeliveryRow, 'class' | 'code'> & { message: string },
): Pick<DeliveryRow, 'class' | 'code' | 'reason' | 'fingerprint'> {
	const said = {
		class: name,
		code: writable(code),
		reason: writable(message).slice(0, MAX_REASON),
	};
	return { ...said, fingerprint: fingerprintOf({ platform, bot, ...said }) };
}

const MAX_REASON = 300;

/** PostgreSQL takes no NUL character: a row with one would keep all rows beside it from being saved. */
const writable = (foreign: string): string => foreign.replaceAll('\0', '');

function settled(
	entry: QueueEntry,
	status: DeliveryStatus,
	now: number,
	words: Partial<DeliveryRow> = {},
): DeliveryRow {
	return changedRow(entry, { ...words, status, claim: '', settledAtMs: now });
}

/** Questions that waited together get one answer, that of the newest: whoever asked it keeps it. */
function belongsToAnother({ payload: { question } }: QueueEntry, { replyTo }: Unsent): boolean {
	if (!question?.replyTo || !replyTo) return false;
	return question.replyTo.messageId !== replyTo.messageId;
}

/** A question becomes an answer when there is one: the model is not asked again. */
function answeredWith({ row, payload, ...entry }: QueueEntry, unsent: Unsent): QueueEntry {
	const { original } = payload;
	return {
		...entry,
		row: { ...row, kind: row.kind === 'question' ? 'answer' : row.kind },
		payload: { unsent, ...(original && { original }) },
	};
}
