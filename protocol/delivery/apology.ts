import type { BotMessage, Platform, ReplyTo } from '../message';
import type { DeliveryRow, Payload } from './delivery';

/** Enough of a bot message to be answered. */
export interface Unanswered {
	platform: Platform;
	messageId: string;
	conversationId: string;
	replyTo: ReplyTo;
	sender?: BotMessage['sender'];
	text?: string;
}

/**
 * The message of somebody who must be told that no answer will come. Undefined where one may come or may
 * have come, and where nobody asked.
 */
export function unanswered(row: DeliveryRow): Unanswered | undefined {
	if (row.status !== 'dead' || (row.kind !== 'answer' && row.kind !== 'question')) return undefined;
	const { unsent, question } = JSON.parse(row.payload) as Payload;
	const replyTo = unsent?.replyTo ?? question?.replyTo;
	if (!replyTo) return undefined;
	return {
		platform: replyTo.platform,
		messageId: replyTo.messageId,
		conversationId: row.conversation,
		replyTo,
		...(question && { sender: question.sender, text: question.text }),
	};
}
