import { randomBytes } from '../aes.ts';
import {
	type Call,
	isJsonType,
	parseMultipart,
	type ServiceReply,
	type ServiceRoute,
} from '../http.ts';
import { botOpenIdOf, openIdOf, type Person, unionIdOf } from '../people.ts';
import type { World } from '../world.ts';
import { badCall, callerOf, feishuError, feishuOk, OWNER } from './answers.ts';
import { readValue } from './content.ts';
import { hookSign } from './crypto.ts';
import { TENANT_KEY } from './deliver.ts';
import { EMOJI_TYPES } from './emojis.ts';
import { gatewayRoute } from './gateway.ts';
import { messageRoutes } from './messages-api.ts';
import { registrationRoutes } from './registration.ts';
import { lacksScope, scopesRoute } from './scopes.ts';

const TOKEN_LIFE_MS = 7_200_000;
const TOKEN_RENEW_MS = 1_800_000;
const HOOK_BODY_LIMIT = 20 * 1024;
const HOOK_LIMITS = [
	{ count: 5, windowMs: 1000 },
	{ count: 100, windowMs: 60_000 },
];
const MEGA = 1024 * 1024;

/** Group bots answer HTTP 200 with a code. */
const hookError = (code: number, msg: string) => feishuError(code, msg, 200);

function hook(call: Call, world: World): ServiceReply {
	const { robots, feishuGroupRobotApi: robot } = world.accounts;
	if (call.params[0] !== robots.feishuHook)
		return hookError(19001, 'param invalid: incoming webhook access token invalid');
	if (call.raw.length > HOOK_BODY_LIMIT || !call.json || !isJsonType(call.headers))
		return hookError(9499, 'Bad Request');
	const { timestamp, sign, msg_type: msgType } = call.json;
	if (!msgType) return hookError(19002, 'params error, msg_type need');
	const age = Math.abs(world.clock.now() / 1000 - Number(timestamp ?? NaN));
	if (!(age <= 3600) || sign !== hookSign(robot.secret, String(timestamp))) {
		return hookError(
			19021,
			'sign match fail or timestamp is not within one hour from current time',
		);
	}
	const card = msgType === 'interactive';
	const value = card ? call.json.card : call.json.content;
	if (!value || typeof value !== 'object') return hookError(9499, 'Bad Request');
	const readable = readValue(msgType, value);
	if ('code' in readable) {
		return card ? hookError(11246, readable.msg) : hookError(9499, 'Bad Request');
	}
	const busy = HOOK_LIMITS.some(
		(limit) => world.limits.take(`feishu hook ${limit.windowMs}`, limit) !== 'ok',
	);
	if (busy) return hookError(11232, 'frequency limited');
	const body = { StatusCode: 0, StatusMessage: 'success', code: 0, data: {}, msg: 'success' };
	return { body, messageId: `om_${randomBytes(16).toString('hex')}`, text: readable.text };
}

function tenantToken(call: Call, world: World): ServiceReply {
	if (!call.json) return feishuError(9499, 'Bad Request');
	const app = world.bots.find('feishu', call.json.app_id);
	// Feishu does not know the apps of Lark, nor Lark those of Feishu.
	if (app?.brand !== call.host) return feishuError(10003, 'invalid param', 200);
	if (call.json.app_secret !== app.secret) return feishuError(10014, 'app secret invalid', 200);
	const options = { prefix: 't-', renewBelowMs: TOKEN_RENEW_MS };
	const { value, secondsLeft } = world.tokens.issue(OWNER, app.id, TOKEN_LIFE_MS, options);
	return { body: { code: 0, msg: 'ok', tenant_access_token: value, expire: secondsLeft } };
}

function upload(kind: 'image' | 'file') {
	return (call: Call, world: World): ServiceReply => {
		const refusal = badCall(call, world);
		if (refusal) return refusal;
		const parts = parseMultipart(call);
		const type = parts?.get(`${kind}_type`)?.data.toString() ?? '';
		const types =
			kind === 'image'
				? ['message', 'avatar']
				: ['opus', 'mp4', 'pdf', 'doc', 'xls', 'ppt', 'stream'];
		const part = parts?.get(kind);
		const named = kind === 'image' || parts?.get('file_name')?.data.length;
		if (!part || !types.includes(type) || !named)
			return feishuError(234001, 'Invalid request param.');
		if (!part.data.length) return feishuError(234010, "File's size can't be 0.");
		if (part.data.length > (kind === 'image' ? 10 : 30) * MEGA)
			return feishuError(234006, 'The file size exceed the max value.');
		const key = `${kind === 'image' ? 'img_v3' : 'file_v3'}_${randomBytes(16).toString('hex')}`;
		const contentType = part.contentType ?? 'application/octet-stream';
		const name = parts?.get('file_name')?.data.toString() ?? part.fileName ?? 'image';
		world.files.put(key, { type, name, data: part.data, contentType });
		return feishuOk({ [`${kind}_key`]: key });
	};
}

function resource(call: Call, world: World): ServiceReply {
	const refusal = badCall(call, world);
	if (refusal) return refusal;
	const [messageId, key] = call.params;
	const message = world.messages.get(messageId!);
	const file = world.files.get(key!);
	if (!['image', 'file'].includes(call.query.get('type') ?? ''))
		return feishuError(234001, 'Invalid request param.');
	if (!message || message.file !== key || !file) return feishuError(234003, 'File not in msg.');
	const disposition = `attachment; filename*=UTF-8''${encodeURIComponent(file.name)}`;
	return {
		body: file.data,
		headers: { 'content-type': file.contentType, 'content-disposition': disposition },
	};
}

const REACT = ['im:message', 'im:message.reactions:write_only'];

function addReaction(call: Call, world: World): ServiceReply {
	const refusal = badCall(call, world, 'json') ?? lacksScope(call, world, REACT);
	if (refusal) return refusal;
	const message = world.messages.get(call.params[0]!);
	const emoji = call.json!.reaction_type?.emoji_type;
	if (!message) return feishuError(231003, 'The message is not found, maybe not exist or deleted.');
	if (!EMOJI_TYPES.has(emoji)) return feishuError(231001, 'reaction type is invalid.');
	const reaction = {
		reaction_id: `sandbox_reaction_${randomBytes(8).toString('hex')}`,
		operator: { operator_id: callerOf(call, world)!.id, operator_type: 'app' },
		action_time: String(Math.floor(world.clock.now())),
		reaction_type: { emoji_type: emoji },
	};
	const kept: KeptReaction = { messageId: message.id, reaction };
	world.idempotencyKeys.keep(reaction.reaction_id, kept, TOKEN_LIFE_MS);
	return { ...feishuOk(reaction), replyTo: message.id };
}

interface KeptReaction {
	messageId: string;
	reaction: object;
}

function removeReaction(call: Call, world: World): ServiceReply {
	const refusal = badCall(call, world);
	if (refusal) return refusal;
	const [messageId, reactionId] = call.params;
	const kept = world.idempotencyKeys.recall<KeptReaction>(reactionId!);
	return kept && kept.messageId === messageId
		? { ...feishuOk(kept.reaction), replyTo: messageId }
		: feishuError(231007, 'The reaction is not found.');
}

function botInfo(call: Call, world: World): ServiceReply {
	const refusal = badCall(call, world);
	if (refusal) return refusal;
	const { id, name } = callerOf(call, world)!;
	const bot = {
		activate_status: 2,
		app_name: name,
		avatar_url: '',
		ip_white_list: [],
		open_id: botOpenIdOf(id),
	};
	return { body: { code: 0, msg: 'ok', bot } };
}

const userFields = (person: Person) => ({
	open_id: openIdOf(person.id),
	union_id: unionIdOf(person.id),
	user_id: person.id,
	name: person.name,
	mobile: person.mobile,
	email: person.email,
});

function userGet(call: Call, world: World): ServiceReply {
	const refusal = badCall(call, world);
	if (refusal) return refusal;
	const type = (call.query.get('user_id_type') ?? 'open_id') as 'open_id' | 'union_id' | 'user_id';
	const person = world.people.personBy(
		(candidate) => userFields(candidate)[type] === call.params[0],
	);
	return person
		? feishuOk({ user: userFields(person) })
		: feishuError(41012, 'user id invalid error');
}

function userIds(call: Call, world: World): ServiceReply {
	const refusal = badCall(call, world, 'json');
	if (refusal) return refusal;
	const { emails = [], mobiles = [] } = call.json!;
	if (!Array.isArray(emails) || !Array.isArray(mobiles)) return feishuError(40001, 'param error');
	const type = (call.query.get('user_id_type') ?? 'open_id') as 'open_id' | 'union_id' | 'user_id';
	const find = (field: 'email' | 'mobile', value: string) => {
		const person = world.people.personBy((candidate) => candidate[field] === value);
		return { [field]: value, ...(person && { user_id: userFields(person)[type] }) };
	};
	const found = (field: 'email' | 'mobile') => (value: unknown) => find(field, String(value));
	return feishuOk({ user_list: [...emails.map(found('email')), ...mobiles.map(found('mobile'))] });
}

function chats(call: Call, world: World): ServiceReply {
	const items = world.people.chats('feishu').map((chat) => ({
		chat_id: chat.id,
		name: chat.name,
		description: '',
		external: false,
		tenant_key: TENANT_KEY,
	}));
	return badCall(call, world) ?? feishuOk({ items, has_more: false, page_token: '' });
}

export const feishuRoutes: ServiceRoute[] = [
	{ method: 'POST', path: /^\/open-apis\/bot\/v2\/hook\/([^/]+)$/, kind: 'send', handle: hook },
	{
		method: 'POST',
		path: /^\/open-apis\/auth\/v3\/tenant_access_token\/internal\/?$/,
		kind: 'token',
		handle: tenantToken,
	},
	gatewayRoute,
	...registrationRoutes,
	scopesRoute,
	...messageRoutes,
	{
		method: 'GET',
		path: /^\/open-apis\/im\/v1\/messages\/([^/]+)\/resources\/([^/]+)$/,
		kind: 'download',
		handle: resource,
	},
	{
		method: 'POST',
		path: /^\/open-apis\/im\/v1\/messages\/([^/]+)\/reactions$/,
		kind: 'reaction',
		handle: addReaction,
	},
	{
		method: 'DELETE',
		path: /^\/open-apis\/im\/v1\/messages\/([^/]+)\/reactions\/([^/]+)$/,
		kind: 'reaction',
		handle: removeReaction,
	},
	{
		method: 'POST',
		path: /^\/open-apis\/im\/v1\/images$/,
		kind: 'upload',
		handle: upload('image'),
	},
	{ method: 'POST', path: /^\/open-apis\/im\/v1\/files$/, kind: 'upload', handle: upload('file') },
	{ method: 'GET', path: /^\/open-apis\/bot\/v3\/info\/?$/, kind: 'lookup', handle: botInfo },
	{
		method: 'GET',
		path: /^\/open-apis\/contact\/v3\/users\/([^/]+)$/,
		kind: 'lookup',
		handle: userGet,
	},
	{
		method: 'POST',
		path: /^\/open-apis\/contact\/v3\/users\/batch_get_id$/,
		kind: 'lookup',
		handle: userIds,
	},
	{ method: 'GET', path: /^\/open-apis\/im\/v1\/chats$/, kind: 'lookup', handle: chats },
];

export const unknownFeishuPath = (): ServiceReply => ({
	status: 404,
	headers: { 'content-type': 'text/plain' },
	body: '404 page not found',
	refused: 'unknown path',
});
