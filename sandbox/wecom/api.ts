import { md5Hex, randomBytes } from '../aes.ts';
import { bytesOf, type Call, type Json, type ServiceReply, type ServiceRoute } from '../http.ts';
import type { Readable } from '../messages.ts';
import { BOT_NAME } from '../people.ts';
import type { World } from '../world.ts';
import { aiBotFileRoutes } from './aibot-files.ts';
import { registrationRoutes } from './registration.ts';
import { storeMedia, weComError, weComOk, webhookRoutes } from './webhook-api.ts';

const OWNER = 'wecom';
const TOKEN_LIFE_MS = 7_200_000;
const DAY_MS = 86_400_000;
const TEXT_LIMIT = 2048;
/** Per member; what is over it is dropped without a word. */
const MEMBER_LIMITS = [
	{ count: 30, windowMs: 60_000 },
	{ count: 1000, windowMs: 3_600_000 },
];

function badToken(call: Call, world: World): ServiceReply | undefined {
	switch (world.tokens.check(OWNER, call.query.get('access_token'))) {
		case 'missing':
			return weComError(41001, 'access_token missing');
		case 'invalid':
			return weComError(40014, 'invalid access_token');
		case 'expired':
			return weComError(42001, 'access_token expired');
	}
	return undefined;
}

function getToken(call: Call, world: World): ServiceReply {
	const { corpId, secret } = world.accounts.weComAppApi;
	if (!call.query.get('corpid')) return weComError(41002, 'corpid missing');
	if (!call.query.get('corpsecret')) return weComError(41004, 'corpsecret missing');
	if (call.query.get('corpid') !== corpId) return weComError(40013, 'invalid corpid');
	if (call.query.get('corpsecret') !== secret) return weComError(40001, 'invalid credential');
	const { value, secondsLeft } = world.tokens.issue(OWNER, corpId, TOKEN_LIFE_MS);
	return weComOk({ access_token: value, expires_in: secondsLeft });
}

/** Cuts at the limit without splitting a character, as the platform does with long texts. */
function cut(text: string, limit: number): string {
	return Buffer.from(text)
		.subarray(0, limit)
		.toString('utf8')
		.replace(/\uFFFD+$/, '');
}

/** A readable text of an app message or the answer that refuses it. */
function read(body: Json, world: World): Readable | ServiceReply {
	const payload: Json = body[body.msgtype] ?? {};
	const missing = (field: string) => weComError(44004, `${field} missing`);
	switch (body.msgtype) {
		case 'text':
			return payload.content
				? { text: cut(String(payload.content), TEXT_LIMIT), format: 'text' }
				: missing('text.content');
		case 'markdown':
			if (!payload.content) return missing('markdown.content');
			return bytesOf(String(payload.content)) > TEXT_LIMIT
				? weComError(45002, 'markdown.content exceed max length 2048')
				: { text: String(payload.content), format: 'markdown' };
		case 'image':
		case 'voice':
		case 'video':
		case 'file':
			return world.files.get(payload.media_id)
				? { text: `[${body.msgtype}]`, format: body.msgtype }
				: weComError(40007, 'invalid media_id');
		case 'textcard':
			return payload.title && payload.url
				? { text: `${payload.title}\n${payload.description}`, format: 'card' }
				: missing('textcard.url');
		case 'news':
			return Array.isArray(payload.articles) && payload.articles.length
				? {
						text: payload.articles.map((article: Json) => article.title).join('\n'),
						format: 'card',
					}
				: missing('news.articles');
		case 'template_card':
			return { text: String(payload.main_title?.title ?? ''), format: 'card' };
		default:
			return weComError(40008, 'invalid message type');
	}
}

/** Members that get the message, those the platform does not know (in lower case, as it says them). */
function recipients(touser: string, world: World) {
	const ids = [...new Set(touser.split('|').filter(Boolean))];
	const known = ids.filter((id) => id === '@all' || world.people.person(id));
	const unknown = ids.filter((id) => !known.includes(id)).map((id) => id.toLowerCase());
	return { known, unknown, count: ids.length };
}

/** What WeCom says to a message that it does not take; undefined where it does. */
function badMessage(call: Call, world: World): ServiceReply | undefined {
	const body = call.json;
	if (!body) return weComError(40008, 'invalid json');
	if (!body.touser && !body.toparty && !body.totag)
		return weComError(82001, 'all touser & toparty & totag null');
	if (
		!Number.isInteger(body.agentid) ||
		String(body.agentid) !== world.accounts.weComAppApi.agentId
	) {
		return weComError(40056, 'invalid agentid');
	}
	const { known, count } = recipients(String(body.touser ?? ''), world);
	if (count > 1000) return weComError(40003, 'touser over 1000');
	return known.length ? undefined : weComError(81013, 'user & party & tag all invalid');
}

/** The members who get one message more, within their limits. */
const withinLimits = (members: string[], world: World) =>
	members.filter((id) =>
		MEMBER_LIMITS.every(
			(limit) => world.limits.take(`wecom member ${limit.windowMs} ${id}`, limit) === 'ok',
		),
	);

function send(call: Call, world: World): ServiceReply {
	const refusal = badToken(call, world) ?? badMessage(call, world);
	if (refusal) return refusal;
	const body = call.json!;
	const { known, unknown } = recipients(String(body.touser ?? ''), world);
	const readable = read(body, world);
	if ('body' in readable) return readable;

	const idempotencyKey = body.enable_duplicate_check === 1 && `wecom send ${md5Hex(call.raw)}`;
	const earlier = idempotencyKey && world.idempotencyKeys.recall<string>(idempotencyKey);
	if (earlier) {
		const note = 'duplicate: not shown again';
		return { ...weComOk({ msgid: earlier }), messageId: earlier, note };
	}
	const msgid = randomBytes(32).toString('base64url');
	if (idempotencyKey)
		world.idempotencyKeys.keep(
			idempotencyKey,
			msgid,
			(body.duplicate_check_interval ?? 1800) * 1000,
		);

	const shown = withinLimits(known, world);
	const { agentId } = world.accounts.weComAppApi;
	const messages = shown.map((id) => world.messages.guess(agentId, id, readable.text));
	for (const message of messages) {
		const answer = { messageId: msgid, via: 'message/send', linked: 'guess' } as const;
		world.messages.answer(message, { ...readable, ...answer });
	}
	const dropped = shown.length < known.length && 'dropped: over 30 a minute for this member';
	const truncated =
		body.msgtype === 'text' && bytesOf(String(body.text.content)) > TEXT_LIMIT && 'truncated';
	return {
		...weComOk({ ...(unknown.length && { invaliduser: unknown.join('|') }), msgid }),
		messageId: msgid,
		replyTo: messages[0]?.id,
		conversation: known[0],
		...(shown.length && { text: readable.text }),
		note: dropped || truncated || undefined,
	};
}

function recall(call: Call, world: World): ServiceReply {
	const refusal = badToken(call, world);
	if (refusal) return refusal;
	const sent = world.messages.sent(call.json?.msgid);
	const fresh = sent?.filter((answer) => Date.parse(answer.at) > Date.now() - DAY_MS);
	if (!fresh?.length) return weComError(40058, 'invalid msgid');
	for (const answer of fresh) answer.recalled = true;
	return { ...weComOk(), messageId: call.json!.msgid };
}

const mediaUpload = (call: Call, world: World) =>
	badToken(call, world) ?? storeMedia(call, world, { image: 10, voice: 2, video: 10, file: 20 });

function mediaGet(call: Call, world: World): ServiceReply {
	const refusal = badToken(call, world);
	if (refusal) return refusal;
	const file = world.files.get(call.query.get('media_id') ?? '');
	if (!file) return weComError(40007, 'invalid media_id');
	const disposition = `attachment; filename="${encodeURIComponent(file.name)}"`;
	return {
		body: file.data,
		headers: { 'content-type': file.contentType, 'content-disposition': disposition },
	};
}

function userGet(call: Call, world: World): ServiceReply {
	const refusal = badToken(call, world);
	if (refusal) return refusal;
	const person = world.people.person(call.query.get('userid') ?? '');
	if (!person) return weComError(60111, 'userid not found');
	const { id: userid, name, mobile, email } = person;
	return weComOk({ userid, name, mobile, email, department: [1], status: 1 });
}

function getUserId(call: Call, world: World): ServiceReply {
	const refusal = badToken(call, world);
	if (refusal) return refusal;
	const person = world.people.personBy(({ mobile }) => !!mobile && mobile === call.json?.mobile);
	return person ? weComOk({ userid: person.id }) : weComError(46004, 'user not exist');
}

function agentGet(call: Call, world: World): ServiceReply {
	const refusal = badToken(call, world);
	if (refusal) return refusal;
	const { agentId } = world.accounts.weComAppApi;
	if (call.query.get('agentid') !== agentId) return weComError(40056, 'invalid agentid');
	return weComOk({
		agentid: Number(agentId),
		name: BOT_NAME,
		description: '',
		close: 0,
		allow_userinfos: { user: [] },
	});
}

export const weComRoutes: ServiceRoute[] = [
	...webhookRoutes,
	...aiBotFileRoutes,
	...registrationRoutes,
	{ method: 'GET', path: /^\/cgi-bin\/gettoken$/, kind: 'token', handle: getToken },
	{ method: 'POST', path: /^\/cgi-bin\/message\/send$/, kind: 'send', handle: send },
	{ method: 'POST', path: /^\/cgi-bin\/message\/recall$/, kind: 'recall', handle: recall },
	{ method: 'POST', path: /^\/cgi-bin\/media\/upload$/, kind: 'upload', handle: mediaUpload },
	{ method: 'GET', path: /^\/cgi-bin\/media\/get$/, kind: 'download', handle: mediaGet },
	{ method: 'GET', path: /^\/cgi-bin\/user\/get$/, kind: 'lookup', handle: userGet },
	{ method: 'POST', path: /^\/cgi-bin\/user\/getuserid$/, kind: 'lookup', handle: getUserId },
	{ method: 'GET', path: /^\/cgi-bin\/agent\/get$/, kind: 'lookup', handle: agentGet },
];

export const unknownWeComPath = (): ServiceReply => weComError(-1, 'unknown path');
