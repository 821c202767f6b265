import { asFields, asText, type Fields } from '../../protocol/fields';
import type { DeliveryRow, QueueEntry } from './delivery';
import { crashesOf, dueAtOf } from './history';
import type { HoldsLease } from './ownLeases';
import { isDamaged, readRow } from './row';

/* Executions that n8n left behind when its process ended: each one's first crash makes one row of it. */

/** The workflow waits that long for the end of a retry. */
export const RETRY_MS = 3_600_000;

/** In a shared store nobody knows whether another process lives: its leases end after this. */
const FOREIGN_LEASE_MS = 10 * 60_000;

/** A retry that ends the process does so soon; those that crashed before wait that long for each other. */
const ALONE_MS = 20_000;

export interface RecoveryOptions {
	processToken: string;
	now: number;
}

export interface FindOptions extends RecoveryOptions {
	singleProcess: boolean;
	isHeld: HoldsLease;
}

/** A crashed execution to look at; `row` where it has been leased before. */
export interface Candidate {
	executionId: string;
	row?: DeliveryRow;
}

/** Remembers executions that need no second look; the others are looked at again ever more rarely. */
export class LookedAt {
	private readonly until = new Map<string, { at: number; waitMs: number }>();

	isSettled(executionId: string, now: number): boolean {
		return (this.until.get(executionId)?.at ?? 0) > now;
	}

	note(executionId: string, now: number): void {
		const waitMs = Math.min((this.until.get(executionId)?.waitMs ?? 30_000) * 2, RETRY_MS);
		this.until.set(executionId, { at: now + waitMs, waitMs });
	}

	/** Forgets those that n8n no longer lists. */
	keepOnly(listed: Set<string>): void {
		for (const id of this.until.keys()) if (!listed.has(id)) this.until.delete(id);
	}
}

/**
 * Chooses what is looked at now:
 * 1. executions that crashed and that nobody has retried, each by itself;
 * 2. leased ones whose process has ended after their retry had succeeded: that is only to be noted;
 * 3. leased ones whose process has ended before: their retry crashed, too. These go one at a time, because
 *    one of them may be what ends the process, and it must take no other with it.
 * @param items pages of n8n's list of crashed executions (`data`), and waiting rows of the store
 */
export function findCrashed(
	items: Fields[],
	lookedAt: LookedAt,
	options: FindOptions,
): Candidate[] {
	const { now } = options;
	const listed = items
		.flatMap(({ data }) => (Array.isArray(data) ? data : []))
		.map(asFields)
		.filter(({ id }) => asText(id) !== '');
	lookedAt.keepOnly(new Set(listed.map(({ id }) => asText(id))));
	const entries = items
		.map(readRow)
		.filter((read): read is QueueEntry => read !== undefined && !isDamaged(read))
		.filter(({ row }) => row.kind === 'execution' && row.status === 'waiting');
	const known = new Set(entries.map(({ row }) => row.executionId));
	const fresh = listed
		.filter((execution) => isFirstCrash(execution) && !known.has(asText(execution.id)))
		.map(({ id }) => ({ executionId: asText(id) }))
		.filter(({ executionId }) => !lookedAt.isSettled(executionId, now));
	const [underWay, free] = partition(
		entries,
		(entry) => isUnderWay(entry, options) && !isRetryCrashed(entry, listed),
	);
	const due = free.filter((entry) => entry.row.claim !== '' || dueAtOf(entry, now) <= now);
	const succeeded = new Set(
		listed.filter(({ retrySuccessId }) => retrySuccessId).map(({ id }) => asText(id)),
	);
	const [again, once] = partition(
		due,
		(entry) =>
			!succeeded.has(entry.row.executionId) && (entry.row.claim !== '' || isSuspect(entry)),
	);
	const together = [...fresh, ...once.map(candidateOf)];
	const occupied = underWay.some((entry) => isSuspect(entry) && entry.row.dueAt > now - ALONE_MS);
	if (together.length > 0 || occupied) return together;
	return again.sort(byAge).slice(0, 1).map(candidateOf);
}

function candidateOf({ row }: QueueEntry): Candidate {
	return { executionId: row.executionId, row };
}

/** It crashed again when it was retried. */
function isSuspect(entry: QueueEntry): boolean {
	return crashesOf(entry) > 1;
}

/** One that nothing will start again, and nobody has retried. */
function isFirstCrash({ mode, retryOf, retrySuccessId }: Fields): boolean {
	// The retry of another one counts as that one's further crash.
	return (mode === 'webhook' || mode === 'trigger') && !retryOf && !retrySuccessId;
}

function isUnderWay(
	{ row }: QueueEntry,
	{ processToken, now, singleProcess, isHeld }: FindOptions,
): boolean {
	if (row.claim === '') return false;
	if (row.claim.startsWith(`${processToken}:`)) {
		return row.dueAt > now - RETRY_MS || isHeld(row.claim);
	}
	return !singleProcess && row.dueAt > now - FOREIGN_LEASE_MS;
}

/** Whether n8n lists a retry as crashed that the row does not know of. */
function isRetryCrashed(entry: QueueEntry, listed: Fields[]): boolean {
	const { executionId } = entry.row;
	const crashed = listed.filter(({ retryOf }) => asText(retryOf) === executionId);
	return crashed.length >= crashesOf(entry);
}

function byAge({ row: a }: QueueEntry, { row: b }: QueueEntry): number {
	return a.dueAt - b.dueAt || Number(a.executionId) - Number(b.executionId);
}

function partition<T>(list: T[], test: (entry: T) => boolean): [T[], T[]] {
	return [list.filter(test), list.filter((entry) => !test(entry))];
}
