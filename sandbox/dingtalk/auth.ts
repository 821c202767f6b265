import { randomBytes } from '../aes.ts';
import { type Call, isJsonType, type ServiceReply, type ServiceRoute } from '../http.ts';
import type { World } from '../world.ts';
import { oapiError } from './robot-api.ts';

const OWNER = 'dingtalk';

/** Whose token a call to the new API carries. */
export const callerOf = (call: Call, world: World) =>
	world.tokens.holder(OWNER, String(call.headers['x-acs-dingtalk-access-token'] ?? ''))!;

const TOKEN_LIFE_MS = 7_200_000;
/** Calls a second per app and API on the Standard edition. */
const QPS_LIMIT = { count: 20, windowMs: 1000 };

export const requestId = () => randomBytes(16).toString('hex').toUpperCase();

/** The new API answers with an HTTP status and a code in words. */
export const apiError = (status: number, code: string, message: string): ServiceReply => ({
	status,
	body: { code, requestid: requestId(), message },
	refused: `${code} ${message}`,
});

/** Token and form of a call to the new API. */
export function badApiCall(call: Call, world: World): ServiceReply | undefined {
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
	if (!isJsonType(call.headers) || !call.json)
		return apiError(400, 'InvalidParameter', 'body is not JSON');
	return undefined;
}

export function badQps(call: Call, world: World): ServiceReply | undefined {
	const code = 'Forbidden.AccessDenied.QpsLimitForAppkeyAndApi';
	return world.limits.take(`dingtalk qps ${callerOf(call, world)} ${call.path}`, QPS_LIMIT) === 'ok'
		? undefined
		: apiError(403, code, 'app与api维度流控, 请稍后重试');
}

export function badRobotCode(call: Call, world: World): ServiceReply | undefined {
	return call.json!.robotCode === callerOf(call, world)
		? undefined
		: apiError(400, 'invalidParameter.robotCode', '机器人不存在');
}

/** Token of a call to the old API, which wraps some of its codes in 88. */
export function badOapiToken(call: Call, world: World): ServiceReply | undefined {
	const wrapped = (code: string, text: string) =>
		oapiError(88, `ding talk error[subcode=${code},submsg=${text}]`, {
			sub_code: code,
			sub_msg: text,
		});
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

function accessToken(call: Call, world: World): ServiceReply {
	if (!call.json?.appKey || !call.json.appSecret) {
		return apiError(400, 'MissingParameter', 'appKey and appSecret are mandatory');
	}
	const app = world.bots.withSecret('dingtalk', call.json.appKey, call.json.appSecret);
	if (!app) return apiError(400, 'invalidClientIdOrSecret', '无效的clientId或者clientSecret');
	const { value, secondsLeft } = world.tokens.issue(OWNER, app.id, TOKEN_LIFE_MS);
	return { body: { accessToken: value, expireIn: secondsLeft } };
}

function getToken(call: Call, world: World): ServiceReply {
	const key = call.query.get('appkey');
	const secret = call.query.get('appsecret');
	if (!key || !secret) return oapiError(40035, '缺少参数 corpid or appkey');
	const app = world.bots.withSecret('dingtalk', key, secret);
	if (!app) return oapiError(40096, '不合法的appKey或appSecret');
	const { value, secondsLeft } = world.tokens.issue(OWNER, app.id, TOKEN_LIFE_MS);
	return { body: { errcode: 0, errmsg: 'ok', access_token: value, expires_in: secondsLeft } };
}

export const authRoutes: ServiceRoute[] = [
	{
		method: 'POST',
		path: /^\/api\/v1\.0\/oauth2\/accessToken$/,
		kind: 'token',
		handle: accessToken,
	},
	{ method: 'GET', path: /^\/oapi\/gettoken$/, kind: 'token', handle: getToken },
];
