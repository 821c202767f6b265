import { isoTime, type DecodedMessage, type Sender } from '../message';
import { Refused } from '../verify';
import { asFields, asNumber, asText, jsonFields, type Fields } from '../fields';
import { actorOf, personOf } from './actor';
import { readContent } from './content';
import { mentionedIn, mentionsOf } from './mentions';

export interface FeishuDecodeContext {
	nowMs: number;
	/**
	 * The bot's own id (bot/v3/info). Without it a group message's mention of the bot is told by the type
	 * that Feishu gives to it, or by its lack of a user_id, which only people have; two such mentions cannot
	 * be told apart and both stay.
	 */
	botOpenId?: string;
}

/** What both versions of the envelope say. */
interface Envelope {
	type: string;
	/** Another one for every delivery of the same message, the same one for any other event. */
	id: string;
	sentAt: string;
	event: Fields;
	/** The payload without the Verification Token, which is a secret of the credential. */
	raw: Fields;
}

/** Reads the plain payload of a callback or of the long connection. Throws `Refused` where it is none. */
export function decode(payload: Fields, context: FeishuDecodeContext): DecodedMessage {
	const envelope = readEnvelope(payload, context.nowMs);
	if (envelope.type === 'im.message.receive_v1') return decodeMessage(envelope, context);
	if (envelope.type === 'card.action.trigger') return decodeAction(envelope, context.nowMs);
	return decodeEvent(envelope, context.nowMs);
}

function readEnvelope(payload: Fields, nowMs: number): Envelope {
	const event = asFields(payload.event);
	const header = asFields(payload.header);
	const type = asText(header.event_type) || asText(event.type);
	const id = asText(header.event_id) || asText(payload.uuid);
	if (!type || !id) throw new Refused('malformed');
	return {
		type,
		id,
		sentAt: timeOf(header.create_time ?? payload.ts, nowMs),
		event,
		raw: withoutToken({
			...payload,
			...(payload.header !== undefined && { header: withoutToken(header) }),
		}),
	};
}

function withoutToken(from: Fields): Fields {
	return Object.fromEntries(Object.entries(from).filter(([name]) => name !== 'token'));
}

function decodeMessage({ event, raw }: Envelope, context: FeishuDecodeContext): DecodedMessage {
	const { nowMs } = context;
	const message = asFields(event.message);
	const messageId = asText(message.message_id);
	const conversationId = asText(message.chat_id);
	const type = asText(message.message_type);
	if (!messageId || !conversationId || !type) throw new Refused('malformed');
	const isGroup = message.chat_type !== 'p2p';
	const threadId = asText(message.thread_id);
	const rootId = asText(message.root_id);
	const mentioned = mentionedIn(message, isGroup, context.botOpenId);
	// JSON as text. One that cannot be read leaves a message without a text, not none.
	const read = readContent(type, jsonFields(message.content), mentioned.list);
	return {
		platform: 'feishu',
		kind: 'message',
		// Not the event's id: a message that is delivered again has a new one.
		messageId,
		conversationId,
		conversationType: isGroup ? 'group' : 'direct',
		...(threadId && { threadId }),
		sender: senderOf(asFields(event.sender)),
		...read.content,
		mentions: mentionsOf(mentioned.list, read.everybody),
		mentionedBot: mentioned.bot,
		replyTo: {
			platform: 'feishu',
			messageId,
			conversationId,
			...(threadId && { threadId }),
			...(rootId && { rootId }),
		},
		...(asText(message.parent_id) && { quote: { messageId: asText(message.parent_id) } }),
		sentAt: timeOf(message.create_time, nowMs),
		receivedAt: isoTime(nowMs, nowMs),
		raw,
	};
}

/** A button or form of a card. Feishu never delivers these again. */
function decodeAction({ id, event, sentAt, raw }: Envelope, nowMs: number): DecodedMessage {
	const action = asFields(event.action);
	const context = asFields(event.context);
	// In front of version 2.0 they stood beside the action.
	const cardId = asText(context.open_message_id) || asText(event.open_message_id);
	const conversationId = asText(context.open_chat_id) || asText(event.open_chat_id);
	const form = filledIn(action);
	return {
		platform: 'feishu',
		kind: 'action',
		messageId: id,
		conversationId,
		// Feishu does not say which: a group asks for more care.
		conversationType: 'group',
		sender: personOf(asFields(event.operator)),
		contentType: 'card',
		text: '',
		mentions: [],
		mentionedBot: false,
		attachments: [],
		...(cardId && {
			replyTo: { platform: 'feishu', messageId: cardId, conversationId, actionId: id },
		}),
		action: {
			id: actionId(action),
			...(action.value !== undefined && { value: action.value }),
			...(form !== undefined && { form }),
			...(cardId && { cardId }),
		},
		sentAt,
		receivedAt: isoTime(nowMs, nowMs),
		raw,
	};
}

/**
 * Reads a card's action of the kind before version 2.0 (`card.action.trigger_v1`), which has no envelope: the
 * person, the card and the action stand beside each other.
 * @param id there is none in the payload
 */
export function decodeLegacyAction(payload: Fields, id: string, nowMs: number): DecodedMessage {
	const action = asFields(payload.action);
	const operator = personFields(payload);
	if (!Object.keys(action).length || !personOf(operator).id) throw new Refused('malformed');
	const event = { ...payload, operator };
	const sentAt = isoTime(nowMs, nowMs);
	return decodeAction({ type: '', id, event, sentAt, raw: withoutToken(payload) }, nowMs);
}

const personFields = ({ open_id, user_id, union_id }: Fields): Fields => ({
	open_id,
	user_id,
	union_id,
});

function decodeEvent({ type, id, event, sentAt, raw }: Envelope, nowMs: number): DecodedMessage {
	const conversationId = asText(event.chat_id) || asText(event.open_chat_id);
	const isDirect = !conversationId || /p2p/.test(type) || event.chat_type === 'p2p';
	return {
		platform: 'feishu',
		kind: 'event',
		messageId: id,
		conversationId,
		conversationType: isDirect ? 'direct' : 'group',
		sender: actorOf(event),
		contentType: 'unknown',
		text: '',
		mentions: [],
		mentionedBot: false,
		attachments: [],
		event: { type, data: event },
		sentAt,
		receivedAt: isoTime(nowMs, nowMs),
		raw,
	};
}

function senderOf(sender: Fields): Sender {
	const type = asText(sender.sender_type);
	return {
		...personOf(asFields(sender.sender_id)),
		...(type !== '' && type !== 'user' && { isBot: true }),
	};
}

/** What tells buttons apart: the component's name, else what its value says. */
function actionId({ name, value, tag }: Fields): string {
	const { action, id } = asFields(value);
	return asText(name) || asText(value) || asText(action) || asText(id) || asText(tag);
}

/** What the person chose or wrote, beside the fixed value of the component. */
function filledIn(action: Fields): unknown {
	const { form_value: form, option, options, input_value: input, checked } = action;
	return form ?? option ?? options ?? input ?? checked;
}

/** ISO 8601 of a time in s, ms or µs: Feishu's events differ in it, therefore its size decides. */
function timeOf(value: unknown, nowMs: number): string {
	const time = asNumber(value);
	const ms = time < 1e11 ? time * 1000 : time < 1e14 ? time : time / 1000;
	return isoTime(ms, nowMs);
}
