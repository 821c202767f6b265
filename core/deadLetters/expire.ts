import type { DeliveryRow, DeliveryStatus } from '../delivery/delivery';
import { intoGroups, OPEN_STATUSES } from './rows';

const DAY_MS = 86_400_000;
/** What nobody decided about is kept so long, and what is decided so long. */
const KEEP_OPEN_MS = 30 * DAY_MS;
const KEEP_SETTLED_MS = 7 * DAY_MS;
/** Of like failures nobody reads more than these. */
export const MOST_OF_A_GROUP = 1_000;

/** What `store-purge` deletes. */
export interface Purge {
	/** ms since 1970. */
	settledBefore: number;
	statuses: DeliveryStatus[];
	/** Only rows of this fingerprint; any if left out. */
	fingerprint?: string;
}

/**
 * What is too old, and of each group of like failures what is too much: however many letters of one group come,
 * none of another group goes for them.
 * @param rows all dead and uncertain ones; the newest 10,000 of each will do
 */
export function expire(rows: DeliveryRow[], now: number): Purge[] {
	const statuses = [...OPEN_STATUSES];
	return [
		{ settledBefore: now - KEEP_OPEN_MS, statuses },
		...[...intoGroups(rows)].flatMap(([fingerprint, group]) => {
			const newest = group.map(({ settledAtMs }) => settledAtMs).sort((a, b) => b - a);
			const settledBefore = newest[MOST_OF_A_GROUP - 1];
			return settledBefore === undefined ? [] : [{ settledBefore, statuses, fingerprint }];
		}),
		{
			settledBefore: now - KEEP_SETTLED_MS,
			statuses: ['delivered', 'merged', 'discarded'],
		},
	];
}
