import { NodeOperationError, UserError, type IExecuteFunctions } from 'n8n-workflow';
import type { Priority, Unsent } from '../../../core/delivery/delivery';
import type { Failure } from '../../../protocol/errors';
import { conversationOf, type ReplyTo } from '../../../protocol/message';
import { inWords, partsOf, type OutgoingMessage, type TextLimit } from '../../../protocol/outgoing';
import { idempotencyKey } from '../../../protocol/text';
import { isAnswerable } from '../conversation/incoming';

/* A message on its way out, and what is kept of it where it could not be sent. */

export type LongText = 'split' | 'refuse';

/** What is said. */
export interface Message {
	outgoing: OutgoingMessage;
	longText: LongText;
}

/**
 * What a message is made from when it is made again: a `model` says the same in other words, a `text` says
 * the same. In the `queue` waits what was made once, and its row knows whether it may be out.
 */
export type Origin = 'model' | 'text' | 'queue';

/** A message and how far it has come. */
export interface Sending extends Message {
	origin: Origin;
	/**
	 * Tells it from all other messages, and is the same however often it is sent: of its idempotency keys,
	 * which are `idempotencyKey(seed, part)`.
	 */
	seed: string;
	priority: Priority;
	/** Parts of a long text that are out, and the platform's ids of them; `inParts` keeps count. */
	sentParts: number;
	messageIds: string[];
	/** It may be out, in other words or as part of another: nothing is sent, a person looks. */
	mayBeOut?: boolean;
}

export function newSending(message: Message, seed: string, origin: Origin = 'text'): Sending {
	return { ...message, origin, seed, priority: 'answer', sentParts: 0, messageIds: [] };
}

/**
 * The seed of a node's message that answers nothing: the same when n8n tries the node again, and, where a
 * message to the bot set it off, in the execution that does again what a crash left behind.
 */
export function sendSeed(ctx: IExecuteFunctions, itemIndex: number): string {
	const { $runIndex } = ctx.getWorkflowDataProxy(itemIndex);
	const { id } = ctx.getNode();
	const json = ctx.getInputData()[itemIndex]?.json;
	const cause = isAnswerable(json) ? replySeed(ctx, json.replyTo) : ctx.getExecutionId();
	return idempotencyKey(cause, id, String($runIndex), String(itemIndex));
}

/**
 * The seed of a node's answer to a message.
 * @param text tells several answers of one node to one message apart. Left out for a model's: it says the
 * same in other words when it is asked again, and that is the same answer
 */
export function replySeed(ctx: IExecuteFunctions, replyTo: ReplyTo, text = ''): string {
	const action = ('actionId' in replyTo && replyTo.actionId) || '';
	const { id } = ctx.getNode();
	return idempotencyKey(conversationOf(replyTo), replyTo.messageId, action, id, text);
}

/**
 * Sends a message in as many parts as the platform's limit for texts asks for, one after the other; parts
 * that are out already are not sent again.
 * @param send sends one part and returns the platform's id of it, if any
 */
export async function inParts(
	ctx: IExecuteFunctions,
	itemIndex: number,
	sending: Sending,
	limit: TextLimit,
	send: (part: OutgoingMessage, partIndex: number) => Promise<string | undefined>,
): Promise<{ messageIds: string[]; parts: number }> {
	const { outgoing, longText } = sending;
	const length = limit.sizeOf(inWords(outgoing).text);
	if (longText === 'refuse' && length > limit.max) {
		throw new NodeOperationError(
			ctx.getNode(),
			`The text is ${length} bytes long; this platform takes ${limit.max} here`,
			{ itemIndex, description: 'Shorten it, or set Long Text to split it.' },
		);
	}
	const parts = partsOf(outgoing, limit);
	while (sending.sentParts < parts.length) {
		const index = sending.sentParts;
		const id = await send(parts[index]!, index);
		sending.sentParts++;
		if (id) sending.messageIds.push(id);
	}
	return { messageIds: sending.messageIds, parts: parts.length };
}

/** Which way a message goes: with a `Sending`, all that a repetition needs. */
export type Route = Pick<Unsent, 'platform' | 'via' | 'replyTo' | 'target' | 'repeatable'>;

/**
 * A failure with the message that it left unsent. One of its own for each message: messages that wait for
 * the same access token get the same error.
 */
export class SendError extends Error {
	constructor(
		override readonly cause: Error,
		readonly unsent: Unsent,
	) {
		super(cause.message, { cause });
	}

	/** So that `failureOf` finds the failure. */
	get context(): unknown {
		return (this.cause as { context?: unknown }).context;
	}
}

/** A crash came between sending this answer and knowing of it. */
export class MayBeOut extends UserError {
	readonly context: { failure: Failure };

	constructor() {
		const message = 'An earlier try to send this answer was interrupted: it may be out';
		super(message);
		this.context = {
			failure: {
				class: 'unknownOutcome',
				code: 'interrupted',
				message,
				cure: 'Look into the conversation: send it again only if no answer is there.',
			},
		};
	}
}

/**
 * Sends a message; where that fails, its error says what is needed to send it again as the same message.
 * @param route as it is when `work` fails: `work` may change it
 * @throws SendError
 */
export async function keepUnsent<T>(
	route: Route,
	sending: Sending,
	work: () => Promise<T>,
): Promise<T> {
	if (sending.mayBeOut) route.repeatable = false;
	const sent = sending.mayBeOut ? Promise.reject(new MayBeOut()) : work();
	return await sent.catch((error: Error) => {
		const { outgoing, longText, seed, sentParts, messageIds } = sending;
		const message = { content: outgoing, longText, seed, sentParts, messageIds: [...messageIds] };
		throw new SendError(error, { ...route, ...message });
	});
}
