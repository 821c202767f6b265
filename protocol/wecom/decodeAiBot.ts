import { isoTime, type DecodedMessage } from '../message';
import { trimText } from '../text';
import { Refused } from '../verify';
import { withoutOwnMention } from './botName';
import { asFields, asList, asNumber, asText, type Fields } from '../fields';
import { quoteOf, readContent } from './content';

/* What an AI bot (智能机器人) is sent: JSON, from one person or from a group that mentions it. */

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

/** Chosen option ids by question. */
function selectedItems(selected: Fields): Record<string, string[]> {
	return Object.fromEntries(
		asList(selected.selected_item)
			.map(asFields)
			.map((item) => {
				const ids = asList(asFields(item.option_ids).option_id);
				return [asText(item.question_key), ids.map(asText)];
			}),
	);
}
