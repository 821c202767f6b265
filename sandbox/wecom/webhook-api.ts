import { md5Hex, randomBytes } from '../aes.ts';
import {
	bytesOf,
	type Call,
	type Json,
	parseMultipart,
	type ServiceReply,
	type ServiceRoute,
} from '../http.ts';
import type { Readable } from '../messages.ts';
import type { World } from '../world.ts';

const SEND_LIMIT = { count: 20, windowMs: 60_000 };
const TEXT_LIMIT = 2048;
const MARKDOWN_LIMIT = 4096;
const RESPONSE_LIMIT = 20_480;

/** WeCom answers HTTP 200 whatever happens, with a hint that people send to support. */
export const weComError = (errcode: number, what: string): ServiceReply => {
	const trace = `hint: [${randomBytes(12).toString('hex')}], from ip: 127.0.0.1`;
	const hint = `${trace}, more info at https://open.work.weixin.qq.com/devtool/query?e=${errcode}`;
	return { body: { errcode, errmsg: `${what}, ${hint}` }, refused: `${errcode} ${what}` };
};

export const weComOk = (more: object = {}): ServiceReply => ({
	body: { errcode: 0, errmsg: 'ok', ...more },
});

export const newMessageId = () => `wm${randomBytes(12).toString('hex')}`;

const tooLong = (field: string, limit: number) =>
	weComError(45002, `${field} exceed max length ${limit}`);

/** A readable text of a webhook's body or the answer that refuses it. */
function read(body: Json): Readable | ServiceReply {
	const payload: Json = body[body.msgtype] ?? {};
	const missing = (field: string) => weComError(40058, `${field} missing or invalid`);
	const { content } = payload;
	switch (body.msgtype) {
		case 'text':
			if (typeof content !== 'string' || !content) return missing('text.content');
			return bytesOf(content) > TEXT_LIMIT
				? tooLong('text.content', TEXT_LIMIT)
				: { text: content, format: 'text' };
		case 'markdown':
		case 'markdown_v2':
			if (typeof content !== 'string' || !content) return missing('markdown.content');
			return bytesOf(content) > MARKDOWN_LIMIT
				? tooLong('markdown.content', MARKDOWN_LIMIT)
				: { text: content, format: 'markdown' };
		case 'image': {
			const bytes = Buffer.from(String(payload.base64 ?? ''), 'base64');
			if (!bytes.length || payload.md5 !== md5Hex(bytes))
				return weComError(40008, 'invalid image md5');
			return bytes.length > 2 * 1024 * 1024
				? weComError(40009, 'invalid image size')
				: { text: '[image]', format: 'image' };
		}
		case 'news':
			if (!Array.isArray(payload.articles) || !payload.articles[0]?.title)
				return missing('news.articles');
			return {
				text: payload.articles.map((article: Json) => article.title).join('\n'),
				format: 'card',
			};
		case 'file':
		case 'voice':
			return payload.media_id
				? { text: `[${body.msgtype}]`, format: body.msgtype }
				: weComError(40007, 'invalid media_id');
		case 'template_card':
			return payload.card_action
				? { text: String(payload.main_title?.title ?? ''), format: 'card' }
				: missing('template_card.card_action');
		default:
			return weComError(40008, 'invalid message type');
	}
}

const badKey = (call: Call, world: World) =>
	call.query.get('key') === world.accounts.robots.wecomKey
		? undefined
		: weComError(93000, 'invalid webhook url');

function send(call: Call, world: World): ServiceReply {
	const refusal = badKey(call, world);
	if (refusal) return refusal;
	if (!call.raw.length) return weComError(93017, 'empty body');
	if (!call.json) return weComError(44004, 'empty content or invalid json');
	const readable = read(call.json);
	if ('body' in readable) return readable;
	if (world.limits.take('wecom webhook', SEND_LIMIT) !== 'ok')
		return weComError(45009, 'api freq out of limit');
	return { ...weComOk(), messageId: newMessageId(), text: readable.text };
}

function uploadMedia(call: Call, world: World): ServiceReply {
	const refusal = badKey(call, world);
	if (refusal) return refusal;
	return storeMedia(call, world, { file: 20, voice: 2 });
}

/** Keeps the multipart field `media`; `limits` are megabytes by type. */
export function storeMedia(call: Call, world: World, limits: Record<string, number>): ServiceReply {
	const type = call.query.get('type') ?? '';
	const limit = limits[type];
	const media = parseMultipart(call)?.get('media');
	if (!limit) return weComError(40004, 'invalid media type');
	if (!media?.fileName) return weComError(41005, 'media data missing');
	if (media.data.length <= 5 || media.data.length > limit * 1024 * 1024)
		return weComError(40009, 'invalid media size');
	const key = `3${randomBytes(20).toString('base64url')}`;
	const contentType = media.contentType ?? 'application/octet-stream';
	world.files.put(key, { type, name: media.fileName, data: media.data, contentType });
	const createdAt = String(Math.floor(world.clock.now() / 1000));
	return weComOk({ type, media_id: key, created_at: createdAt });
}

/** An AI bot's later answer: plain JSON, one use, one hour. The refusal's code is not published. */
function respond(call: Call, world: World): ServiceReply {
	const message = world.messages.bySecret(call.query.get('response_code'));
	if (!message) return weComError(40058, 'invalid response_code');
	if (message.replyUsed || world.clock.now() > message.replyExpires!) {
		return weComError(40058, 'response_code is used or expired');
	}
	const { msgtype, markdown, template_card: card } = call.json ?? {};
	if (msgtype === 'template_card' && message.type === 'group')
		return weComError(40008, 'template_card only in single chat');
	const text = msgtype === 'markdown' ? markdown?.content : card?.main_title?.title;
	if (!['markdown', 'template_card'].includes(msgtype))
		return weComError(40008, 'invalid message type');
	if (typeof text !== 'string' || !text) return weComError(40058, 'markdown.content missing');
	if (bytesOf(text) > RESPONSE_LIMIT) return tooLong('markdown.content', RESPONSE_LIMIT);
	message.replyUsed = true;
	const messageId = newMessageId();
	const format = msgtype === 'markdown' ? 'markdown' : 'card';
	world.messages.answer(message, { messageId, text, format, via: 'response_url', linked: 'exact' });
	return { ...weComOk(), messageId, text, replyTo: message.id, conversation: message.conversation };
}

export const webhookRoutes: ServiceRoute[] = [
	{ method: 'POST', path: /^\/cgi-bin\/webhook\/send$/, kind: 'send', handle: send },
	{
		method: 'POST',
		path: /^\/cgi-bin\/webhook\/upload_media$/,
		kind: 'upload',
		handle: uploadMedia,
	},
	{ method: 'POST', path: /^\/cgi-bin\/aibot\/response$/, kind: 'reply', handle: respond },
];
