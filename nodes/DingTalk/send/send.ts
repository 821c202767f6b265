import { NodeOperationError, type IDataObject, type IExecuteFunctions } from 'n8n-workflow';
import type { Priority, Target } from '../../../core/delivery/delivery';
import {
	appMessage,
	robotBody,
	robotTextLimit,
	textLimit,
} from '../../../protocol/dingtalk/encode';
import { failure, type Failure } from '../../../protocol/errors';
import { withoutMentions, type OutgoingMessage } from '../../../protocol/outgoing';
import { idempotencyKey } from '../../../protocol/text';
import { credentialOf } from '../../shared/http/credentials';
import { deliveryOf, mergeRefused, type Delivery } from '../../shared/send/outgoing';
import { inParts, keepUnsent, type Route, type Sending } from '../../shared/send/sending';
import { callApp, callGroupRobot, robotCodeOf } from '../api';

/* Messages that answer nothing: by a group robot, or by the app to people and groups. */

/** DingTalk sends one message to at most 20 people. */
const MAX_USERS = 20;

/** Writes to the group robot's group. */
export async function sendByRobot(
	ctx: IExecuteFunctions,
	sending: Sending,
	itemIndex: number,
): Promise<Delivery> {
	const route: Route = { platform: 'dingtalk', via: 'groupRobot', repeatable: true };
	return await keepUnsent(route, sending, async () => {
		const limit = robotTextLimit(sending.outgoing);
		const sent = await inParts(ctx, itemIndex, sending, limit, async (part, index) => {
			// People are mentioned once, however many parts the text takes.
			const key = idempotencyKey(sending.seed, String(index));
			const body = robotBody(index === 0 ? part : withoutMentions(part), key);
			await callGroupRobot(ctx, body, sending.priority, itemIndex);
			return undefined;
		});
		return deliveryOf('dingtalk', 'groupRobot', sent);
	});
}

/** Writes to people or to a group by the app's robot. DingTalk knows no idempotency key here. */
export async function sendByApp(
	ctx: IExecuteFunctions,
	target: Target,
	sending: Sending,
	itemIndex: number,
): Promise<Delivery> {
	const route: Route = { platform: 'dingtalk', via: 'app', target, repeatable: false };
	return await keepUnsent(route, sending, async () => {
		const ids = idsOf(ctx, target, itemIndex);
		const { priority } = sending;
		let refused: Delivery['refused'];
		const limit = textLimit(sending.outgoing);
		const sent = await inParts(ctx, itemIndex, sending, limit, async (part) => {
			if (target.type === 'chat') {
				return await sendToGroup(ctx, String(ids[0]), part, priority, itemIndex);
			}
			const result = await sendToUsers(ctx, ids, part, priority, itemIndex);
			refused = mergeRefused(refused, result.refused);
			return result.messageId;
		});
		return deliveryOf('dingtalk', 'app', { ...sent, refused });
	});
}

function idsOf(ctx: IExecuteFunctions, target: Target, itemIndex: number): string[] {
	const { type = 'users', ids = [] } = target;
	if (type !== 'chat' && type !== 'users') {
		throw new NodeOperationError(ctx.getNode(), `DingTalk does not send to ${type}`, { itemIndex });
	}
	const [what, max] = type === 'chat' ? ['one group', 1] : [`1 to ${MAX_USERS} people`, MAX_USERS];
	if (ids.length >= 1 && ids.length <= max) return ids;
	throw new NodeOperationError(
		ctx.getNode(),
		`DingTalk sends to ${what} at once; there are ${ids.length} IDs`,
		{ itemIndex },
	);
}

/** Sends to a group by the app's robot, which must be a member. */
export async function sendToGroup(
	ctx: IExecuteFunctions,
	openConversationId: string,
	part: OutgoingMessage,
	priority: Priority,
	itemIndex: number,
): Promise<string> {
	const robotCode = robotCodeOf(await credentialOf(ctx, 'dingTalkAppApi'));
	const body = { robotCode, openConversationId, ...appMessage(part) };
	const call = { priority, users: [] };
	const answer = await callApp(ctx, '/v1.0/robot/groupMessages/send', body, call, itemIndex);
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
	priority: Priority,
	itemIndex: number,
): Promise<{ messageId: string; refused: Delivery['refused'] }> {
	const robotCode = robotCodeOf(await credentialOf(ctx, 'dingTalkAppApi'));
	const body = { robotCode, userIds, ...appMessage(part) };
	const path = '/v1.0/robot/oToMessages/batchSend';
	const judge = (sent: IDataObject) => nobodyReached(sent, userIds);
	const answer = await callApp(ctx, path, body, { priority, users: userIds, judge }, itemIndex);
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
