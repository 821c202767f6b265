/** A number from 0 up to, not including, 1: `Math.random` outside of tests. */
export type Random = () => number;

/**
 * Back-off with full jitter: a time from 0 up to a ceiling that grows with the failures, so that those that
 * failed together do not come back together.
 * @param ceilings after the first failure, the second …; the last one for all that follow
 * @param failures in a row, at least 1
 */
export function drawBackoff(ceilings: readonly number[], failures: number, random: Random): number {
	return random() * ceilings[Math.max(0, Math.min(failures, ceilings.length) - 1)]!;
}
