import { randomBytes } from '../aes.ts';
import type { BotAccount } from '../bots.ts';
import type { Call, ServiceReply } from '../http.ts';
import { isJsonType } from '../http.ts';
import type { World } from '../world.ts';

export const OWNER = 'feishu';

const tokenOf = (call: Call) => /^Bearer (\S+)$/.exec(call.headers.authorization ?? '')?.[1];

/** The app whose token a call carries, on the hosts of its brand; undefined where there is none. */
export function callerOf(call: Call, world: World): BotAccount | undefined {
	const app = world.bots.find(OWNER, world.tokens.holder(OWNER, tokenOf(call)));
	return app?.brand === call.host ? app : undefined;
}

const headers = () => ({ 'X-Tt-Logid': randomBytes(16).toString('hex') });

export const feishuError = (code: number, msg: string, status = 400): ServiceReply => ({
	status,
	headers: headers(),
	body: { code, msg, log_id: headers()['X-Tt-Logid'] },
	refused: `${code} ${msg}`,
});

export const feishuOk = (data: object): ServiceReply => ({
	headers: headers(),
	body: { code: 0, msg: 'success', data },
});

/** 50 calls a second and 1000 a minute per app and API; the answer says when to come back. */
function overRate(call: Call, app: BotAccount, world: World): ServiceReply | undefined {
	const api = call.path.replace(/\/(om|ou|oc)_[^/]+/g, '/:id');
	const windows = [
		{ count: 50, windowMs: 1000 },
		{ count: 1000, windowMs: 60_000 },
	];
	const broken = windows.find(
		(limit) =>
			world.limits.take(`feishu ${app.id} ${limit.windowMs} ${call.method} ${api}`, limit) !== 'ok',
	);
	if (!broken) return undefined;
	const refusal = feishuError(99991400, 'request trigger frequency limit', 429);
	const wait = {
		'x-ogw-ratelimit-limit': String(broken.count),
		'x-ogw-ratelimit-reset': String(broken.windowMs / 1000),
	};
	return { ...refusal, headers: { ...refusal.headers, ...wait } };
}

/** Token, rate and, for calls with a JSON body, the body's form. */
export function badCall(
	call: Call,
	world: World,
	body: 'json' | 'other' = 'other',
): ServiceReply | undefined {
	const token = tokenOf(call);
	if (!token)
		return feishuError(
			99991661,
			'Missing access token for authorization. Please make a request with token attached.',
		);
	if (!/^t-/.test(token))
		return feishuError(
			99991671,
			'Invalid access token for authorization, prefix must be t- or u-.',
		);
	const app = callerOf(call, world);
	if (!app || world.tokens.check(OWNER, token) !== 'ok') {
		return feishuError(
			99991663,
			'Invalid access token for authorization. Please make a request with token attached.',
		);
	}
	if (body === 'json' && (!isJsonType(call.headers) || !call.json))
		return feishuError(9499, 'Bad Request');
	return overRate(call, app, world);
}
