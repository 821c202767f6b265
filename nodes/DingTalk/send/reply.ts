import { NodeOperationError, type IExecuteFunctions } from 'n8n-workflow';
import { robotBody, textLimit } from '../../../protocol/dingtalk/encode';
import type { ReplyTo } from '../../../protocol/message';
import { idempotencyKey } from '../../../protocol/text';
import { deliveryOf, type Delivery } from '../../shared/send/outgoing';
import { inParts, keepUnsent, type Route, type Sending } from '../../shared/send/sending';
import { sendOnce } from '../../shared/send/sentRecord';
import { callSession } from '../api';
import { sendToGroup, sendToUsers } from './send';

type DingTalkReplyTo = Extract<ReplyTo, { platform: 'dingtalk' }>;

/** A session webhook that ends within this time is not used: the message could arrive after its end. */
const SESSION_MARGIN_MS = 60_000;
/** As long as a message of unknown outcome may be sent again, by the same session: the app knows no key. */
const REPEAT_MS = 30 * 60_000;

/**
 * Answers where the message was written: through its session webhook while that lives (90 minutes, no
 * credential needed), after that through the app.
 */
export async function replyOnDingTalk(
	ctx: IExecuteFunctions,
	replyTo: DingTalkReplyTo,
	sending: Sending,
	itemIndex: number,
): Promise<Delivery> {
	const { sessionWebhook, sessionExpiresAt = 0, conversationId } = replyTo;
	const left = sessionWebhook ? sessionExpiresAt - Date.now() : 0;
	const inSession = sessionWebhook !== undefined && left > SESSION_MARGIN_MS;
	const repeatable = left > REPEAT_MS;
	const route: Route = { platform: 'dingtalk', via: 'reply', replyTo, repeatable };
	return await keepUnsent(route, sending, async () => {
		if (inSession)
			return await replyInSession(ctx, { sessionWebhook, conversationId }, sending, itemIndex);
		const send = async () => await replyByApp(ctx, replyTo, sending, itemIndex);
		return sending.origin === 'queue' ? await send() : await sendOnce(ctx, route, sending, send);
	});
}

async function replyInSession(
	ctx: IExecuteFunctions,
	session: { sessionWebhook: string; conversationId: string },
	sending: Sending,
	itemIndex: number,
): Promise<Delivery> {
	const { seed, priority } = sending;
	const limit = textLimit(sending.outgoing);
	const sent = await inParts(ctx, itemIndex, sending, limit, async (part, index) => {
		const body = robotBody(part, idempotencyKey(seed, String(index)));
		await callSession(ctx, session, body, priority, itemIndex);
		return undefined;
	});
	return deliveryOf('dingtalk', 'session', sent);
}

async function replyByApp(
	ctx: IExecuteFunctions,
	{ conversationType, conversationId, userId }: DingTalkReplyTo,
	sending: Sending,
	itemIndex: number,
): Promise<Delivery> {
	const { priority } = sending;
	const limit = textLimit(sending.outgoing);
	const sent = await inParts(ctx, itemIndex, sending, limit, async (part) => {
		if (conversationType === 'group') {
			return await sendToGroup(ctx, conversationId, part, priority, itemIndex);
		}
		if (!userId) {
			throw new NodeOperationError(
				ctx.getNode(),
				'The conversation with a person outside the company can only be answered for 90 minutes',
				{ itemIndex },
			);
		}
		return (await sendToUsers(ctx, [userId], part, priority, itemIndex)).messageId;
	});
	return deliveryOf('dingtalk', 'app', sent);
}
