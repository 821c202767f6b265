import type { DeliveryRow, DeliveryStatus } from '../delivery/delivery';
import { OPEN_STATUSES } from './rows';

const DAY_MS = 86_400_000;
/** What nobody decided about is kept so long, and what is decided so long. */
const KEEP_OPEN_MS = 30 * DAY_MS;
const KEEP_SETTLED_MS = 7 * DAY_MS;
/** More than these nobody reads. */
export const MOST_LETTERS = 10_000;

/** What `store-purge` deletes. */
export interface Purge {
	/** ms since 1970. */
	settledBefore: number;
	statuses: DeliveryStatus[];
}

/**
 * What is too old, or too much.
 * @param rows all dead and uncertain ones; the newest 10,000 of each will do
 */
export function expire(rows: DeliveryRow[], now: number): Purge[] {
	const newest = rows.map(({ settledAtMs }) => settledAtMs).sort((a, b) => b - a);
	const tooMany = newest.length >= MOST_LETTERS ? newest[MOST_LETTERS - 1]! : 0;
	return [
		{
			settledBefore: Math.max(now - KEEP_OPEN_MS, tooMany),
			statuses: [...OPEN_STATUSES],
		},
		{
			settledBefore: now - KEEP_SETTLED_MS,
			statuses: ['delivered', 'merged', 'discarded'],
		},
	];
}
