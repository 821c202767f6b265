import { readNumber, type Series } from './exposition';

/** How many observations were at most `le`, in ascending order of `le`; the last is infinity. */
export type Buckets = ReadonlyArray<readonly [le: number, count: number]>;

/** The buckets of one histogram, summed over all its label sets. */
export function sumBuckets(series: readonly Series[]): Buckets {
	const sums = new Map<number, number>();
	for (const { labels, value } of series) {
		const le = readNumber(labels.le ?? '');
		if (le !== undefined) sums.set(le, (sums.get(le) ?? 0) + value);
	}
	return [...sums].sort(([a], [b]) => a - b);
}

/** How many observations a histogram holds. */
export const totalOf = (buckets: Buckets): number => buckets.at(-1)?.[1] ?? 0;

/** What was observed since: bucket by bucket. A bound that was not there before counts from zero. */
export function since(before: Buckets, now: Buckets): Buckets {
	const earlier = new Map(before);
	return now.map(([le, count]) => [le, Math.max(0, count - (earlier.get(le) ?? 0))] as const);
}

/**
 * The value below which the share `q` of the observations lies, as Prometheus's `histogram_quantile`
 * estimates it: evenly spread within a bucket. The largest finite bound where it lies above that;
 * undefined where nothing was observed.
 */
export function quantile(q: number, buckets: Buckets): number | undefined {
	const total = totalOf(buckets);
	if (total === 0) return undefined;
	const rank = q * total;
	const index = buckets.findIndex(([, count]) => count >= rank);
	const [upper, count] = buckets[index]!;
	const [lower, below] = buckets[index - 1] ?? [0, 0];
	if (upper === Infinity) return lower;
	return lower + (upper - lower) * ((rank - below) / (count - below));
}
