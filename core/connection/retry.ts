import { drawBackoff, type Random } from '../common/backoff';
import type { ConnectionFailure } from './failure';
import type { ConnectionTiming, ConnectionWishes } from './timing';

/**
 * How long to wait before the next attempt: back-off with full jitter, as far as the platform wishes no other;
 * slowly where a person must act; never sooner than the platform asked for, and never later than the slowest.
 * @param failures in a row, at least 1
 */
export function retryInMs(
	{ failureClass, retryAfterMs = 0 }: Pick<ConnectionFailure, 'failureClass' | 'retryAfterMs'>,
	failures: number,
	{
		timing,
		wishes,
		random,
	}: { timing: ConnectionTiming; wishes: ConnectionWishes; random: Random },
): number {
	const [shortest, longest] = timing.slowMs;
	if (failureClass !== 'unreachable') return shortest + random() * (longest - shortest);
	const drawn = drawBackoff(ceilingsFor(timing.backoffMs, wishes), failures, random);
	// Those that were told to wait do not all come back at once either.
	const asked = Math.max(0, retryAfterMs) * (1 + random() / 10);
	return Math.min(Math.max(drawn, asked), longest);
}

/** The platform may lengthen the waits, up to the longest of ours. */
function ceilingsFor(
	ceilings: readonly number[],
	{ returnWithinMs = 0, retryEveryMs = 0 }: ConnectionWishes,
): number[] {
	const most = ceilings.at(-1)!;
	return ceilings.map((ms, index) =>
		Math.min(most, Math.max(ms, index === 0 ? returnWithinMs : retryEveryMs)),
	);
}
