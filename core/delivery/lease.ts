import type { DeliveryRow, QueueEntry } from './delivery';
import { digestGroup, fitDigest } from './digest';
import { addAttempt, crashesOf, dueAtOf } from './history';
import type { HoldsLease } from './ownLeases';
import { byUrgency, headsOf } from './order';
import type { Pace } from './pace';
import { describeFailure, giveUp, repeatableUntil } from './policy';
import { changedRow, isDamaged, jointLease, readRow, type DamagedRow } from './row';

/** A send takes 15 s at most on the wire, and parts follow each other. */
export const SEND_LEASE_MS = 60_000;

/**
 * Bot Delivery sends as many at once, and this many are leased together: none waits behind others, of a
 * platform that does not answer, until its lease has ended.
 */
export const SENDS_AT_ONCE = 200;

/** A model may take two minutes, and its answer is sent within the same lease. */
const QUESTION_LEASE_MS = 180_000;

/** A message that ends the process as often as this is given up. */
const MAX_CRASHES = 3;

export interface LeaseOptions {
	/** Names the process: a lease that does not begin with it belongs to another one. */
	processToken: string;
	/** Gives each lease a name of its own. */
	newId: () => string;
	/** Only one process uses the store: a lease of another one was left behind by a process that ended. */
	singleProcess: boolean;
	/** Questions that may be under way at once, over all. */
	questionsAtOnce: number;
	/** Outlives the look: looks may follow each other closely. */
	heldBack: Pace;
	isHeld: HoldsLease;
	now: number;
}

/**
 * Chooses what is tried now:
 * 1. what cannot be read, has run out of time or crashed too often is given up;
 * 2. of each conversation only the oldest answer or question goes, and only when none is under way;
 * 3. broadcasts that the rate limit held back go together, with one lease;
 * 4. of what the rate limit of one target held back, a few go;
 * 5. no more are leased at once than are sent within their leases: the others go the next time.
 * @param stored rows of the store
 * @returns the rows to save: whoever saves one holds its lease
 */
export function leaseDue(stored: unknown[], options: LeaseOptions): DeliveryRow[] {
	const { now, questionsAtOnce } = options;
	const givenUp: DeliveryRow[] = [];
	const underWay: QueueEntry[] = [];
	const waiting: QueueEntry[] = [];
	for (const read of stored.map(readRow)) {
		if (read?.row.status !== 'waiting') continue;
		if (isDamaged(read)) givenUp.push(bury(read, now));
		else if (!isDeliverable(read)) continue;
		else if (isUnderWay(read, options)) underWay.push(read);
		else {
			const entry = read.row.claim === '' ? read : abandoned(read, now);
			const lost = giveUpIfLost(entry, now);
			if (lost) givenUp.push(lost);
			else waiting.push(entry);
		}
	}
	const due = headsOf(waiting, underWay)
		.filter((entry) => entry.row.claim !== '' || dueAtOf(entry, now) <= now)
		.sort(byUrgency);
	const free = Math.max(0, questionsAtOnce - underWay.filter(isQuestion).length);
	const batches = [
		...atOnce(withinLimits(inDigests(due.filter((entry) => !isQuestion(entry))), options)),
		...due
			.filter(isQuestion)
			.slice(0, free)
			.map((entry) => [entry]),
	];
	return [...givenUp, ...batches.flatMap((batch) => leased(batch, options))];
}

function isUnderWay(
	{ row }: QueueEntry,
	{ processToken, singleProcess, isHeld, now }: LeaseOptions,
): boolean {
	const alive = !singleProcess || row.claim.startsWith(`${processToken}:`);
	return row.claim !== '' && alive && (row.dueAt > now || isHeld(row.claim));
}

function isDeliverable({ row }: QueueEntry): boolean {
	return row.kind !== 'execution' && row.kind !== 'failure';
}

const isQuestion = ({ row }: QueueEntry): boolean => row.kind === 'question';

const leaseOf = (entry: QueueEntry): number =>
	isQuestion(entry) ? QUESTION_LEASE_MS : SEND_LEASE_MS;

/** A lease whose holder never reported: the attempt, from when it began, has an unknown outcome. */
function abandoned(entry: QueueEntry, now: number): QueueEntry {
	const since = Math.min(now, entry.row.dueAt - leaseOf(entry));
	return { ...entry, history: addAttempt(entry.history, CRASH, since) };
}

const CRASH = {
	class: 'crashed',
	code: 'crashed',
	message: 'This attempt never reported how it ended: n8n may have ended before it',
} as const;

function giveUpIfLost(entry: QueueEntry, now: number): DeliveryRow | undefined {
	if (crashesOf(entry) < MAX_CRASHES && now <= repeatableUntil(entry)) return undefined;
	// The last failure keeps its words; a crash has left none.
	const crash = describeFailure(entry.row, CRASH);
	return giveUp(entry, entry.row.claim === '' ? {} : crash, now);
}

function bury({ row, damage }: DamagedRow, now: number): DeliveryRow {
	const message = `The column ${damage} of this row is damaged`;
	return {
		...row,
		...describeFailure(row, { class: 'badRequest', code: 'damagedRow', message }),
		version: row.version + 1,
		status: 'dead',
		claim: '',
		settledAtMs: now,
	};
}

/**
 * Puts broadcasts together that the rate limit of one target held back. Of those only one message goes now:
 * what is left out would meet the same limit.
 */
function inDigests(due: QueueEntry[]): QueueEntry[][] {
	const groups = new Map<string, QueueEntry[]>();
	for (const entry of due) {
		const name = digestGroup(entry) ?? entry.row.key;
		groups.set(name, [...(groups.get(name) ?? []), entry]);
	}
	return [...groups.values()].map((group) => {
		const joined = fitDigest(group);
		return joined.length > 1 ? joined : group.slice(0, 1);
	});
}

function withinLimits(batches: QueueEntry[][], { heldBack, now }: LeaseOptions): QueueEntry[][] {
	heldBack.sweep(now);
	return batches.filter(([first]) => {
		const target = limitedTarget(first!);
		return target === undefined || heldBack.take(target, now);
	});
}

/** Answers have no target: of a conversation one goes at a time anyway. */
function limitedTarget({ row, payload: { unsent } }: QueueEntry): string | undefined {
	if (row.class !== 'rateLimited' || row.kind !== 'notification') return undefined;
	return JSON.stringify([row.platform, unsent?.via, unsent?.target]);
}

/** As many batches as hold that many rows; the first one whole. */
function atOnce(batches: QueueEntry[][]): QueueEntry[][] {
	let rows = 0;
	return batches.filter((batch, index) => {
		rows += batch.length;
		return index === 0 || rows <= SENDS_AT_ONCE;
	});
}

function leased(batch: QueueEntry[], { processToken, newId, now }: LeaseOptions): DeliveryRow[] {
	const lease = `${processToken}:${newId()}`;
	return batch.map((entry) =>
		changedRow(entry, {
			claim: batch.length > 1 ? jointLease(lease) : lease,
			attempts: entry.row.attempts + 1,
			dueAt: now + leaseOf(entry),
		}),
	);
}
