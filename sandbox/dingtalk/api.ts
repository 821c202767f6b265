import { randomBytes } from '../aes.ts';
import { type Call, isJsonType, parseMultipart, type Reply, type Route } from '../http.ts';
import type { Person } from '../people.ts';
import type { World } from '../world.ts';
import { readTemplateMessage } from './messages.ts';
import { oapiError, robotRoutes } from './robot-api.ts';

const OWNER = 'dingtalk';
const TOKEN_LIFE_MS = 7_200_000;
/** Calls a second per app and API on the Standard edition. */
const QPS_LIMIT = { count: 20, windowMs: 1000 };

const requestId = () => randomBytes(16).toString('hex').toUpperCase();

/** The new API answers with an HTTP status and a code in words. */
const apiError = (status: number, code: string, message: string): Reply => ({
	status,
	body: { code, requestid: requestId(), message },
	refused: `${code} ${message}`,
});

function badApiCall(call: Call, world: World): Reply | undefined {
	const token = call.headers['x-acs-dingtalk-access-token'];
	switch (world.tokens.check(OWNER, String(token ?? ''))) {
		case 'missing':
			return apiError(
				400,
				'AuthenticationFailed.MissingParameter',
				'x-acs-dingtalk-access-token is mandatory for this action.',
			);
		case 'invalid':
		case 'expired':
			return apiError(400, 'InvalidAuthentication', '不合法的access_token');
	}
	if (!isJsonType(call.headers) || !call.json) return apiError(400, 'InvalidParameter', 'body is not JSON');
	return undefined;
}

function badQps(call: Call, world: World): Reply | undefined {
	const code = 'Forbidden.AccessDenied.QpsLimitForAppkeyAndApi';
	return world.limits.take(`dingtalk qps ${call.path}`, QPS_LIMIT) === 'ok'
		? undefined
		: apiError(403, code, 'app与api维度流控, 请稍后重试');
}

function badRobotCode(call: Call, world: World): Reply | undefined {
	return call.json!.robotCode === world.accounts.dingTalkAppApi.robotCode
		? undefined
		: apiError(400, 'invalidParameter.robotCode', '机器人不存在');
}

function badOapiToken(call: Call, world: World): Reply | undefined {
	const wrapped = (code: string, text: string) =>
		oapiError(88, `ding talk error[subcode=${code},submsg=${text}]`, { sub_code: code, sub_msg: text });
	switch (world.tokens.check(OWNER, call.query.get('access_token'))) {
		case 'missing':
			return wrapped('40000', '不合法的access_token,access_token为空');
		case 'invalid':
			return wrapped('40014', '不合法的access_token');
		case 'expired':
			return oapiError(42001, 'access_token已过期');
	}
	return undefined;
}

function accessToken(call: Call, world: World): Reply {
	const { clientId, clientSecret } = world.accounts.dingTalkAppApi;
	if (!call.json?.appKey || !call.json.appSecret) {
		return apiError(400, 'MissingParameter', 'appKey and appSecret are mandatory');
	}
	if (call.json.appKey !== clientId || call.json.appSecret !== clientSecret) {
		return apiError(400, 'invalidClientIdOrSecret', '无效的clientId或者clientSecret');
	}
	const { value, secondsLeft } = world.tokens.issue(OWNER, TOKEN_LIFE_MS);
	return { body: { accessToken: value, expireIn: secondsLeft } };
}

function getToken(call: Call, world: World): Reply {
	const { clientId, clientSecret } = world.accounts.dingTalkAppApi;
	const key = call.query.get('appkey');
	const secret = call.query.get('appsecret');
	if (!key || !secret) return oapiError(40035, '缺少参数 corpid or appkey');
	if (key !== clientId || secret !== clientSecret) return oapiError(40096, '不合法的appKey或appSecret');
	const { value, secondsLeft } = world.tokens.issue(OWNER, TOKEN_LIFE_MS);
	return { body: { errcode: 0, errmsg: 'ok', access_token: value, expires_in: secondsLeft } };
}

const newQueryKey = () => randomBytes(24).toString('base64');

function directSend(call: Call, world: World): Reply {
	const refusal = badApiCall(call, world) ?? badRobotCode(call, world) ?? badQps(call, world);
	if (refusal) return refusal;
	const { userIds, msgKey, msgParam } = call.json!;
	if (!Array.isArray(userIds) || !userIds.length) return apiError(400, 'invalidParameter.userIds', '参数错误');
	if (userIds.length > 20) return apiError(400, 'batch.toolarge', '批量发送人数超过20');
	const readable = readTemplateMessage(msgKey, msgParam);
	if ('wrong' in readable) return apiError(400, 'invalidParameter.msgParam', readable.wrong);
	const known = userIds.filter((id) => world.people.person(String(id)));
	const invalidStaffIdList = userIds.filter((id) => !known.includes(id));
	if (!known.length) return apiError(400, 'staffId.notExisted', `员工不存在 ${invalidStaffIdList}`);
	const processQueryKey = newQueryKey();
	const messages = known.map((id) => world.messages.guess('dingtalk', id, readable.text));
	for (const message of messages) {
		const answer = { ...readable, messageId: processQueryKey, via: 'oToMessages', linked: 'guess' } as const;
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

function groupSend(call: Call, world: World): Reply {
	const refusal = badApiCall(call, world) ?? badRobotCode(call, world) ?? badQps(call, world);
	if (refusal) return refusal;
	const { openConversationId, msgKey, msgParam } = call.json!;
	if (!world.people.chat('dingtalk', String(openConversationId))) {
		return apiError(400, 'invalidParameter.openConversationId', '会话不存在或机器人不在群中');
	}
	const readable = readTemplateMessage(msgKey, msgParam);
	if ('wrong' in readable) return apiError(400, 'invalidParameter.msgParam', readable.wrong);
	const processQueryKey = newQueryKey();
	const message = world.messages.guess('dingtalk', openConversationId, readable.text);
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

function recall(call: Call, world: World): Reply {
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

function downloadUrl(call: Call, world: World): Reply {
	const refusal = badApiCall(call, world) ?? badRobotCode(call, world);
	if (refusal) return refusal;
	const { downloadCode } = call.json!;
	return world.files.get(downloadCode)
		? { body: { downloadUrl: `${world.origin}/dingtalk/files/${encodeURIComponent(downloadCode)}` } }
		: apiError(400, 'invalidParameter.downloadCode', 'downloadCode 无效');
}

function download(call: Call, world: World): Reply {
	const file = world.files.get(call.params[0]!);
	return file
		? { body: file.data, headers: { 'content-type': file.contentType } }
		: { status: 404, body: 'not found', refused: 'unknown file' };
}

const MEDIA_LIMIT: Record<string, number> = { image: 20, voice: 2, video: 20, file: 20 };

function mediaUpload(call: Call, world: World): Reply {
	const refusal = badOapiToken(call, world);
	if (refusal) return refusal;
	const type = call.query.get('type') ?? '';
	const media = parseMultipart(call)?.get('media');
	if (!MEDIA_LIMIT[type]) return oapiError(40004, '不合法的媒体文件类型');
	if (!media?.fileName || !media.data.length) return oapiError(41005, '缺少多媒体文件数据');
	if (media.data.length > MEDIA_LIMIT[type] * 1024 * 1024) return oapiError(40009, '不合法的文件大小');
	const key = `@sandbox${randomBytes(12).toString('hex')}`;
	const contentType = media.contentType ?? 'application/octet-stream';
	world.files.put(key, { type, name: media.fileName, data: media.data, contentType });
	const created = Math.floor(world.clock.now());
	return { body: { errcode: 0, errmsg: 'ok', type, media_id: key, created_at: created } };
}

function userAnswer(person: Person | undefined, fields: (person: Person) => object): Reply {
	if (!person) return oapiError(60121, '找不到该用户');
	return { body: { errcode: 0, errmsg: 'ok', result: fields(person), request_id: requestId() } };
}

function userGet(call: Call, world: World): Reply {
	return (
		badOapiToken(call, world) ??
		userAnswer(world.people.person(String(call.json?.userid)), (person) => ({
			userid: person.id,
			unionid: `union${person.id}`,
			name: person.name,
			mobile: person.mobile,
			email: person.email,
			active: true,
		}))
	);
}

function userByMobile(call: Call, world: World): Reply {
	const mobile = String(call.json?.mobile);
	const person = world.people.personBy((candidate) => candidate.mobile === mobile);
	return badOapiToken(call, world) ?? userAnswer(person, ({ id }) => ({ userid: id }));
}

export const dingTalkRoutes: Route[] = [
	...robotRoutes,
	{ method: 'POST', path: /^\/api\/v1\.0\/oauth2\/accessToken$/, kind: 'token', handle: accessToken },
	{ method: 'GET', path: /^\/oapi\/gettoken$/, kind: 'token', handle: getToken },
	{ method: 'POST', path: /^\/api\/v1\.0\/robot\/oToMessages\/batchSend$/, kind: 'send', handle: directSend },
	{ method: 'POST', path: /^\/api\/v1\.0\/robot\/groupMessages\/send$/, kind: 'send', handle: groupSend },
	{ method: 'POST', path: /^\/api\/v1\.0\/robot\/otoMessages\/batchRecall$/, kind: 'recall', handle: recall },
	{ method: 'POST', path: /^\/api\/v1\.0\/robot\/groupMessages\/recall$/, kind: 'recall', handle: recall },
	{ method: 'POST', path: /^\/api\/v1\.0\/robot\/messageFiles\/download$/, kind: 'download', handle: downloadUrl },
	{ method: 'GET', path: /^\/files\/(.+)$/, kind: 'download', handle: download },
	{ method: 'POST', path: /^\/oapi\/media\/upload$/, kind: 'upload', handle: mediaUpload },
	{ method: 'POST', path: /^\/oapi\/topapi\/v2\/user\/get$/, kind: 'lookup', handle: userGet },
	{ method: 'POST', path: /^\/oapi\/topapi\/v2\/user\/getbymobile$/, kind: 'lookup', handle: userByMobile },
];

export const unknownDingTalkPath = (call: Call): Reply =>
	call.path.startsWith('/api/')
		? oapiError(404, '请求的URI地址不存在')
		: oapiError(22, '不合法的请求方法或路径');
