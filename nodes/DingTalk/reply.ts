import { NodeOperationError, type IExecuteFunctions } from 'n8n-workflow';
import { TEXT_LIMIT, appMessage, robotBody } from '../../protocol/dingtalk/encode';
import type { OutgoingMessage, ReplyTo } from '../../protocol/message';
import { idempotencyKey } from '../../protocol/text';
import { credentialOf } from '../shared/credentials';
import { inParts, type Delivery, type LongText } from '../shared/outgoing';
import { callApp, callSession, robotCodeOf } from './api';

type Target = Extract<ReplyTo, { platform: 'dingtalk' }>;

/** A session webhook that ends within this time is not used: the message could arrive after its end. */
const SESSION_MARGIN_MS = 60_000;

/**
 * Answers where the message was written: through its session webhook while that lives (90 minutes, no
 * credential needed), after that through the app.
 */
export async function replyOnDingTalk(
	ctx: IExecuteFunctions,
	target: Target,
	message: { outgoing: OutgoingMessage; longText: LongText },
	itemIndex: number,
): Promise<Delivery> {
	const { sessionWebhook, sessionExpiresAt = 0 } = target;
	const session = sessionExpiresAt - Date.now() > SESSION_MARGIN_MS ? sessionWebhook : undefined;
	const sent = await inParts(ctx, itemIndex, message, TEXT_LIMIT, async (part, index) => {
		if (!session) return await sendByApp(ctx, target, part, itemIndex);
		// The text is in the key: a second, different answer is another message.
		const key = idempotencyKey(target.messageId, ctx.getNode().id, String(index), part.text);
		await callSession(ctx, session, robotBody(part, key), itemIndex);
		return undefined;
	});
	const via = session ? 'session' : 'app';
	return { platform: 'dingtalk', via, ...sent, at: new Date().toISOString() };
}

async function sendByApp(
	ctx: IExecuteFunctions,
	target: Target,
	part: OutgoingMessage,
	itemIndex: number,
): Promise<string> {
	if (target.conversationType === 'group') {
		return await sendToGroup(ctx, target.conversationId, part, itemIndex);
	}
	if (!target.userId) {
		throw new NodeOperationError(
			ctx.getNode(),
			'The conversation with a person outside the company can only be answered for 90 minutes',
			{ itemIndex },
		);
	}
	return (await sendToUsers(ctx, [target.userId], part, itemIndex)).messageId;
}

/** Sends to a group by the app's robot, which must be a member. */
export async function sendToGroup(
	ctx: IExecuteFunctions,
	openConversationId: string,
	part: OutgoingMessage,
	itemIndex: number,
): Promise<string> {
	const robotCode = robotCodeOf(await credentialOf(ctx, 'dingTalkAppApi'));
	const body = { robotCode, openConversationId, ...appMessage(part) };
	const answer = await callApp(ctx, '/v1.0/robot/groupMessages/send', body, itemIndex);
	return String(answer.processQueryKey ?? '');
}

/** Sends to up to 20 people, one conversation each. DingTalk may leave some of them out. */
export async function sendToUsers(
	ctx: IExecuteFunctions,
	userIds: string[],
	part: OutgoingMessage,
	itemIndex: number,
): Promise<{ messageId: string; refused: Delivery['refused'] }> {
	const robotCode = robotCodeOf(await credentialOf(ctx, 'dingTalkAppApi'));
	const body = { robotCode, userIds, ...appMessage(part) };
	const answer = await callApp(ctx, '/v1.0/robot/oToMessages/batchSend', body, itemIndex);
	const unknown = (answer.invalidStaffIdList ?? []) as string[];
	const throttled = (answer.flowControlledStaffIdList ?? []) as string[];
	const reason = [
		...(unknown.length > 0 ? [`unknown: ${unknown.join(', ')}`] : []),
		...(throttled.length > 0 ? [`sent too much to: ${throttled.join(', ')}`] : []),
	].join('; ');
	return {
		messageId: String(answer.processQueryKey ?? ''),
		refused: reason ? { users: [...unknown, ...throttled], reason } : undefined,
	};
}
