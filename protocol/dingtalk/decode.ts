import { isoTime, type DecodedMessage, type Mention, type ReplyTo } from '../message';
import { Refused, parseObject } from '../verify';
import { asFields, asList, asNumber, asText, type Fields } from '../fields';
import { quoteOf, readContent } from './content';
import type { StreamFrame } from './stream';

export interface DingTalkDecodeContext {
	nowMs: number;
	/** Whether answers may be sent to this session webhook: the body that names it is not signed. */
	isTrustedUrl(url: string): boolean;
}

/** Reads a robot message (HTTP callback or stream). Throws `Refused` where it is none. */
export function decodeMessage(body: Fields, context: DingTalkDecodeContext): DecodedMessage {
	const messageId = asText(body.msgId);
	const conversationId = asText(body.conversationId);
	const type = asText(body.msgtype);
	if (!messageId || !conversationId || !type) throw new Refused('malformed');
	const isGroup = asText(body.conversationType) === '2';
	const conversationType = isGroup ? 'group' : 'direct';
	const staffId = asText(body.senderStaffId);
	const content = readContent(type, type === 'text' ? body.text : body.content);
	const mentions = mentionsOf(body);
	const quote = quoteOf(body);
	return {
		platform: 'dingtalk',
		kind: 'message',
		messageId,
		conversationId,
		conversationType,
		sender: {
			// The staff id is missing for people outside the company.
			id: staffId || asText(body.senderId),
			...(asText(body.senderNick) && { name: asText(body.senderNick) }),
			...(asText(body.senderUnionId) && { unionId: asText(body.senderUnionId) }),
		},
		...content,
		text: withMentions(content.text, mentions),
		mentions: mentions.map(({ id, dingTalkId }) => ({ id: id || dingTalkId })),
		// Of a group DingTalk delivers what mentions the bot; where it delivers more, it says so.
		mentionedBot: isGroup ? body.isInAtList !== false : body.isInAtList === true,
		replyTo: replyTo(body, { messageId, conversationId, conversationType, staffId }, context),
		...(quote && { quote }),
		sentAt: isoTime(asNumber(body.createAt), context.nowMs),
		receivedAt: isoTime(context.nowMs, context.nowMs),
		raw: body,
	};
}

/** Reads an event of the encrypted event subscription. DingTalk gives events no id of their own there. */
export function decodeEvent(event: Fields, id: string, nowMs: number): DecodedMessage {
	return eventOf(event, { type: asText(event.EventType), id, time: event.TimeStamp }, nowMs);
}

/** Reads an event of the stream: its type, id and time stand in the headers. Throws `Refused` where it is none. */
export function decodeStreamEvent({ headers, data }: StreamFrame, nowMs: number): DecodedMessage {
	// Some events say no more than that they have happened.
	const event = data === '' ? {} : parseObject(data);
	const type = headers.eventType || asText(event.EventType);
	const id = headers.eventId || headers.messageId || '';
	return eventOf(event, { type, id, time: headers.eventBornTime || headers.time }, nowMs);
}

function eventOf(
	event: Fields,
	{ type, id, time }: { type: string; id: string; time: unknown },
	nowMs: number,
): DecodedMessage {
	if (!type || !id) throw new Refused('malformed');
	const conversationId = fieldOf(event, 'openConversationId') || fieldOf(event, 'chatId');
	const unionId = fieldOf(event, 'operatorUnionId');
	return {
		platform: 'dingtalk',
		kind: 'event',
		messageId: id,
		conversationId,
		conversationType: conversationId ? 'group' : 'direct',
		sender: { id: operatorOf(event), ...(unionId && { unionId }) },
		contentType: 'unknown',
		text: '',
		mentions: [],
		mentionedBot: false,
		attachments: [],
		event: { type, data: event },
		sentAt: isoTime(asNumber(time), nowMs),
		receivedAt: isoTime(nowMs, nowMs),
		raw: event,
	};
}

/** Who did it; events of approvals and attendance name the person whom they are about. */
function operatorOf(event: Fields): string {
	const names = ['operatorUserId', 'operator', 'optStaffId', 'staffId'];
	return names.map((name) => fieldOf(event, name)).find((id) => id !== '') ?? '';
}

/** A field by either way of writing its name: `ChatId` over HTTP, `chatId` in the stream. */
function fieldOf(event: Fields, name: string): string {
	const upper = name.charAt(0).toUpperCase() + name.slice(1);
	const own = [name, upper].filter((key) => Object.hasOwn(event, key));
	return own.map((key) => asText(event[key])).find((text) => text !== '') ?? '';
}

interface Mentioned extends Mention {
	/** The person's id in the company; empty for people outside it. */
	id: string;
	dingTalkId: string;
}

function mentionsOf(body: Fields): Mentioned[] {
	const bot = asText(body.chatbotUserId);
	return asList(body.atUsers)
		.map(asFields)
		.map((user) => ({ id: asText(user.staffId), dingTalkId: asText(user.dingtalkId) }))
		.filter(({ id, dingTalkId }) => dingTalkId !== bot && (id || dingTalkId));
}

/** Somebody is named already. The `@` of an address names nobody. */
const NAMED = /(?<![\w.+-])@/;

/** Where a mention was taken out, two blanks are left. */
const GAP = /(\S) {2,}(?=\S)/g;

/**
 * DingTalk takes mentions of people out of a text and says only their ids, so these are put back: into the
 * gaps where there is one for each, else behind the text. A command keeps its form.
 */
function withMentions(text: string, mentions: Mentioned[]): string {
	const names = mentions.filter(({ id }) => id !== '').map(({ id }) => `@${id}`);
	if (names.length === 0 || text === '' || NAMED.test(text)) return text;
	if (text.match(GAP)?.length === names.length) {
		return text.replace(GAP, (_, before: string) => `${before} ${names.shift()} `);
	}
	return text.startsWith('/') ? text : `${text} ${names.join(' ')}`;
}

function replyTo(
	body: Fields,
	ids: {
		messageId: string;
		conversationId: string;
		conversationType: 'direct' | 'group';
		staffId: string;
	},
	context: DingTalkDecodeContext,
): ReplyTo {
	const { staffId, ...rest } = ids;
	const webhook = asText(body.sessionWebhook);
	return {
		platform: 'dingtalk',
		...rest,
		...(staffId && { userId: staffId }),
		...(webhook &&
			context.isTrustedUrl(webhook) && {
				sessionWebhook: webhook,
				sessionExpiresAt: asNumber(body.sessionWebhookExpiredTime) || 0,
			}),
	};
}
