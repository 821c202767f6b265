import {
	isoTime,
	type Attachment,
	type ContentType,
	type DecodedMessage,
	type Quote,
} from '../message';
import { trimText } from '../text';
import { Refused } from '../verify';
import { withoutOwnMention } from './botName';
import { asFields, asNumber, asText, type Fields } from '../fields';

/* What an AI bot (智能机器人) is sent: JSON, from one person or from a group that mentions it. */

const CONTENT_TYPES: ReadonlyMap<string, ContentType> = new Map([
	['text', 'text'],
	['mixed', 'richText'],
	['markdown', 'richText'],
	['image', 'image'],
	['voice', 'audio'],
	['file', 'file'],
	['video', 'video'],
]);

/** `response_url` takes an answer for an hour. */
const RESPONSE_LIFE_MS = 60 * 60 * 1000;

export interface AiBotContext {
	nowMs: number;
	/** When the callback was signed: messages carry no time of their own. */
	signedAtMs: number;
	/** The bot's name, where the credential says it or messages have shown it. */
	botName?: string;
}

/** Reads a message. Throws `Refused` where it is none. */
export function decodeAiBotMessage(body: Fields, context: AiBotContext): DecodedMessage {
	const type = asText(body.msgtype);
	const common = envelope(body, context);
	if (!type || !common.sender.id || !common.conversationId) throw new Refused('malformed');
	const { text, ...content } = readContent(type, body);
	const quote = quoteOf(asFields(body.quote));
	return {
		...common,
		kind: 'message',
		...content,
		text:
			common.conversationType === 'group'
				? withoutOwnMention(text, context.botName)
				: trimText(text),
		...(quote && { quote }),
	};
}

/** The text of a group message as it came, its mentions included; undefined where it is none. */
export function groupTextOf(body: Fields): string | undefined {
	return body.chattype === 'group' ? readContent(asText(body.msgtype), body).text : undefined;
}

/** Reads an event; a pressed card button or sent card form becomes an action. */
export function decodeAiBotEvent(body: Fields, context: AiBotContext): DecodedMessage {
	const event = asFields(body.event);
	const type = asText(event.eventtype);
	if (!type) throw new Refused('malformed');
	const data = dataOf(event, type);
	const common = envelope(body, context);
	if (type !== 'template_card_event') return { ...common, event: { type, data } };
	const cardId = asText(data.task_id);
	return {
		...common,
		kind: 'action',
		contentType: 'card',
		action: {
			id: asText(data.event_key),
			form: selectedItems(asFields(data.selected_items)),
			...(cardId && { cardId }),
		},
	};
}

function envelope(body: Fields, { nowMs, signedAtMs }: AiBotContext): DecodedMessage {
	const messageId = asText(body.msgid);
	if (!messageId) throw new Refused('malformed');
	const userId = asText(asFields(body.from).userid);
	const isGroup = body.chattype === 'group';
	const chatId = isGroup ? asText(body.chatid) : '';
	const responseUrl = asText(body.response_url);
	return {
		platform: 'wecom',
		kind: 'event',
		messageId,
		conversationId: isGroup ? chatId : userId,
		conversationType: isGroup ? 'group' : 'direct',
		sender: { id: userId, ...(userId && userId === asText(body.aibotid) && { isBot: true }) },
		contentType: 'unknown',
		text: '',
		mentions: [],
		// WeCom delivers group messages only where the bot is mentioned.
		mentionedBot: isGroup,
		attachments: [],
		...(responseUrl && {
			replyTo: {
				platform: 'wecom',
				messageId,
				bot: 'aiBot',
				userId,
				...(chatId && { chatId }),
				responseUrl,
				expiresAt: signedAtMs + RESPONSE_LIFE_MS,
			},
		}),
		sentAt: isoTime(asNumber(body.create_time) * 1000, signedAtMs),
		receivedAt: isoTime(nowMs, nowMs),
		raw: body,
	};
}

/** What an event says stands below its type, or beside it. */
function dataOf(event: Fields, type: string): Fields {
	const beside = Object.entries(event).filter(([name]) => name !== 'eventtype' && name !== type);
	const below = Object.hasOwn(event, type) ? asFields(event[type]) : {};
	return { ...Object.fromEntries(beside), ...below };
}

function readContent(
	type: string,
	body: Fields,
): Pick<DecodedMessage, 'contentType' | 'text' | 'attachments'> {
	return {
		contentType: CONTENT_TYPES.get(type) ?? 'unknown',
		text: plainText(type, body),
		attachments: attachmentsOf(type, body),
	};
}

/** The message that another one answers: it has the form of a message, without an id or a sender. */
function quoteOf(quoted: Fields): Quote | undefined {
	const { text, attachments } = readContent(asText(quoted.msgtype), quoted);
	const quote = {
		...(trimText(text) && { text: trimText(text) }),
		...(attachments.length > 0 && { attachments }),
	};
	return Object.keys(quote).length > 0 ? quote : undefined;
}

function plainText(type: string, body: Fields): string {
	if (type === 'text' || type === 'voice' || type === 'markdown') {
		return asText(asFields(body[type]).content);
	}
	return mixedItems(type, body)
		.map((item) => asText(asFields(item.text).content))
		.filter((part) => part !== '')
		.join('\n');
}

/** Files lie encrypted at a URL that works for five minutes. */
function attachmentsOf(type: string, body: Fields): Attachment[] {
	if (type === 'mixed') {
		return mixedItems(type, body).flatMap((item) => file('image', asFields(item.image).url));
	}
	if (type !== 'image' && type !== 'file' && type !== 'video') return [];
	return file(type, asFields(body[type]).url);
}

function file(kind: Attachment['kind'], url: unknown): Attachment[] {
	const key = asText(url);
	return key ? [{ kind, key }] : [];
}

function mixedItems(type: string, body: Fields): Fields[] {
	return type === 'mixed' ? list(asFields(body.mixed).msg_item) : [];
}

/** Chosen option ids by question. */
function selectedItems(selected: Fields): Record<string, string[]> {
	return Object.fromEntries(
		list(selected.selected_item).map((item) => {
			const ids = asFields(item.option_ids).option_id;
			return [asText(item.question_key), (Array.isArray(ids) ? ids : []).map(asText)];
		}),
	);
}

function list(value: unknown): Fields[] {
	return Array.isArray(value) ? value.map(asFields) : [];
}
