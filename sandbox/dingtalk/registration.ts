import { randomBytes } from '../aes.ts';
import { type Call, isJsonType, type ServiceReply, type ServiceRoute } from '../http.ts';
import type { PlatformCodes } from '../registration/offer.ts';
import { codePage } from '../registration/page.ts';
import { issueSecret } from '../tokens.ts';
import type { World } from '../world.ts';
import { oapiError } from './robot-api.ts';

/* DingTalk's registration of a robot by a scan. The codes of its refusals are not published: they are the sandbox's. */

const NONCE_LIFE_MS = 300_000;
const PAGE = '/dingtalk/openapp/registration';

const badBody = (call: Call): ServiceReply | undefined =>
	isJsonType(call.headers) && call.json
		? undefined
		: oapiError(43004, '无效的HTTP HEADER Content-Type');

const ok = (more: object): ServiceReply => ({ body: { errcode: 0, errmsg: 'ok', ...more } });

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

function init(call: Call, world: World): ServiceReply {
	const refusal = badBody(call);
	if (refusal) return refusal;
	// DingTalk gives out names for programs, and takes a program without one.
	const { source = '' } = call.json!;
	if (typeof source !== 'string' || source.length > 64)
		return oapiError(40035, '参数 source 不合法');
	// A ticket is what it is: good once, and not for long.
	const nonce = world.tickets.issue(NONCE_LIFE_MS, { source });
	return ok({ nonce, expires_in: NONCE_LIFE_MS / 1000 });
}

function begin(call: Call, world: World): ServiceReply {
	const refusal = badBody(call);
	if (refusal) return refusal;
	if (!isText(call.json!.nonce)) return oapiError(40035, '缺少参数 nonce');
	const verdict = world.tickets.redeem<{ source: string }>(call.json!.nonce);
	if ('refused' in verdict) return oapiError(400002, `无效的nonce: ${verdict.refused}`);
	const page = `${world.origin}${PAGE}`;
	const { code, deviceCode, address, expiresAt, intervalMs } = world.registrations.begin(
		'dingtalk',
		(userCode) => `${page}?user_code=${userCode}`,
		verdict.grant.source,
	);
	return ok({
		device_code: deviceCode,
		user_code: code,
		verification_uri: page,
		verification_uri_complete: address,
		expires_in: Math.round(expiresAt - world.clock.now()) / 1000,
		interval: intervalMs / 1000,
	});
}

function poll(call: Call, world: World): ServiceReply {
	const refusal = badBody(call);
	if (refusal) return refusal;
	if (!isText(call.json!.device_code)) return oapiError(40035, '缺少参数 device_code');
	const asked = world.registrations.ask('dingtalk', call.json!.device_code);
	if (!asked) return oapiError(400002, '无效的device_code');
	const { registration, state } = asked;
	// What DingTalk says to a program that asks too often is not published.
	const note = asked.early ? 'early' : undefined;
	const fail = (reason: string) => ({ ...ok({ status: 'FAIL', fail_reason: reason }), note });
	switch (state) {
		case 'waiting':
		case 'scanned':
			return { ...ok({ status: 'WAITING' }), note };
		case 'expired':
			return { ...ok({ status: 'EXPIRED' }), note };
		case 'denied':
			return fail('用户取消授权');
		case 'used':
			return fail('device_code已被使用');
		case 'confirmed': {
			registration.progress = 'used';
			const { id, secret } = registration.bot!;
			return { ...ok({ status: 'SUCCESS', client_id: id, client_secret: secret }), note };
		}
	}
}

const route = (step: string, handle: ServiceRoute['handle']): ServiceRoute => ({
	method: 'POST',
	path: new RegExp(`^/oapi/app/registration/${step}$`),
	kind: 'registration',
	handle,
});

export const registrationRoutes = [
	route('init', init),
	route('begin', begin),
	route('poll', poll),
	codePage(/^\/openapp\/registration$/),
];

export const dingTalkCodes: PlatformCodes = {
	app: 'dingtalk',
	codeIn: (address) => address.searchParams.get('user_code'),
	offerOf: () => ({}),
	newBot: () => ({ id: `ding${randomBytes(8).toString('hex')}`, secret: issueSecret() }),
};
