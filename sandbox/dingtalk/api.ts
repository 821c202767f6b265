import { randomBytes } from '../aes.ts';
import type { Call, ServiceReply, ServiceRoute } from '../http.ts';
import type { World } from '../world.ts';
import { apiError, authRoutes, badApiCall, badQps, badRobotCode, callerOf } from './auth.ts';
import { directoryRoutes } from './directory-api.ts';
import { readTemplateMessage } from './messages.ts';
import { gatewayRoutes } from './gateway.ts';
import { registrationRoutes } from './registration.ts';
import { oapiError, robotRoutes } from './robot-api.ts';

const newQueryKey = () => randomBytes(24).toString('base64');

function directSend(call: Call, world: World): ServiceReply {
	const refusal = badApiCall(call, world) ?? badRobotCode(call, world) ?? badQps(call, world);
	if (refusal) return refusal;
	const { userIds, msgKey, msgParam } = call.json!;
	if (!Array.isArray(userIds) || !userIds.length)
		return apiError(400, 'invalidParameter.userIds', '参数错误');
	if (userIds.length > 20) return apiError(400, 'batch.toolarge', '批量发送人数超过20');
	const readable = readTemplateMessage(msgKey, msgParam);
	if ('wrong' in readable) return apiError(400, 'invalidParameter.msgParam', readable.wrong);
	const known = userIds.filter((id) => world.people.person(String(id)));
	const invalidStaffIdList = userIds.filter((id) => !known.includes(id));
	if (!known.length) return apiError(400, 'staffId.notExisted', `员工不存在 ${invalidStaffIdList}`);
	const processQueryKey = newQueryKey();
	const caller = callerOf(call, world);
	const messages = known.map((id) => world.messages.guess(caller, id, readable.text));
	for (const message of messages) {
		const answer = {
			...readable,
			messageId: processQueryKey,
			via: 'oToMessages',
			linked: 'guess',
		} as const;
		world.messages.answer(message, answer);
	}
	return {
		body: { processQueryKey, invalidStaffIdList, flowControlledStaffIdList: [] },
		messageId: processQueryKey,
		replyTo: messages[0]?.id,
		conversation: known[0],
		text: readable.text,
	};
}

function groupSend(call: Call, world: World): ServiceReply {
	const refusal = badApiCall(call, world) ?? badRobotCode(call, world) ?? badQps(call, world);
	if (refusal) return refusal;
	const { openConversationId, msgKey, msgParam } = call.json!;
	if (!world.people.chat('dingtalk', String(openConversationId))) {
		return apiError(400, 'invalidParameter.openConversationId', '会话不存在或机器人不在群中');
	}
	const readable = readTemplateMessage(msgKey, msgParam);
	if ('wrong' in readable) return apiError(400, 'invalidParameter.msgParam', readable.wrong);
	const processQueryKey = newQueryKey();
	const message = world.messages.guess(callerOf(call, world), openConversationId, readable.text);
	world.messages.answer(message, {
		...readable,
		messageId: processQueryKey,
		via: 'groupMessages',
		linked: 'guess',
	});
	return {
		body: { processQueryKey },
		messageId: processQueryKey,
		replyTo: message?.id,
		conversation: openConversationId,
		text: readable.text,
	};
}

function recall(call: Call, world: World): ServiceReply {
	const refusal = badApiCall(call, world) ?? badRobotCode(call, world);
	if (refusal) return refusal;
	const { processQueryKeys } = call.json!;
	if (!Array.isArray(processQueryKeys) || !processQueryKeys.length) {
		return apiError(400, 'invalidParameter.processQueryKeys', '参数错误');
	}
	const sent = processQueryKeys.map((key) => ({ key, found: world.messages.sent(key) }));
	for (const answer of sent.flatMap(({ found }) => found ?? [])) answer.recalled = true;
	const failed = sent.filter(({ found }) => !found).map(({ key }) => [key, '消息不存在']);
	const successResult = sent.filter(({ found }) => found).map(({ key }) => key);
	return { body: { successResult, failedResult: Object.fromEntries(failed) } };
}

export const dingTalkRoutes: ServiceRoute[] = [
	...robotRoutes,
	...authRoutes,
	...directoryRoutes,
	...gatewayRoutes,
	...registrationRoutes,
	{
		method: 'POST',
		path: /^\/api\/v1\.0\/robot\/oToMessages\/batchSend$/,
		kind: 'send',
		handle: directSend,
	},
	{
		method: 'POST',
		path: /^\/api\/v1\.0\/robot\/groupMessages\/send$/,
		kind: 'send',
		handle: groupSend,
	},
	{
		method: 'POST',
		path: /^\/api\/v1\.0\/robot\/otoMessages\/batchRecall$/,
		kind: 'recall',
		handle: recall,
	},
	{
		method: 'POST',
		path: /^\/api\/v1\.0\/robot\/groupMessages\/recall$/,
		kind: 'recall',
		handle: recall,
	},
];

export const unknownDingTalkPath = (call: Call): ServiceReply =>
	call.path.startsWith('/api/')
		? oapiError(404, '请求的URI地址不存在')
		: oapiError(22, '不合法的请求方法或路径');
