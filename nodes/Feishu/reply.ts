import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { appMessage, maxBytes } from '../../protocol/feishu/encode';
import type { OutgoingMessage, ReplyTo } from '../../protocol/message';
import { idempotencyKey } from '../../protocol/text';
import { inParts, type Delivery, type ReplyContent } from '../shared/outgoing';
import { callApp } from './api';

type Target = Extract<ReplyTo, { platform: 'feishu' }>;

/** How the person or group of a sent message is named. */
export type ReceiveIdType = 'chat_id' | 'open_id' | 'user_id' | 'union_id' | 'email';

/** Answers a message, or the card whose button was pressed, as a quote in the same chat. */
export async function replyOnFeishu(
	ctx: IExecuteFunctions,
	target: Target,
	content: ReplyContent,
	itemIndex: number,
): Promise<Delivery> {
	const { messageId, actionId = '' } = target;
	const path = `/open-apis/im/v1/messages/${encodeURIComponent(messageId)}/reply`;
	const limit = maxBytes(content.outgoing.format);
	const sent = await inParts(ctx, itemIndex, content, limit, async (part, index) => {
		const uuid = idempotencyKey(
			messageId,
			actionId,
			ctx.getNode().id,
			content.variant,
			String(index),
		);
		return messageIdOf(await callApp(ctx, path, { ...appMessage(part), uuid }, itemIndex));
	});
	return { platform: 'feishu', via: 'app', ...sent, at: new Date().toISOString() };
}

/** Sends to one person or group. Feishu takes a message with the same `uuid` once within an hour. */
export async function sendTo(
	ctx: IExecuteFunctions,
	receiver: { type: ReceiveIdType; id: string },
	part: OutgoingMessage,
	uuid: string,
	itemIndex: number,
): Promise<string> {
	const path = `/open-apis/im/v1/messages?receive_id_type=${receiver.type}`;
	const body = { receive_id: receiver.id, ...appMessage(part), uuid };
	return messageIdOf(await callApp(ctx, path, body, itemIndex));
}

function messageIdOf(answer: IDataObject): string {
	return String((answer.data as IDataObject | undefined)?.message_id ?? '');
}
