import type { Fields } from '../../protocol/fields';
import type { DeliveryRow, QueueEntry } from './delivery';
import { dueAtOf } from './history';
import { headsOf } from './order';
import type { Candidate } from './recovery';
import { isDamaged, conversationKeyOf, readRow } from './row';

/* When somebody has to look at the store again, so that nobody looks every few seconds. */

/** At messages that wait; at executions that crashed; at dead letters that nobody has been told of. */
export type LookSubject = 'retry' | 'recover' | 'announce';

export interface DueLook {
	subject: LookSubject;
	/** ms since 1970. */
	at: number;
}

/**
 * Looks that follow each other no closer than this: what becomes due in between shares one. Of dead letters,
 * whatever died in half a minute shares the messages to the operations group.
 */
const LEAST_GAP_MS: Readonly<Record<LookSubject, number>> = {
	retry: 1_000,
	recover: 1_000,
	announce: 30_000,
};

/**
 * After a start the first look waits this long, unless something is told: the messages that came in meanwhile
 * go first. Recovery begins within 5 s of n8n's readiness.
 */
export const FIRST_LOOK_MS: Readonly<Record<LookSubject, number>> = {
	retry: 3_000,
	recover: 1_000,
	announce: 10_000,
};

/** Like failures come together: the first alert of a group counts those that follow at once. */
const GATHER_MS = 5_000;

/** What is due and was left for later (limits, full batches) is looked at again after this. */
export const LEFT_OVER_MS = 3_000;

/** Executions that were looked at come to rest, or are looked at again after this. */
const CRASHED_LEFT_OVER_MS = 15_000;

/** The looks that a row makes due once it stands in the store. */
export function looksAfterSaving(saved: unknown, now: number): DueLook[] {
	const read = readRow(saved);
	if (!read) return [];
	const { row } = read;
	if (row.status === 'waiting') {
		if (row.kind !== 'execution') return [{ subject: 'retry', at: row.dueAt }];
		// Whoever leased an execution saves what became of it.
		return row.claim === '' ? [{ subject: 'recover', at: row.dueAt }] : [];
	}
	const looks: DueLook[] = [];
	// The next answer of its conversation may go.
	if (conversationKeyOf(row) !== undefined) looks.push({ subject: 'retry', at: now });
	const isGivenUp = row.status === 'dead' || row.status === 'uncertain';
	// Not announced yet, or announced and settled since.
	if (isGivenUp !== (row.announced === 'open')) {
		looks.push({ subject: 'announce', at: now + GATHER_MS });
	}
	return looks;
}

/**
 * When waiting messages are to be looked at again after a look.
 * @param stored the rows that it saw
 * @param chosen the rows that it leased or gave up
 * @returns ms since 1970; Infinity where nothing waits
 */
export function nextRetryAt(stored: unknown[], chosen: DeliveryRow[], now: number): number {
	const keys = new Set(chosen.map(({ key }) => key));
	const others = wholeEntries(stored).filter(
		({ row }) => row.status === 'waiting' && isMessage(row.kind) && !keys.has(row.key),
	);
	// The end of an attempt is told when it is saved; if it never is, its lease ends.
	const leased = [...others, ...chosen.map((row) => ({ row }))].filter(
		({ row }) => row.status === 'waiting' && row.claim !== '',
	);
	const free = headsOf(
		others.filter(({ row }) => row.claim === ''),
		leased,
	);
	const times = [
		...leased.map(({ row }) => row.dueAt),
		...free.map((entry) => dueAtOf(entry, now)),
	];
	return Math.min(...times.map((dueAt) => (dueAt > now ? dueAt : now + LEFT_OVER_MS)), Infinity);
}

/** Damaged ones are given up by the look that finds them. */
function wholeEntries(stored: unknown[]): QueueEntry[] {
	return stored.map(readRow).flatMap((read) => (read && !isDamaged(read) ? [read] : []));
}

const isMessage = (kind: DeliveryRow['kind']): boolean =>
	kind !== 'execution' && kind !== 'failure';

/**
 * When crashed executions are to be looked at again after a look.
 * @param items what it saw
 * @param candidates what it chose
 * @returns ms since 1970; Infinity where nothing is left to do
 */
export function nextRecoveryAt(
	items: Fields[],
	candidates: Candidate[],
	{ processToken, now }: { processToken: string; now: number },
): number {
	const waiting = wholeEntries(items)
		.filter(({ row }) => row.kind === 'execution' && row.status === 'waiting')
		// What this process is retrying it saves itself.
		.filter(({ row }) => !row.claim.startsWith(`${processToken}:`))
		.map((entry) => (entry.row.claim === '' ? dueAtOf(entry, now) : now));
	const times = candidates.length > 0 ? [now, ...waiting] : waiting;
	return Math.min(...times.map((at) => (at > now ? at : now + CRASHED_LEFT_OVER_MS)), Infinity);
}

/** When to look: what was told in the process, and a slow look for what was not. */
export class NextLook {
	/** The first look is due: nobody has told what the store holds. */
	private dueAt = -Infinity;
	private lookedAt = -Infinity;
	/** A look has begun, and has not seen the store yet. */
	private isOnItsWay = false;

	/** @param safetyMs the longest time without a look, whatever was told */
	constructor(
		private readonly subject: LookSubject,
		private readonly safetyMs: number,
	) {}

	/** Something is due then. */
	tell(at: number): void {
		this.dueAt = Math.min(this.dueAt, at);
	}

	/** The look under way has read the store, and the next one is due then; or it has ended without. */
	saw(nextAt = Infinity): void {
		this.isOnItsWay = false;
		this.tell(nextAt);
	}

	/**
	 * How long to wait for the look, in ms; 0: it is due. Where n8n is slow to carry one out, another one would see
	 * the same: only the slow look is made then.
	 */
	waitMs(now: number): number {
		// The clock may have been set back.
		this.lookedAt = Math.min(this.lookedAt, now);
		const told = this.isOnItsWay ? Infinity : this.dueAt;
		const due = Math.max(told, this.lookedAt + LEAST_GAP_MS[this.subject]);
		return Math.max(0, Math.min(due, this.lookedAt + this.safetyMs) - now);
	}

	/** A look begins: `saw` says when it has seen what was due. */
	begin(now: number): void {
		this.lookedAt = now;
		this.dueAt = Infinity;
		this.isOnItsWay = true;
	}
}
