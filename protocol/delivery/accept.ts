import type { Failure, FailureClass } from '../errors';
import { asFields, asText, type Fields } from '../fields';
import type { BotMessage, ReplyTo } from '../message';
import { idempotencyKey } from '../text';
import type { DeliveryRow, Payload, Unsent } from './delivery';
import { afterFailure, describeFailure, giveUp, type Random } from './policy';
import type { Entry } from './row';

/** An answer that comes later than this after its question confuses more than it helps. */
const ANSWER_DEADLINE_MS = 10 * 60_000;

export const NOTIFICATION_DEADLINE_MS = 24 * 3_600_000;

/** The n8n execution that a failed item comes from; the workflow is asked again where nothing was answered. */
export interface Origin {
	workflowId: string;
	executionId: string;
}

/** What a sending node says about a failed item: its field `error`. */
export interface FailedItem {
	failure: Failure;
	/** A text was there and could not, or not completely, be sent. */
	unsent?: Unsent;
	origin?: Origin;
}

/** Reads the `error` of an item from the error output of any node. */
export function readFailedItem({ error }: Fields): FailedItem {
	const fields = asFields(error);
	const retryAfterMs = Number(fields.retryAfterMs);
	const origin = asFields(fields.origin);
	return {
		failure: {
			class: (asText(fields.class) || 'unclassified') as FailureClass,
			code: asText(fields.code),
			message: asText(error) || asText(fields.message) || 'The node failed and did not say why',
			cure: asText(fields.cure),
			...(retryAfterMs > 0 && Number.isFinite(retryAfterMs) && { retryAfterMs }),
		},
		...(isUnsent(fields.unsent) && { unsent: fields.unsent }),
		...(asText(origin.workflowId) !== '' && {
			origin: {
				workflowId: asText(origin.workflowId),
				executionId: asText(origin.executionId),
			},
		}),
	};
}

/**
 * The row of an item whose first attempt failed. One without a text or a message of a bot is kept as a
 * `failure`, for people to look at.
 * @param item its `json`: for a message to a bot the trigger's own fields
 */
export function acceptFailure(
	item: Fields,
	here: Origin,
	now: number,
	random: Random,
): DeliveryRow {
	const { failure, unsent, origin = here } = readFailedItem(item);
	const question = isMessage(item) ? { ...item, error: undefined } : undefined;
	const base = {
		...EMPTY_ROW,
		...origin,
		...(unsent ? describeUnsent(unsent, question) : describeQuestion(question)),
		createdAtMs: askedAt(question) ?? now,
	};
	if (unsent || question) {
		const payload: Payload = unsent ? { unsent } : { question };
		const answers = !unsent || unsent.via === 'reply';
		const deadlineAt = answers
			? base.createdAtMs + ANSWER_DEADLINE_MS
			: now + NOTIFICATION_DEADLINE_MS;
		const entry: Entry = { row: { ...base, deadlineAt }, payload, history: [] };
		return afterFailure(entry, failure, unsent, now, random);
	}
	const key = idempotencyKey('failure', origin.workflowId, origin.executionId, failure.message);
	const entry: Entry = { row: { ...base, key, deadlineAt: now }, payload: {}, history: [] };
	return giveUp(entry, describeFailure(base, failure), now);
}

/** A row before its first change, which makes it version 1. */
export const EMPTY_ROW: DeliveryRow = {
	key: '',
	version: 0,
	kind: 'failure',
	status: 'waiting',
	priority: 1,
	platform: '',
	bot: '',
	conversation: '',
	dueAt: 0,
	claim: '',
	attempts: 1,
	deadlineAt: 0,
	class: '',
	code: '',
	fingerprint: '',
	reason: '',
	payload: '{}',
	history: '[]',
	audit: '[]',
	workflowId: '',
	executionId: '',
	announced: '',
	createdAtMs: 0,
	settledAtMs: 0,
};

type Description = Pick<DeliveryRow, 'key' | 'kind' | 'platform' | 'bot' | 'conversation'>;

function describeUnsent(unsent: Unsent, question: BotMessage | undefined): Description {
	const { platform, via, replyTo, seed, target } = unsent;
	return {
		key: idempotencyKey('message', platform, seed),
		kind: via === 'reply' ? 'answer' : 'notification',
		platform,
		bot: replyTo ? botOf(replyTo) : via === 'reply' ? 'app' : via,
		conversation: replyTo
			? question?.conversationId || conversationOf(replyTo)
			: describeTarget(target?.ids ?? []),
	};
}

function describeQuestion(question: BotMessage | undefined): Partial<Description> {
	if (!question) return {};
	const { platform, messageId, conversationId, replyTo } = question;
	const action = (replyTo && 'actionId' in replyTo && replyTo.actionId) || '';
	return {
		key: idempotencyKey('question', platform, messageId, action),
		kind: 'question',
		platform,
		bot: replyTo ? botOf(replyTo) : 'app',
		conversation: conversationId,
	};
}

const MAX_TARGETS_SHOWN = 3;

/** Of many people, the first ones. */
export function describeTarget(ids: string[]): string {
	const more = ids.length - MAX_TARGETS_SHOWN;
	const shown = ids.slice(0, MAX_TARGETS_SHOWN).join(', ');
	return more > 0 ? `${shown} + ${more}` : shown;
}

function botOf(replyTo: ReplyTo): string {
	return replyTo.platform === 'wecom' ? replyTo.bot : 'app';
}

function conversationOf(replyTo: ReplyTo): string {
	if (replyTo.platform !== 'wecom') return replyTo.conversationId;
	return replyTo.bot === 'aiBot' && replyTo.chatId ? replyTo.chatId : replyTo.userId;
}

function askedAt(message: BotMessage | undefined): number | undefined {
	const at = Date.parse(message?.receivedAt ?? '');
	return Number.isNaN(at) ? undefined : at;
}

function isMessage(value: unknown): value is BotMessage {
	const { platform, messageId, conversationId } = asFields(value);
	return [platform, messageId, conversationId].every((field) => asText(field) !== '');
}

function isUnsent(value: unknown): value is Unsent {
	const { platform, via, seed, content } = asFields(value);
	return (
		[platform, via, seed].every((field) => asText(field) !== '') &&
		asText(asFields(content).text) !== ''
	);
}
