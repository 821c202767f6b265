import {
	isoTime,
	type Attachment,
	type DecodedMessage,
	type ContentType,
	type Mention,
	type ReplyTo,
} from '../message';
import { Refused } from '../verify';
import { asFields, asNumber, asText, type Fields } from '../fields';

const CONTENT_TYPES: ReadonlyMap<string, ContentType> = new Map([
	['text', 'text'],
	['richText', 'richText'],
	['picture', 'image'],
	['audio', 'audio'],
	['video', 'video'],
	['file', 'file'],
]);

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
	const contentType = CONTENT_TYPES.get(type) ?? 'unknown';
	const content = asFields(body.content);
	const isGroup = asText(body.conversationType) === '2';
	const conversationType = isGroup ? 'group' : 'direct';
	const staffId = asText(body.senderStaffId);
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
		contentType,
		text: plainText(contentType, body, content),
		mentions: mentionsOf(body),
		// DingTalk delivers group messages only where the bot is mentioned.
		mentionedBot: isGroup || body.isInAtList === true,
		attachments: attachmentsOf(contentType, content),
		replyTo: replyTo(body, { messageId, conversationId, conversationType, staffId }, context),
		...(asText(body.originalMsgId) && { quote: { messageId: asText(body.originalMsgId) } }),
		sentAt: isoTime(asNumber(body.createAt), context.nowMs),
		receivedAt: isoTime(context.nowMs, context.nowMs),
		raw: body,
	};
}

/** Reads an event of the encrypted event subscription. DingTalk gives events no id of their own. */
export function decodeEvent(event: Fields, id: string, nowMs: number): DecodedMessage {
	const type = asText(event.EventType);
	if (!type) throw new Refused('malformed');
	return {
		platform: 'dingtalk',
		kind: 'event',
		messageId: id,
		conversationId: asText(event.ChatId),
		conversationType: 'direct',
		sender: { id: asText(event.operatorUserId) || asText(event.staffId) },
		contentType: 'unknown',
		text: '',
		mentions: [],
		mentionedBot: false,
		attachments: [],
		event: { type, data: event },
		sentAt: isoTime(asNumber(event.TimeStamp), nowMs),
		receivedAt: isoTime(nowMs, nowMs),
		raw: event,
	};
}

function plainText(type: ContentType, body: Fields, content: Fields): string {
	// The mention of the bot is taken out by DingTalk; the blank after it stays.
	if (type === 'text') return asText(asFields(body.text).content).trim();
	if (type === 'audio') return asText(content.recognition).trim();
	if (type !== 'richText' || !Array.isArray(content.richText)) return '';
	return content.richText
		.map((part) => asText(asFields(part).text))
		.join('')
		.trim();
}

function attachmentsOf(type: ContentType, content: Fields): Attachment[] {
	if (type === 'richText' && Array.isArray(content.richText)) {
		return content.richText.flatMap((part) => pictureOf(asFields(part)));
	}
	const key = asText(content.downloadCode);
	const durationMs = asNumber(content.duration);
	if (!key || type === 'text' || type === 'unknown') return [];
	return [
		{
			kind: type as Attachment['kind'],
			key,
			...(asText(content.fileName) && { name: asText(content.fileName) }),
			...(durationMs > 0 && { durationMs }),
		},
	];
}

function pictureOf(part: Fields): Attachment[] {
	const key = asText(part.downloadCode);
	return part.type === 'picture' && key ? [{ kind: 'image', key }] : [];
}

function mentionsOf(body: Fields): Mention[] {
	if (!Array.isArray(body.atUsers)) return [];
	const bot = asText(body.chatbotUserId);
	return body.atUsers
		.map(asFields)
		.filter((user) => asText(user.dingtalkId) !== bot)
		.map((user) => ({ id: asText(user.staffId) || asText(user.dingtalkId) }));
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
