import { NodeOperationError, type IDataObject, type IExecuteFunctions } from 'n8n-workflow';
import type { OutgoingMessage } from '../../protocol/message';
import { byteLength, splitText } from '../../protocol/text';

export type LongText = 'split' | 'refuse';

/** What a reply says. */
export interface ReplyContent {
	outgoing: OutgoingMessage;
	longText: LongText;
	/**
	 * Tells several replies of one node to one message apart; the same for a repetition of the same reply.
	 * Goes into its idempotency keys.
	 */
	variant: string;
}

/** What was sent and how: the `delivery` that senders add to an item. */
export interface Delivery {
	platform: string;
	/** Which way it went: `groupRobot`, `app`, `session`, `aiBot`. */
	via: string;
	/** In order; empty where the platform gives none. */
	messageIds: string[];
	/** Messages it took: more than one where the text was long. */
	parts: number;
	/** People that the platform left out though it took the message. */
	refused?: { users: string[]; reason: string };
	/** The end of the text was left out: this way takes one message only. */
	cut?: true;
	/** ISO 8601. */
	at: string;
}

interface ContentOptions {
	longText?: LongText;
	title?: string;
	mentionIds?: string;
	mentionAll?: boolean;
}

/** What an item says, from the fields of Send, Reply and Bot Reply. */
export function readOutgoing(ctx: IExecuteFunctions, itemIndex: number): ReplyContent {
	const options = ctx.getNodeParameter('options', itemIndex, {}) as ContentOptions;
	const text = (ctx.getNodeParameter('text', itemIndex, '') as string) || answerOf(ctx, itemIndex);
	if (!text.trim()) {
		throw new NodeOperationError(ctx.getNode(), 'There is nothing to send: the text is empty', {
			itemIndex,
			description: 'Fill in Text, or put a Model API node before this one.',
		});
	}
	return {
		outgoing: {
			format: ctx.getNodeParameter('format', itemIndex) as OutgoingMessage['format'],
			text,
			...(options.title && { title: options.title }),
			...(options.mentionAll && { mentionAll: true }),
			...(options.mentionIds && { mentionIds: splitList(options.mentionIds) }),
		},
		longText: options.longText ?? 'split',
		variant: text,
	};
}

function answerOf(ctx: IExecuteFunctions, itemIndex: number): string {
	const answer = ctx.getInputData()[itemIndex]?.json.answer as IDataObject | undefined;
	return typeof answer?.text === 'string' ? answer.text : '';
}

/** Ids in one field: separated by commas (also Chinese ones), bars or line ends. */
export function splitList(list: string): string[] {
	return list
		.split(/[,，|\n]/)
		.map((id) => id.trim())
		.filter((id) => id !== '');
}

/** How long a part may be: UTF-8 bytes, or whatever `sizeOf` counts. */
export type TextLimit = number | { max: number; sizeOf: (text: string) => number };

/**
 * Sends a text in as many parts as the platform's limit asks for, one after the other.
 * @param send sends one part and returns the platform's id of it, if any
 */
export async function inParts(
	ctx: IExecuteFunctions,
	itemIndex: number,
	message: Pick<ReplyContent, 'outgoing' | 'longText'>,
	limit: TextLimit,
	send: (part: OutgoingMessage, partIndex: number) => Promise<string | undefined>,
): Promise<{ messageIds: string[]; parts: number }> {
	const { outgoing, longText } = message;
	const { max, sizeOf } = typeof limit === 'number' ? { max: limit, sizeOf: byteLength } : limit;
	const length = sizeOf(outgoing.text);
	if (longText === 'refuse' && length > max) {
		throw new NodeOperationError(
			ctx.getNode(),
			`The text is ${length} bytes long; this platform takes ${max} here`,
			{ itemIndex, description: 'Shorten it, or set Long Text to split it.' },
		);
	}
	const texts = splitText(outgoing.text, max, sizeOf);
	const messageIds: string[] = [];
	for (const [index, text] of texts.entries()) {
		const id = await send({ ...outgoing, text }, index);
		if (id) messageIds.push(id);
	}
	return { messageIds, parts: texts.length };
}

/** Who was left out of any part of a message. */
export function mergeRefused(
	before: Delivery['refused'],
	now: Delivery['refused'],
): Delivery['refused'] {
	if (!before || !now) return before ?? now;
	return {
		users: [...new Set([...before.users, ...now.users])],
		reason: [...new Set([before.reason, now.reason])].join('; '),
	};
}

/** What tells one sending from another, and is the same for its retry: seeds its idempotency keys. */
export function sendSeed(ctx: IExecuteFunctions, itemIndex: number): string {
	const { $runIndex } = ctx.getWorkflowDataProxy(itemIndex);
	return [ctx.getExecutionId(), ctx.getNode().id, $runIndex, itemIndex].join(' ');
}
