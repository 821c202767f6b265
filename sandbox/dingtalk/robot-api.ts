import { randomBytes } from '../aes.ts';
import { type Call, isJsonType, type ServiceReply, type ServiceRoute } from '../http.ts';
import type { World } from '../world.ts';
import { robotSign } from './crypto.ts';
import { readWebhookMessage } from './messages.ts';

const HOUR_MS = 3_600_000;
const BODY_LIMIT = 20_000;
/** 20 a minute per robot; breaking it silences the robot for ten minutes. */
const SEND_LIMIT = { count: 20, windowMs: 60_000, penaltyMs: 600_000 };

/** The old API answers HTTP 200 with a code in the body. */
export const oapiError = (errcode: number, errmsg: string, more: object = {}): ServiceReply => ({
	body: { errcode, errmsg, ...more },
	refused: `${errcode} ${errmsg}`,
});

export const newMessageId = () => `msg${randomBytes(12).toString('hex')}`;

function badBody(call: Call): ServiceReply | undefined {
	if (!isJsonType(call.headers)) return oapiError(43004, '无效的HTTP HEADER Content-Type');
	if (!call.json) return oapiError(40035, '缺少参数 json');
	if (call.raw.length > BODY_LIMIT) {
		return oapiError(460101, 'message too long, exceed 20000 bytes');
	}
	const readable = readWebhookMessage(call.json);
	return 'errcode' in readable ? oapiError(readable.errcode, readable.errmsg) : undefined;
}

function badSignature(call: Call, world: World): ServiceReply | undefined {
	const { secret } = world.accounts.dingTalkGroupRobotApi;
	const timestamp = call.query.get('timestamp') ?? '';
	const age = Math.abs(world.clock.now() - Number(timestamp || NaN));
	const more =
		'更多信息请查看: https://open.dingtalk.com/document/robots/customize-robot-security-settings';
	if (!(age <= HOUR_MS)) return oapiError(310000, `invalid timestamp, more: [${more}]`);
	return call.query.get('sign') === robotSign(secret, timestamp)
		? undefined
		: oapiError(310000, `sign not match, more: [${more}]`);
}

const OK = { errcode: 0, errmsg: 'ok' };

const keyOf = (call: Call): string | undefined =>
	call.json!.msgUuid ? `dingtalk msgUuid ${call.path} ${call.json!.msgUuid}` : undefined;

/** A message with the same `msgUuid` is the same message. */
function duplicate(call: Call, world: World): ServiceReply | undefined {
	const key = keyOf(call);
	const messageId = key && world.idempotencyKeys.recall<string>(key);
	if (!messageId) return undefined;
	return { body: OK, messageId, note: 'duplicate msgUuid: not shown again' };
}

function remember(call: Call, world: World, messageId: string): void {
	const key = keyOf(call);
	if (key) world.idempotencyKeys.keep(key, messageId, HOUR_MS);
}

function groupRobotSend(call: Call, world: World): ServiceReply {
	const token = call.query.get('access_token');
	if (!token) return oapiError(400101, 'access_token missing');
	if (token !== world.accounts.robots.dingtalkToken) return oapiError(300005, 'token is not exist');
	const refusal = badBody(call) ?? badSignature(call, world);
	if (refusal) return refusal;
	const earlier = duplicate(call, world);
	if (earlier) return earlier;
	switch (world.limits.take('dingtalk robot', SEND_LIMIT)) {
		case 'exceeded':
			return oapiError(130101, 'send too fast, exceed 20 times per minute');
		case 'penalty':
			return oapiError(410100, '发送速度太快而限流');
	}
	const messageId = newMessageId();
	remember(call, world, messageId);
	const readable = readWebhookMessage(call.json!);
	return { body: OK, messageId, text: 'text' in readable ? readable.text : '' };
}

function sendBySession(call: Call, world: World): ServiceReply {
	const message = world.messages.bySecret(call.query.get('session'));
	if (!message) return oapiError(300001, 'session is not exist');
	if (world.clock.now() > message.replyExpires!) return oapiError(300001, 'session is expired');
	const refusal = badBody(call);
	if (refusal) return refusal;
	// Its bodies are the group robot's, which have the key; that it counts here, too, is not confirmed.
	const earlier = duplicate(call, world);
	if (earlier) return earlier;
	const readable = readWebhookMessage(call.json!);
	if ('errcode' in readable) return oapiError(readable.errcode, readable.errmsg);
	const messageId = newMessageId();
	remember(call, world, messageId);
	world.messages.answer(message, {
		...readable,
		messageId,
		via: 'sessionWebhook',
		linked: 'exact',
	});
	const { text } = readable;
	const { id: replyTo, conversation } = message;
	return { body: OK, messageId, replyTo, conversation, text };
}

export const robotRoutes: ServiceRoute[] = [
	{ method: 'POST', path: /^\/oapi\/robot\/send$/, kind: 'send', handle: groupRobotSend },
	{ method: 'POST', path: /^\/oapi\/robot\/sendBySession$/, kind: 'reply', handle: sendBySession },
];
