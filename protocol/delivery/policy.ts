import { isRetryable, type Failure, type FailureClass } from '../errors';
import type { Attempt, DeliveryRow, Payload, Unsent } from './delivery';
import { fingerprintOf } from './fingerprint';
import { changedRow, type Entry } from './row';

/** A number from 0 up to, not including, 1: `Math.random` outside of tests. */
export type Random = () => number;

/** After the first failure, the second …; the last one for all that follow. */
const BACKOFF_MS = [1_000, 3_000, 10_000, 30_000, 120_000, 300_000];

/** The last attempt is made so long before the deadline that it can still be carried out. */
const LAST_ATTEMPT_MS = 10_000;

/** WeCom, the shortest of the platforms, knows a repeated message for 1800 s. */
export const REPEATABLE_MS = 30 * 60_000;

/** A message that ends the process as often as this is given up. */
export const MAX_CRASHES = 3;

const MAX_HISTORY = 50;
const MAX_REASON = 300;

/** Ends the claim of a row that is one of several in a digest. */
const JOINT = ':digest';

export function jointClaim(claim: string): string {
	return claim + JOINT;
}

/** What was sent then was a digest: another message than the row's own, with other idempotency keys. */
function isJoint(claim: string): boolean {
	return claim.endsWith(JOINT);
}

/**
 * When to try again: back-off with full jitter, never sooner than the other side asked for, and at the
 * latest shortly before the end.
 * @param attempts those that have failed
 * @returns ms since 1970; undefined where no time is left
 */
export function nextAttemptAt(
	{ attempts, until, retryAfterMs = 0 }: { attempts: number; until: number; retryAfterMs?: number },
	now: number,
	random: Random,
): number | undefined {
	const step = BACKOFF_MS[Math.min(Math.max(attempts, 1), BACKOFF_MS.length) - 1] as number;
	const earliest = now + retryAfterMs;
	// Those that were told to wait do not all come back at once either.
	const drawn = Math.max(now + 1 + random() * step, earliest + (random() * retryAfterMs) / 10);
	const dueAt = Math.ceil(Math.min(drawn, Math.max(earliest, until - LAST_ATTEMPT_MS)));
	return dueAt > now && dueAt <= until ? dueAt : undefined;
}

/** How long a delivery may be tried: a repetition must be the same message to the platform. */
export function repeatableUntil({ row, payload, history }: Entry): number {
	const unknownAt = firstUnknownAt(payload, history);
	if (unknownAt === undefined) return row.deadlineAt;
	const repeatable = payload.unsent?.repeatable === true && !isJoint(row.claim);
	return repeatable ? Math.min(row.deadlineAt, unknownAt + REPEATABLE_MS) : 0;
}

/** One of the attempts may have been carried out. */
export function mayBeOut({ payload, history }: Entry): boolean {
	return firstUnknownAt(payload, history) !== undefined;
}

/** The first attempt that may have been carried out; a question that was asked says nothing yet. */
function firstUnknownAt({ unsent }: Payload, history: Attempt[]): number | undefined {
	if (!unsent) return undefined;
	const unknown = history.find(
		({ class: name }) => name === 'unknownOutcome' || name === 'crashed',
	);
	return unknown && Date.parse(unknown.at);
}

/**
 * What becomes of a delivery whose attempt failed: it waits, or it is given up.
 * @param unsent what is left to send now; undefined where the model gave no answer
 */
export function afterFailure(
	entry: Entry,
	failure: Failure,
	unsent: Unsent | undefined,
	now: number,
	random: Random,
): DeliveryRow {
	const { row } = entry;
	const payload = unsent ? { ...entry.payload, question: undefined, unsent } : entry.payload;
	const kind = unsent && row.kind === 'question' ? 'answer' : row.kind;
	// Nothing was said: asking the model twice does no harm.
	const unknown = failure.class === 'unknownOutcome' && payload.unsent !== undefined;
	const failureClass = failure.class === 'unknownOutcome' && !unknown ? 'temporary' : failure.class;
	const tried: Entry = {
		row: { ...row, kind },
		payload,
		history: addAttempt(entry.history, { ...failure, class: failureClass }, now),
	};
	const until = repeatableUntil(tried);
	const dueAt =
		isRetryable(failureClass) || unknown
			? nextAttemptAt(
					{ attempts: row.attempts, until, retryAfterMs: failure.retryAfterMs },
					now,
					random,
				)
			: undefined;
	const described = describeFailure(row, { ...failure, class: failureClass });
	return dueAt === undefined
		? giveUp(tried, described, now)
		: changedRow(tried, { ...described, status: 'waiting', claim: '', dueAt });
}

/** The row of a delivery that no attempt is made of any more, until a person says so. */
export function giveUp(entry: Entry, changes: Partial<DeliveryRow>, now: number): DeliveryRow {
	return changedRow(entry, {
		...changes,
		status: mayBeOut(entry) ? 'uncertain' : 'dead',
		claim: '',
		settledAtMs: now,
	});
}

/** The row of a delivery that was sent, by itself or as a part of a digest. */
export function afterDelivery(
	entry: Entry,
	status: 'delivered' | 'merged',
	now: number,
): DeliveryRow {
	const history = addAttempt(entry.history, { class: 'delivered', code: '', message: '' }, now);
	return changedRow({ ...entry, history }, { status, claim: '', settledAtMs: now });
}

/** The columns that say what went wrong. */
export function describeFailure(
	row: Pick<DeliveryRow, 'platform' | 'bot'>,
	failure: { class: FailureClass; code: string; message: string },
): Pick<DeliveryRow, 'class' | 'code' | 'reason' | 'fingerprint'> {
	const said = {
		class: failure.class,
		code: failure.code,
		reason: failure.message.slice(0, MAX_REASON),
	};
	return { ...said, fingerprint: fingerprintOf({ ...row, ...said }) };
}

/** The history with one more attempt; where it grows long, ordinary refusals in its middle are left out. */
export function addAttempt(
	history: Attempt[],
	{ class: name, code, message }: Omit<Attempt, 'at'>,
	now: number,
): Attempt[] {
	const at = new Date(now).toISOString();
	const attempts = [...history, { at, class: name, code, message: message.slice(0, MAX_REASON) }];
	if (attempts.length <= MAX_HISTORY) return attempts;
	const ordinary = attempts.findIndex(
		({ class: each }, index) => index > 0 && (each === 'rateLimited' || each === 'temporary'),
	);
	return attempts.toSpliced(ordinary === -1 ? 1 : ordinary, 1);
}
