import { NodeOperationError, type IDataObject, type IExecuteFunctions } from 'n8n-workflow';
import type { Platform } from '../../../protocol/message';
import type { TextMessage } from '../../../protocol/outgoing';
import type { LongText, Message } from './sending';
import { splitList } from '../../../protocol/text';

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
	/** Nothing was sent now: this message has been answered before, or is being answered elsewhere. */
	already?: true;
	/** The answer to this later message answers this one, too. */
	mergedInto?: string;
	/** ISO 8601. */
	at: string;
}

/** The delivery of what was sent before: which message it was is not kept, that there was one is. */
export function outAlready(platform: Delivery['platform']): Delivery {
	const at = new Date().toISOString();
	return { platform, via: '', messageIds: [], parts: 0, already: true, at };
}

/** The delivery of what has just been sent. */
export function deliveryOf(
	platform: Platform,
	via: string,
	{ refused, ...sent }: Pick<Delivery, 'messageIds' | 'parts' | 'refused' | 'cut'>,
): Delivery {
	const at = new Date().toISOString();
	return { platform, via, ...sent, ...(refused && { refused }), at };
}

interface ContentOptions {
	longText?: LongText;
	title?: string;
	mentionIds?: string;
	mentionAll?: boolean;
}

/** What an item says, from the fields of Send, Reply and Bot Reply. */
export function readOutgoing(ctx: IExecuteFunctions, itemIndex: number): Message {
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
			type: ctx.getNodeParameter('format', itemIndex) as TextMessage['type'],
			text,
			...(options.title && { title: options.title }),
			...(options.mentionAll && { mentionAll: true }),
			...(options.mentionIds && { mentionIds: splitList(options.mentionIds) }),
		},
		longText: options.longText ?? 'split',
	};
}

function answerOf(ctx: IExecuteFunctions, itemIndex: number): string {
	const answer = ctx.getInputData()[itemIndex]?.json.answer as IDataObject | undefined;
	return typeof answer?.text === 'string' ? answer.text : '';
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
