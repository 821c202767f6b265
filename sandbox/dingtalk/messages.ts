import type { Json } from '../http.ts';
import type { Readable } from '../messages.ts';

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

/** Of a message by `msgtype` (robot and session webhooks), or the DingTalk error that refuses the body. */
export function readWebhookMessage(body: Json): Readable | { errcode: number; errmsg: string } {
	const payload: Json = body[body.msgtype] ?? {};
	const missing = (field: string) => ({ errcode: 40035, errmsg: `缺少参数 ${field}` });
	switch (body.msgtype) {
		case undefined:
			return missing('msgtype');
		case 'text':
			return isText(payload.content)
				? { text: payload.content, format: 'text' }
				: missing('text.content');
		case 'markdown':
			if (!isText(payload.title)) return missing('markdown.title');
			return isText(payload.text)
				? { text: payload.text, format: 'markdown' }
				: missing('markdown.text');
		case 'link':
			if (!isText(payload.title) || !isText(payload.text)) return missing('link.title');
			if (!isText(payload.messageUrl)) return missing('link.messageUrl');
			return { text: `${payload.title}\n${payload.text}\n${payload.messageUrl}`, format: 'link' };
		case 'actionCard':
			if (!isText(payload.title) || !isText(payload.text)) return missing('actionCard.title');
			return { text: `${payload.title}\n${payload.text}`, format: 'card' };
		case 'feedCard':
			if (!Array.isArray(payload.links)) return missing('feedCard.links');
			return { text: payload.links.map((link: Json) => link.title).join('\n'), format: 'card' };
		default:
			return { errcode: 400105, errmsg: `unsupported msgtype ${body.msgtype}` };
	}
}

const TEMPLATES: Record<string, { fields: string[]; format: string; text(p: Json): string }> = {
	sampleText: { fields: ['content'], format: 'text', text: (p) => p.content },
	sampleMarkdown: { fields: ['title', 'text'], format: 'markdown', text: (p) => p.text },
	sampleImageMsg: { fields: ['photoURL'], format: 'image', text: (p) => `[image] ${p.photoURL}` },
	sampleLink: {
		fields: ['title', 'text', 'messageUrl'],
		format: 'link',
		text: (p) => `${p.title}\n${p.text}`,
	},
	sampleActionCard: {
		fields: ['title', 'text'],
		format: 'card',
		text: (p) => `${p.title}\n${p.text}`,
	},
	sampleAudio: {
		fields: ['mediaId', 'duration'],
		format: 'audio',
		text: (p) => `[audio] ${p.mediaId}`,
	},
	sampleFile: {
		fields: ['mediaId', 'fileName', 'fileType'],
		format: 'file',
		text: (p) => `[file] ${p.fileName}`,
	},
	sampleVideo: {
		fields: ['videoMediaId', 'videoType'],
		format: 'video',
		text: (p) => `[video] ${p.videoMediaId}`,
	},
};

/** A readable text of a `msgKey` and `msgParam` pair, or what is wrong with it. */
export function readTemplateMessage(
	msgKey: unknown,
	msgParam: unknown,
): Readable | { wrong: string } {
	const key = String(msgKey);
	const template = TEMPLATES[/^sampleActionCard[2-6]$/.test(key) ? 'sampleActionCard' : key];
	if (!template) return { wrong: `msgKey ${key} is unknown` };
	if (typeof msgParam !== 'string') return { wrong: 'msgParam must be a JSON string' };
	let values: Json;
	try {
		values = JSON.parse(msgParam);
	} catch {
		return { wrong: 'msgParam is not JSON' };
	}
	const missing = template.fields.find((field) => !isText(values?.[field]));
	if (missing) return { wrong: `msgParam.${missing} is missing or not a string` };
	return { text: template.text(values), format: template.format };
}
