import type { FailureClass } from '../../protocol/errors';
import { asFields, asText, type Fields } from '../../protocol/fields';
import {
	botOf,
	conversationOf,
	topicOf,
	type BotMessage,
	type ReplyTo,
} from '../../protocol/message';
import { idempotencyKey } from '../../protocol/text';
import type { Random } from '../common/backoff';
import type { DeliveryRow, QueueEntry, Unsent } from './delivery';
import { addAttempt } from './history';
import { readUnsent } from './payload';
import { afterFailure, describeFailure, giveUp, type Failed } from './policy';
import { EMPTY_ROW, conversationKeyOf } from './row';

/* How a failed item gets into the queue. */

/** An answer that comes later than this after its question confuses more than it helps. */
const ANSWER_DEADLINE_MS = 10 * 60_000;

export const NOTIFICATION_DEADLINE_MS = 24 * 3_600_000;

/** The n8n execution that an item comes from. A question is asked again of that workflow. */
export interface ExecutionOrigin {
	workflowId: string;
	executionId: string;
}

/** Reads the `error` of an item that left by the error output of a node, of any kind of node. */
export function readFailed({ error }: Fields): Failed & { origin?: ExecutionOrigin } {
	const { class: name, code, message, cure, retryAfterMs, unsent, origin } = asFields(error);
	const { workflowId, executionId } = asFields(origin);
	const wait = Number(asText(retryAfterMs));
	const left = readUnsent(unsent);
	return {
		failure: {
			class: (asText(name) || 'unclassified') as FailureClass,
			code: asText(code),
			message: asText(error) || asText(message) || 'The node failed and did not say why',
			cure: asText(cure),
			...(wait > 0 && { retryAfterMs: Math.min(wait, MAX_WAIT_MS) }),
		},
		...(left && { unsent: left }),
		...(asText(workflowId) !== '' && {
			origin: { workflowId: asText(workflowId), executionId: asText(executionId) },
		}),
	};
}

/** Longer than any deadline. */
const MAX_WAIT_MS = 365 * NOTIFICATION_DEADLINE_MS;

/**
 * The row of an item whose first attempt failed. One without a text and without a message to a bot is kept
 * as a `failure`, for people to look at.
 * @param item its `json`: for a message to a bot the trigger's own fields
 * @param here stands in where the item does not say where it comes from
 */
export function acceptFailure(
	item: Fields,
	here: ExecutionOrigin,
	now: number,
	random: Random,
): DeliveryRow {
	const { origin = here, ...failed } = readFailed(item);
	const message = isMessage(item) ? { ...item, error: undefined } : undefined;
	if (failed.unsent) {
		const entry = newEntry(origin, ofUnsent(failed.unsent, message, now));
		return afterFailure({ ...entry, payload: { unsent: failed.unsent } }, failed, now, random);
	}
	if (message) {
		const entry = newEntry(origin, ofQuestion(message, now));
		return afterFailure({ ...entry, payload: { question: message } }, failed, now, random);
	}
	const { failure } = failed;
	const key = idempotencyKey('failure', origin.workflowId, origin.executionId, failure.message);
	const entry = newEntry(origin, { key, createdAtMs: now, deadlineAt: now });
	const history = addAttempt([], failure, now);
	return giveUp({ ...entry, history }, describeFailure(entry.row, failure), now);
}

/** Messages of one conversation that came in the same millisecond keep the order in which they are given. */
export function inOrder(rows: DeliveryRow[]): DeliveryRow[] {
	const taken = new Set<string>();
	return rows.map((row) => {
		const key = conversationKeyOf(row);
		if (key === undefined || row.version > 1) return row;
		let { createdAtMs } = row;
		while (taken.has(`${createdAtMs} ${key}`)) createdAtMs++;
		taken.add(`${createdAtMs} ${key}`);
		return { ...row, createdAtMs };
	});
}

function newEntry(origin: ExecutionOrigin, columns: Partial<DeliveryRow>): QueueEntry {
	return { row: { ...EMPTY_ROW, ...origin, ...columns }, payload: {}, history: [], audit: [] };
}

function ofUnsent(
	unsent: Unsent,
	message: BotMessage | undefined,
	now: number,
): Partial<DeliveryRow> {
	const { platform, via, replyTo, seed, target } = unsent;
	const key = idempotencyKey('unsent', platform, seed);
	if (!replyTo) {
		return {
			key,
			kind: 'notification',
			platform,
			bot: via,
			conversation: describeTarget(target?.ids ?? []),
			createdAtMs: now,
			deadlineAt: now + NOTIFICATION_DEADLINE_MS,
		};
	}
	return {
		key,
		kind: 'answer',
		platform,
		bot: botOf(replyTo),
		conversation: placeOf(replyTo, message),
		...timesOf(message, now),
	};
}

function ofQuestion(message: BotMessage, now: number): Partial<DeliveryRow> {
	const { platform, messageId, conversationId, replyTo } = message;
	return {
		key: idempotencyKey('question', platform, messageId),
		kind: 'question',
		platform,
		bot: replyTo ? botOf(replyTo) : 'app',
		conversation: replyTo ? placeOf(replyTo, message) : conversationId,
		...timesOf(message, now),
	};
}

/** The conversation, and the topic in it: answers keep their order within it. */
function placeOf(replyTo: ReplyTo, message?: BotMessage): string {
	const conversation = message?.conversationId ?? conversationOf(replyTo);
	return [conversation, topicOf(replyTo)].filter((part) => part !== '').join(' ');
}

/** Answers are given in the order, and within ten minutes, of their questions. */
function timesOf(
	message: BotMessage | undefined,
	now: number,
): Pick<DeliveryRow, 'createdAtMs' | 'deadlineAt'> {
	const receivedAt = Date.parse(asText(message?.receivedAt));
	const createdAtMs = receivedAt > 0 ? receivedAt : now;
	return { createdAtMs, deadlineAt: createdAtMs + ANSWER_DEADLINE_MS };
}

const MAX_TARGETS_SHOWN = 3;

/** Whom a notification goes to, for people: of many, the first ones. */
export function describeTarget(ids: string[]): string {
	const shown = ids.slice(0, MAX_TARGETS_SHOWN).join(', ');
	const more = ids.length - MAX_TARGETS_SHOWN;
	return more > 0 ? `${shown} + ${more}` : shown;
}

function isMessage(value: unknown): value is BotMessage {
	const { platform, messageId, conversationId } = asFields(value);
	return [platform, messageId, conversationId].every((field) => asText(field) !== '');
}
