import { isoTime, type Attachment, type DecodedMessage, type ContentType } from '../message';
import { Refused } from '../verify';
import { asFields, asNumber, asText, type Fields } from '../fields';

/* What an AI bot (智能机器人) is sent: JSON, from one person or from a group that mentions it. */

const CONTENT_TYPES: ReadonlyMap<string, ContentType> = new Map([
	['text', 'text'],
	['mixed', 'richText'],
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
}

/** Reads a message. Throws `Refused` where it is none. */
export function decodeAiBotMessage(body: Fields, context: AiBotContext): DecodedMessage {
	const type = asText(body.msgtype);
	const common = envelope(body, context);
	if (!type || !common.sender.id || !common.conversationId) throw new Refused('malformed');
	const contentType = CONTENT_TYPES.get(type) ?? 'unknown';
	const said = plainText(type, body);
	return {
		...common,
		kind: 'message',
		contentType,
		text: common.conversationType === 'group' ? withoutBotName(said) : said.trim(),
		attachments: attachmentsOf(type, body),
	};
}

/** Reads an event; a pressed card button or sent card form becomes an action. */
export function decodeAiBotEvent(body: Fields, context: AiBotContext): DecodedMessage {
	const event = asFields(body.event);
	const type = asText(event.eventtype);
	if (!type) throw new Refused('malformed');
	const data = Object.hasOwn(event, type) ? asFields(event[type]) : {};
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

function plainText(type: string, body: Fields): string {
	if (type === 'text' || type === 'voice') return asText(asFields(body[type]).content);
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

/**
 * A group message begins with `@BotName` and a blank. The callback does not say the name, so the first
 * word that begins with @ is taken for it; without a blank after it nothing tells name and text apart,
 * and the text stays whole.
 */
function withoutBotName(said: string): string {
	return said.replace(/^\s*@\S+\s+/, '').trim();
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
