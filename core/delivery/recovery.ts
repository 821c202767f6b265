import { asFields, asText, type Fields } from '../../protocol/fields';
import type { DeliveryRow, Entry } from './delivery';
import { isBots, itemsOf, messagesOf } from './execution';
import { addAttempt, crashesOf } from './history';
import { writePayload } from './payload';
import { describeFailure } from './policy';
import { changedRow, EMPTY_ROW, isDamaged, readRow } from './row';

/* Executions that n8n left behind when its process ended: each one's first crash makes one row of it. */

/** An execution that ends the process as often as this is given up. */
const MAX_CRASHES = 3;

/** Nobody waits for an answer that old: people are told instead. */
const MAX_AGE_MS = 24 * 3_600_000;

/** The workflow waits that long for the end of a retry. */
const RETRY_MS = 3_600_000;

/** In a shared store nobody knows whether another process lives: its claims end after this. */
const FOREIGN_LEASE_MS = 10 * 60_000;

/** A retry that ends the process does so soon; those that crashed before wait that long for each other. */
const ALONE_MS = 20_000;

const REFUSED_WAIT_MS = 60_000;
const UNREACHED_WAIT_MS = 10_000;

export interface RecoveryOptions {
	processToken: string;
	now: number;
}

/** A crashed execution to look at; `row` where it has been claimed before. */
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
 * 2. claimed ones whose process has ended after their retry had succeeded: that is only to be noted;
 * 3. claimed ones whose process has ended before: their retry crashed, too. These go one at a time, because
 *    one of them may be what ends the process, and it must take no other with it.
 * @param items pages of n8n's list of crashed executions (`data`), and waiting rows of the store
 */
export function findCrashed(
	items: Fields[],
	lookedAt: LookedAt,
	options: RecoveryOptions & { singleProcess: boolean },
): Candidate[] {
	const { now } = options;
	const listed = items
		.flatMap(({ data }) => (Array.isArray(data) ? data : []))
		.map(asFields)
		.filter(({ id }) => asText(id) !== '');
	lookedAt.keepOnly(new Set(listed.map(({ id }) => asText(id))));
	const entries = items
		.map(readRow)
		.filter((read): read is Entry => read !== undefined && !isDamaged(read))
		.filter(({ row }) => row.kind === 'execution' && row.status === 'waiting');
	const claimed = new Set(entries.map(({ row }) => row.executionId));
	const fresh = listed
		.filter((execution) => isFirstCrash(execution) && !claimed.has(asText(execution.id)))
		.map(({ id }) => ({ executionId: asText(id) }))
		.filter(({ executionId }) => !lookedAt.isSettled(executionId, now));
	const [underWay, free] = partition(
		entries,
		(entry) => isUnderWay(entry, options) && !isRetryCrashed(entry, listed),
	);
	const due = free.filter(({ row }) => row.claim !== '' || row.dueAt <= now);
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

function candidateOf({ row }: Entry): Candidate {
	return { executionId: row.executionId, row };
}

/** It crashed again when it was retried. */
function isSuspect(entry: Entry): boolean {
	return crashesOf(entry) > 1;
}

/** One that nothing will start again, and nobody has retried. */
function isFirstCrash({ mode, retryOf, retrySuccessId }: Fields): boolean {
	// The retry of another one counts as that one's further crash.
	return (mode === 'webhook' || mode === 'trigger') && !retryOf && !retrySuccessId;
}

function isUnderWay(
	{ row }: Entry,
	{ processToken, now, singleProcess }: RecoveryOptions & { singleProcess: boolean },
): boolean {
	if (row.claim === '') return false;
	if (row.claim.startsWith(`${processToken}:`)) return row.dueAt > now - RETRY_MS;
	return !singleProcess && row.dueAt > now - FOREIGN_LEASE_MS;
}

/** Whether n8n lists a retry as crashed that the row does not know of. */
function isRetryCrashed(entry: Entry, listed: Fields[]): boolean {
	const { executionId } = entry.row;
	const crashed = listed.filter(({ retryOf }) => asText(retryOf) === executionId);
	return crashed.length >= crashesOf(entry);
}

/**
 * The row to save before a crashed execution is retried: whoever saves it may retry.
 * @param item a candidate beside n8n's answer about its execution: `statusCode` and `body`
 * @returns undefined where nothing is to be done: it is no bot's, it was retried, n8n did not answer
 */
export function claimCrashed(
	item: Fields,
	lookedAt: LookedAt,
	options: RecoveryOptions & { newId: () => string },
): DeliveryRow | undefined {
	const row = rowToSave(item, options);
	// A claim is looked at until it stands in the store: saving it may fail.
	const isSettled = row?.status !== 'waiting';
	if (isSettled && isAnswered(item) && !item.row) {
		lookedAt.note(asText(item.executionId), options.now);
	}
	return row;
}

const isAnswered = ({ statusCode }: Fields): boolean => statusCode === 200 || statusCode === 404;

function rowToSave(
	item: Fields,
	{ processToken, newId, now }: RecoveryOptions & { newId: () => string },
): DeliveryRow | undefined {
	if (!isAnswered(item)) return undefined;
	const executionId = asText(item.executionId);
	const stored = readRow(item.row);
	const execution = asFields(item.body);
	const read = newEntry(executionId, execution, now);
	const entry = stored && !isDamaged(stored) ? described(stored, read) : read;
	if (item.statusCode === 404) return buried(entry, GONE, now);
	if (!stored && !isBots(execution)) return undefined;
	if (execution.retrySuccessId) return stored && recovered(entry, now);
	if (itemsOf(execution).length === 0) return buried(entry, EMPTIED, now);
	const tried = entry.row.attempts > 0;
	if (!tried && Date.parse(asText(execution.startedAt)) < now - MAX_AGE_MS) {
		return buried(entry, TOO_OLD, now);
	}
	const again = stored && entry.row.claim === '';
	const crashed = again ? entry : withCrash(entry, now);
	if (crashesOf(crashed) >= MAX_CRASHES) return buried(crashed, CRASHED_THRICE, now);
	return changedRow(crashed, {
		attempts: entry.row.attempts + 1,
		claim: `${processToken}:${newId()}`,
		dueAt: now,
	});
}

function withCrash(entry: Entry, now: number): Entry {
	return { ...entry, history: addAttempt(entry.history, CRASHED, now) };
}

const CRASHED = {
	class: 'crashed',
	code: 'crashed',
	message: 'n8n ended while it was carried out',
} as const;
const CRASHED_THRICE = {
	code: 'crashedThrice',
	message: `n8n ended ${MAX_CRASHES} times while this execution was carried out`,
};
const GONE = {
	code: 'executionGone',
	message: 'n8n does not have this execution any more: it was deleted before it could be retried',
};
const EMPTIED = {
	code: 'messagesGone',
	message:
		'A worker ended while it carried this execution out, and n8n emptied it: its messages are not known any more',
};
const TOO_OLD = {
	code: 'tooOld',
	message: 'n8n ended while it was carried out, over 24 hours ago: not retried any more',
};
const NOT_RETRYABLE = { code: 'notRetryable', message: 'n8n refused to retry this execution' };

/**
 * What became of a claimed execution's retry.
 * @param item the claimed row beside n8n's answer to the retry: `statusCode` and `body`, or `error`
 */
export function afterRetry(item: Fields, now: number): DeliveryRow | undefined {
	const entry = readRow(item);
	if (!entry || isDamaged(entry) || entry.row.claim === '') return undefined;
	const status = Number(item.statusCode);
	if (status === 200) return recovered(entry, now);
	if (status === 404) return buried(entry, GONE, now);
	if (status === 409) return buried(entry, NOT_RETRYABLE, now);
	const refused = status === 401 || status === 403;
	const failure = {
		class: refused ? ('badCredentials' as const) : ('temporary' as const),
		code: status > 0 ? `HTTP ${status}` : 'noAnswer',
		message: refused
			? 'n8n refused the API key: check the credential of recover-executions'
			: 'n8n did not answer the retry',
	};
	return changedRow(entry, {
		...describeFailure(entry.row, failure),
		claim: '',
		dueAt: now + (refused ? REFUSED_WAIT_MS : UNREACHED_WAIT_MS),
	});
}

function newEntry(executionId: string, execution: Fields, now: number): Entry {
	const messages = messagesOf(execution);
	const first = messages[0];
	const row: DeliveryRow = {
		...EMPTY_ROW,
		key: `execution:${executionId}`,
		kind: 'execution',
		attempts: 0,
		platform: first?.platform ?? '',
		conversation: first?.conversationId ?? '',
		workflowId: asText(execution.workflowId),
		executionId,
		createdAtMs: Date.parse(asText(execution.startedAt)) || now,
	};
	return { row, payload: { messages }, history: [], audit: [] };
}

/** The row of a crash that an error workflow was told of: it is looked at and retried like one that was listed. */
export function reportedCrash(executionId: string, workflowId: string, now: number): DeliveryRow {
	return {
		...EMPTY_ROW,
		key: `execution:${executionId}`,
		version: 1,
		kind: 'execution',
		attempts: 0,
		dueAt: now,
		payload: writePayload({ messages: [] }),
		history: JSON.stringify(addAttempt([], CRASHED, now)),
		workflowId,
		executionId,
		createdAtMs: now,
	};
}

/** A reported crash does not know its messages: the execution does. */
function described(stored: Entry, read: Entry): Entry {
	if (stored.row.platform !== '') return stored;
	const { platform, conversation } = read.row;
	return { ...stored, payload: read.payload, row: { ...stored.row, platform, conversation } };
}

function recovered(entry: Entry, now: number): DeliveryRow {
	return changedRow(entry, { status: 'delivered', claim: '', settledAtMs: now });
}

function buried(
	entry: Entry,
	{ code, message }: { code: string; message: string },
	now: number,
): DeliveryRow {
	const failure = { class: 'unclassified' as const, code, message };
	return changedRow(entry, {
		...describeFailure(entry.row, failure),
		status: 'dead',
		claim: '',
		settledAtMs: now,
	});
}

function byAge({ row: a }: Entry, { row: b }: Entry): number {
	return a.dueAt - b.dueAt || Number(a.executionId) - Number(b.executionId);
}

function partition<T>(list: T[], test: (entry: T) => boolean): [T[], T[]] {
	return [list.filter(test), list.filter((entry) => !test(entry))];
}
