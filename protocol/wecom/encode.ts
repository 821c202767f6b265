import { createHash } from 'node:crypto';
import type { TargetType } from '../capabilities';
import { asFields, asText } from '../fields';
import { mentions, withoutMentions } from '../markdown/mentions';
import { toPlainText } from '../markdown/plain';
import { bodyFor, inWords, type OutgoingMessage, type TextMessage } from '../outgoing';
import { byteLength, limitBeside } from '../text';
import { asItIs, asPlainText, inBytes, limitFor, type TextLimit, type Written } from '../written';
import { capabilities } from './capabilities';
import { toNewer, toOlder } from './markdown';

const { app, aiBot, groupRobot } = capabilities.routes;

/** Only the older Markdown knows colours and mentions; only the newer one knows lists, tables and code. */
const COLOUR = /<font\s+color/;

/** Longest text of one message of the app. */
export const appTextLimit = limitFor('wecom', app.maxText);

/** Longest text of an AI bot's (智能机器人) answer, at an address and by its connection. */
export const aiBotTextLimit = limitFor('wecom', aiBot.maxText);

const robotLimit = limitFor('wecom', groupRobot.maxText);

/**
 * Longest text of one message of a group robot (群机器人). Mentions take their share, also
 * those that the text holds already: its first part may not be the one that does.
 * @throws Error where mentions leave no room for a text
 */
export function robotTextLimit(message: OutgoingMessage): TextLimit {
	const { max } = robotLimit(message);
	const words = inWords(message);
	// Beside a text they are named in a field of their own.
	const mentions = words.type === 'text' ? '' : missingMentions({ ...words, text: '' });
	return inBytes(limitBeside(byteLength(mentions), max));
}

/** A group robot's message with its Markdown as WeCom shows it. */
export function robotWritten(message: OutgoingMessage): Written {
	if (message.type !== 'markdown') return asItIs(message);
	const { text, mentionIds = [] } = message;
	return mentionIds.length > 0 || COLOUR.test(text)
		? { ...message, text: toOlder(text, mentionIds), writtenAs: 'markdown' }
		: { ...message, text: toNewer(text), writtenAs: 'markdown_v2' };
}

/** The body of a group robot's message. A Markdown message cannot mention everybody. */
export function robotBody(message: Written): object {
	const raw = bodyFor('wecom', message);
	if (raw) return raw;
	const words = inWords(message);
	if (words.type === 'text') {
		const mentioned = [...(words.mentionIds ?? []), ...(words.mentionAll ? ['@all'] : [])];
		return {
			msgtype: 'text',
			text: {
				content: withoutMentions(words.text, words.mentionIds),
				...(mentioned.length > 0 && { mentioned_list: mentioned }),
			},
		};
	}
	if (message.writtenAs !== 'markdown') {
		return { msgtype: 'markdown_v2', markdown_v2: { content: words.text } };
	}
	// Of a text in parts each mentions its own people alone.
	const content = withoutMentions(words.text, words.mentionIds) + missingMentions(words);
	return { msgtype: 'markdown', markdown: { content } };
}

/** A mention in Markdown is part of the text. */
function missingMentions({ text, mentionIds = [] }: TextMessage): string {
	const missing = mentionIds.filter((id) => !mentions(text, id)).map((id) => `<@${id}>`);
	return missing.length > 0 ? `\n${missing.join(' ')}` : '';
}

/** Ids joined by `|`. */
export interface Recipients {
	touser?: string;
	toparty?: string;
	totag?: string;
}

/** WeCom's field for each kind of target; its app writes to no chats. */
const FIELDS: Readonly<Partial<Record<TargetType, keyof Recipients>>> = {
	users: 'touser',
	departments: 'toparty',
	tags: 'totag',
};

export function recipientsOf(type: TargetType, ids: readonly string[]): Recipients {
	const field = FIELDS[type];
	return field ? { [field]: ids.join('|') } : {};
}

const MIN_INTERVAL_S = app.repetition.forMs / 1000;
const MAX_INTERVAL_S = 14_400;

/**
 * The body of an app's message.
 *
 * WeCom drops a message whose whole request equals an earlier one, for `duplicate_check_interval` seconds.
 * That makes a retry safe, also by a later version of this package: the order of the fields stays as it is.
 * But it would also drop the same answer to a question that is asked twice. The interval is therefore taken
 * from the idempotency key: equal for a retry, different for anything else.
 * @param idempotencyKey hex digits
 */
export function appBody(
	message: Written,
	recipients: Recipients,
	{ agentId, idempotencyKey }: { agentId: number; idempotencyKey: string },
): object {
	const spread = parseInt(idempotencyKey.slice(0, 8), 16) % (MAX_INTERVAL_S - MIN_INTERVAL_S + 1);
	return {
		...recipients,
		agentid: agentId,
		...appContent(message),
		enable_duplicate_check: 1,
		duplicate_check_interval: MIN_INTERVAL_S + spread,
	};
}

/** Who gets a message, and from which app, is the route's matter: a raw body must not add to it. */
const ROUTE_FIELDS: ReadonlySet<string> = new Set(['touser', 'toparty', 'totag', 'agentid']);

function appContent(message: Written): object {
	const raw = bodyFor('wecom', message);
	if (raw) {
		return Object.fromEntries(Object.entries(raw).filter(([field]) => !ROUTE_FIELDS.has(field)));
	}
	const { type, text } = inWords(message);
	return type === 'markdown'
		? { msgtype: 'markdown', markdown: { content: text } }
		: { msgtype: 'text', text: { content: withoutMentions(text) } };
}

/**
 * An app's message as it is shown. Markdown goes as plain text, because WeChat's plug-in (微信插件) shows none and
 * WeCom a part of it, unless the message says that it goes as it is.
 */
export function appWritten(message: OutgoingMessage): Written {
	if (message.type !== 'markdown') return asItIs(message);
	return message.keepMarkdown
		? asItIs({ ...message, text: toOlder(message.text) })
		: asItIs({ ...message, type: 'text', text: toPlainText(message.text) });
}

/** An AI bot's answer with its Markdown as WeCom shows it. */
export function aiBotWritten(message: OutgoingMessage): Written {
	const isMarkdown = message.type === 'markdown';
	return asItIs(isMarkdown ? { ...message, text: toNewer(message.text) } : message);
}

/** The body of an AI bot's answer. A text goes as Markdown: a response URL takes nothing plainer. */
export function aiBotBody(message: Written): object {
	const raw = bodyFor('wecom', message);
	return raw ?? { msgtype: 'markdown', markdown: { content: aiBotText(message) } };
}

function aiBotText(message: Written): string {
	const { type, text } = inWords(message);
	return type === 'markdown' ? text : withoutMentions(text);
}

/**
 * The body of an answer by the id of its message: a streamed text that is whole at once.
 * @param streamId tells the answer from others of the bot
 */
export function aiBotAnswerBody(message: Written, streamId: string): object {
	const raw = bodyFor('wecom', message);
	// An address takes Markdown as such; here it is a streamed text.
	const markdown = raw?.msgtype === 'markdown' ? asText(asFields(raw.markdown).content) : undefined;
	if (raw && markdown === undefined) return raw;
	const stream = { id: streamId, finish: true, content: markdown ?? aiBotText(message) };
	return { msgtype: 'stream', stream };
}

/** The body of a welcome, which takes a plain text. */
export function aiBotWelcomeBody(message: Written): object {
	const raw = bodyFor('wecom', message);
	if (raw) return raw;
	const { text } = inWords(asPlainText(message) ?? message);
	return { msgtype: 'text', text: { content: withoutMentions(text) } };
}

/** A group robot's image: base64 and the MD5 of the raw bytes (not of the base64). */
export function imageBody(raw: Buffer): {
	msgtype: 'image';
	image: { base64: string; md5: string };
} {
	return {
		msgtype: 'image',
		image: {
			base64: raw.toString('base64'),
			md5: createHash('md5').update(raw).digest('hex'),
		},
	};
}
