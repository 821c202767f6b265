import { asFields, asList, asNumber, asText, jsonText } from '../fields';
import { isoTime, type DecodedMessage } from '../message';
import { Refused, parseObject } from '../verify';
import type { StreamFrame } from './stream';

/**
 * Reads a pressed button or a sent form of an interactive card (互动卡片), which the stream brings. DingTalk
 * sends none again, and the same button can be pressed twice: the frame's own id tells one press from the next.
 * Throws `Refused` where it is none.
 */
export function decodeAction({ headers, data }: StreamFrame, nowMs: number): DecodedMessage {
	const body = parseObject(data);
	const messageId = headers.messageId ?? '';
	const cardId = asText(body.outTrackId);
	if (!messageId || !cardId) throw new Refused('malformed');
	const pressed = asFields(parseObject(jsonText(body.content ?? {})).cardPrivateData);
	const userId = asText(body.userId);
	const conversationId = asText(body.spaceId);
	// `IM_ROBOT` is the conversation with the robot itself. A group asks for more care.
	const isDirect = /ROBOT/i.test(asText(body.spaceType));
	const conversationType = isDirect ? 'direct' : 'group';
	const where = { messageId, conversationId, conversationType } as const;
	return {
		platform: 'dingtalk',
		kind: 'action',
		...where,
		sender: { id: userId },
		contentType: 'card',
		text: '',
		mentions: [],
		mentionedBot: false,
		attachments: [],
		...(conversationId && {
			replyTo: { platform: 'dingtalk', ...where, ...(userId && { userId }) },
		}),
		action: {
			id: asText(asList(pressed.actionIds)[0]),
			...(pressed.params !== undefined && { value: pressed.params }),
			cardId,
		},
		sentAt: isoTime(asNumber(headers.time), nowMs),
		receivedAt: isoTime(nowMs, nowMs),
		raw: body,
	};
}
