import { NodeOperationError, type IDataObject, type IExecuteFunctions } from 'n8n-workflow';
import { TEXT_LIMIT, appMessage, robotBody } from '../../protocol/dingtalk/encode';
import { failure, type Failure } from '../../protocol/errors';
import type { OutgoingMessage, ReplyTo } from '../../protocol/message';
import { idempotencyKey } from '../../protocol/text';
import { credentialOf } from '../shared/credentials';
import { inParts, type Delivery, type ReplyContent } from '../shared/outgoing';
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
	content: ReplyContent,
	itemIndex: number,
): Promise<Delivery> {
	const { sessionWebhook, sessionExpiresAt = 0 } = target;
	const session = sessionExpiresAt - Date.now() > SESSION_MARGIN_MS ? sessionWebhook : undefined;
	const sent = await inParts(ctx, itemIndex, content, TEXT_LIMIT, async (part, index) => {
		if (!session) return await sendByApp(ctx, target, part, itemIndex);
		const { messageId } = target;
		const key = idempotencyKey(messageId, ctx.getNode().id, content.variant, String(index));
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

/**
 * Sends to up to 20 people, one conversation each. DingTalk may leave some of them out.
 * @throws NodeApiError where it leaves all of them out
 */
export async function sendToUsers(
	ctx: IExecuteFunctions,
	userIds: string[],
	part: OutgoingMessage,
	itemIndex: number,
): Promise<{ messageId: string; refused: Delivery['refused'] }> {
	const robotCode = robotCodeOf(await credentialOf(ctx, 'dingTalkAppApi'));
	const body = { robotCode, userIds, ...appMessage(part) };
	const path = '/v1.0/robot/oToMessages/batchSend';
	const answer = await callApp(ctx, path, body, itemIndex, (sent) => nobodyReached(sent, userIds));
	return { messageId: String(answer.processQueryKey ?? ''), refused: leftOut(answer) };
}

function leftOut(answer: IDataObject): Delivery['refused'] {
	const unknown = (answer.invalidStaffIdList ?? []) as string[];
	const throttled = (answer.flowControlledStaffIdList ?? []) as string[];
	const reason = [
		...(unknown.length > 0 ? [`unknown: ${unknown.join(', ')}`] : []),
		...(throttled.length > 0 ? [`sent too much to: ${throttled.join(', ')}`] : []),
	].join('; ');
	return reason ? { users: [...unknown, ...throttled], reason } : undefined;
}

function nobodyReached(answer: IDataObject, userIds: string[]): Failure | undefined {
	const refused = leftOut(answer);
	if (!refused || refused.users.length < userIds.length) return undefined;
	const throttled = ((answer.flowControlledStaffIdList ?? []) as string[]).length > 0;
	return throttled
		? failure(
				['rateLimited', 'DingTalk limits what one person gets: send again in a minute.', 60_000],
				'flowControlledStaffIdList',
				`Nobody was reached; ${refused.reason}`,
			)
		: failure(
				['targetGone', 'Check the user IDs, and that the robot is published for these people.'],
				'invalidStaffIdList',
				`Nobody was reached; ${refused.reason}`,
			);
}
