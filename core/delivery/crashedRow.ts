import { httpCode } from '../../protocol/errors';
import { asFields, asText, type Fields } from '../../protocol/fields';
import type { DeliveryRow, QueueEntry } from './delivery';
import { isBots, itemsOf, messagesOf } from './execution';
import { addAttempt, crashesOf } from './history';
import { writePayload } from './payload';
import { describeFailure } from './policy';
import type { LookedAt, RecoveryOptions } from './recovery';
import { changedRow, EMPTY_ROW, isDamaged, readRow } from './row';

/* The row of a crashed execution: leased before its retry, and settled by what became of that. */

/** An execution that ends the process as often as this is given up. */
const MAX_CRASHES = 3;

/** Nobody waits for an answer that old: people are told instead. */
const MAX_AGE_MS = 24 * 3_600_000;

const REFUSED_WAIT_MS = 60_000;
const UNREACHED_WAIT_MS = 10_000;

/**
 * The row to save before a crashed execution is retried: whoever saves it may retry.
 * @param item a candidate beside n8n's answer about its execution: `statusCode` and `body`
 * @returns undefined where nothing is to be done: it is no bot's, it was retried, n8n did not answer
 */
export function leaseCrashed(
	item: Fields,
	lookedAt: LookedAt,
	options: RecoveryOptions & { newId: () => string },
): DeliveryRow | undefined {
	const row = rowToSave(item, options);
	// An execution is looked at again until its lease stands in the store: saving that may fail.
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

function withCrash(entry: QueueEntry, now: number): QueueEntry {
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
 * What became of the retry of a leased execution.
 * @param item the leased row beside n8n's answer to the retry: `statusCode` and `body`, or `error`
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
		code: status > 0 ? httpCode(status) : 'noAnswer',
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

function newEntry(executionId: string, execution: Fields, now: number): QueueEntry {
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
function described(stored: QueueEntry, read: QueueEntry): QueueEntry {
	if (stored.row.platform !== '') return stored;
	const { platform, conversation } = read.row;
	return { ...stored, payload: read.payload, row: { ...stored.row, platform, conversation } };
}

function recovered(entry: QueueEntry, now: number): DeliveryRow {
	return changedRow(entry, { status: 'delivered', claim: '', settledAtMs: now });
}

function buried(
	entry: QueueEntry,
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
