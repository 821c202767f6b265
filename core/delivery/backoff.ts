import { drawBackoff, type Random } from '../common/backoff';

/** After the first failure, the second …; the last one for all that follow. */
export const BACKOFF_MS = [1_000, 3_000, 10_000, 30_000, 120_000, 300_000] as const;

/** The last attempt is made so long before the deadline that it can still be carried out. */
const LAST_ATTEMPT_MS = 10_000;

export interface Wait {
	/** Those that have failed, the first one included. */
	attempts: number;
	/** What the other side asked for. */
	retryAfterMs?: number;
	/** No attempt after this time, ms since 1970. */
	until: number;
}

/**
 * When to try again: back-off with full jitter, never sooner than the other side asked for, and at the
 * latest shortly before the end.
 * @returns ms since 1970; undefined where no time is left
 */
export function nextAttemptAt(
	{ attempts, retryAfterMs = 0, until }: Wait,
	now: number,
	random: Random,
): number | undefined {
	const earliest = now + retryAfterMs;
	// Those that were told to wait do not all come back at once either.
	const drawn = Math.max(
		now + 1 + drawBackoff(BACKOFF_MS, attempts, random),
		earliest + (random() * retryAfterMs) / 10,
	);
	const dueAt = Math.ceil(Math.min(drawn, Math.max(earliest, until - LAST_ATTEMPT_MS)));
	return dueAt > now && dueAt <= until ? dueAt : undefined;
}
