import type { IDataObject } from 'n8n-workflow';
import { capabilities } from '../../../protocol/dingtalk/capabilities';
import { appMessage, textLimit, written } from '../../../protocol/dingtalk/encode';
import { notSent } from '../../../protocol/dingtalk/errors';
import { failure, type Failure } from '../../../protocol/errors';
import type { Written } from '../../../protocol/written';
import type { Route, Sent, SendContext } from '../../shared/send/adapter';
import type { RefusedRecipients } from '../../shared/send/delivery';
import { callApp, robotCodeOf } from '../api';

/** Writes to people or to a group by the app's robot. DingTalk knows no idempotency key here. */
export const app: Route = {
	name: 'app',
	capabilities: capabilities.routes.app,
	written,
	textLimit,
	async send(context, { message, ids }) {
		const toGroup = context.target?.type === 'chat';
		return toGroup
			? await sendToGroup(context, message, String(ids[0]))
			: await sendToUsers(context, message, ids);
	},
};

/** Sends to a group by the app's robot, which must be a member. */
export async function sendToGroup(
	context: SendContext,
	message: Written,
	openConversationId: string,
): Promise<Sent> {
	const robotCode = await robotCodeOf(context);
	const body = { robotCode, openConversationId, ...appMessage(message) };
	const answer = await callApp(context, '/v1.0/robot/groupMessages/send', {
		body,
		users: [],
		judge: notSent,
	});
	return { messageId: String(answer.processQueryKey ?? '') };
}

/**
 * Sends to up to 20 people, one conversation each. DingTalk may leave some of them out.
 * @throws RequestError where it leaves all of them out
 */
export async function sendToUsers(
	context: SendContext,
	message: Written,
	users: readonly string[],
): Promise<Sent> {
	const robotCode = await robotCodeOf(context);
	const body = { robotCode, userIds: users, ...appMessage(message) };
	const judge = (sent: IDataObject) => nobodyReached(sent, users) ?? notSent(sent);
	const path = '/v1.0/robot/oToMessages/batchSend';
	const answer = await callApp(context, path, { body, users, judge });
	return { messageId: String(answer.processQueryKey ?? ''), refused: leftOut(answer) };
}

function leftOut(answer: IDataObject): RefusedRecipients | undefined {
	const unknown = (answer.invalidStaffIdList ?? []) as string[];
	const throttled = (answer.flowControlledStaffIdList ?? []) as string[];
	const reason = [
		...(unknown.length > 0 ? [`unknown: ${unknown.join(', ')}`] : []),
		...(throttled.length > 0 ? [`sent too much to: ${throttled.join(', ')}`] : []),
	].join('; ');
	return reason ? { users: [...unknown, ...throttled], reason } : undefined;
}

function nobodyReached(answer: IDataObject, users: readonly string[]): Failure | undefined {
	const refused = leftOut(answer);
	if (!refused || refused.users.length < users.length) return undefined;
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
