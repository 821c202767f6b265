import type { IExecuteFunctions } from 'n8n-workflow';
import { appMessage, textLimit } from '../../../protocol/feishu/encode';
import type { ReplyTo } from '../../../protocol/message';
import { idempotencyKey } from '../../../protocol/text';
import { deliveryOf, type Delivery } from '../../shared/send/outgoing';
import { inParts, keepUnsent, type Route, type Sending } from '../../shared/send/sending';
import { postByApp } from '../api';
import { messageIdOf } from './send';

type FeishuReplyTo = Extract<ReplyTo, { platform: 'feishu' }>;

/** Answers a message, or the card whose button was pressed, as a quote in the same chat. */
export async function replyOnFeishu(
	ctx: IExecuteFunctions,
	replyTo: FeishuReplyTo,
	sending: Sending,
	itemIndex: number,
): Promise<Delivery> {
	const route: Route = { platform: 'feishu', via: 'reply', replyTo, repeatable: true };
	return await keepUnsent(route, sending, async () => {
		const path = `/open-apis/im/v1/messages/${encodeURIComponent(replyTo.messageId)}/reply`;
		const { seed, priority } = sending;
		const to = { priority, receiver: replyTo.conversationId };
		const limit = textLimit(sending.outgoing);
		const sent = await inParts(ctx, itemIndex, sending, limit, async (part, index) => {
			const body = { ...appMessage(part), uuid: idempotencyKey(seed, String(index)) };
			return messageIdOf(await postByApp(ctx, path, body, to, itemIndex));
		});
		return deliveryOf('feishu', 'app', sent);
	});
}
