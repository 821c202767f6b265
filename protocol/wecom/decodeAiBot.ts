import { isoTime, type DecodedMessage, type ReplyTo } from '../message';
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
	/** When the callback was signed, or came by the connection: messages carry no time of their own. */
	signedAtMs: number;
	/** Of the callback on a connection; the answer goes by it, and by no address. */
	reqId?: string;
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

function envelope(body: Fields, context: AiBotContext): DecodedMessage {
	const { nowMs, signedAtMs } = context;
	const messageId = asText(body.msgid);
	if (!messageId) throw new Refused('malformed');
	const userId = asText(asFields(body.from).userid);
	const isGroup = body.chattype === 'group';
	const chatId = isGroup ? asText(body.chatid) : '';
	const replyTo = replyToOf(body, { userId, chatId }, context);
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
		...(replyTo && { replyTo }),
		sentAt: isoTime(asNumber(body.create_time) * 1000, signedAtMs),
		receivedAt: isoTime(nowMs, nowMs),
		raw: body,
	};
}

function replyToOf(
	body: Fields,
	{ userId, chatId }: { userId: string; chatId: string },
	{ signedAtMs, reqId }: AiBotContext,
): ReplyTo | undefined {
	const messageId = asText(body.msgid);
	const place = { userId, ...(chatId && { chatId }) };
	const common = { platform: 'wecom', messageId, bot: 'aiBot', ...place } as const;
	if (reqId !== undefined) return byConnection(body, { ...common, reqId });
	const responseUrl = asText(body.response_url);
	if (!responseUrl) return undefined;
	return { ...common, responseUrl, expiresAt: signedAtMs + RESPONSE_LIFE_MS };
}

/** Undefined where there is nothing to answer. */
function byConnection(
	{ msgtype, event }: Fields,
	replyTo: Extract<ReplyTo, { reqId: string }>,
): ReplyTo | undefined {
	if (!replyTo.userId && !replyTo.chatId) return undefined;
	if (msgtype !== 'event') return { ...replyTo, takes: 'answer' };
	const type = asText(asFields(event).eventtype);
	if (type === 'enter_chat') return { ...replyTo, takes: 'welcome' };
	return type === 'template_card_event' ? replyTo : undefined;
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
