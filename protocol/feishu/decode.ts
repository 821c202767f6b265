import { isoTime, type BotMessage, type Mention, type Sender } from '../message';
import { Refused } from '../verify';
import {
	ALL_NAME,
	fields,
	mentionsAll,
	readContent,
	text,
	type Fields,
	type Mentioned,
} from './content';

export interface DecodeContext {
	nowMs: number;
	/**
	 * The bot's own id (bot/v3/info). Without it a group message's mention of the bot is told by its lack
	 * of a user_id, which only people have; two such mentions cannot be told apart and both stay.
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
export function decode(payload: Fields, context: DecodeContext): BotMessage {
	const envelope = readEnvelope(payload, context.nowMs);
	if (envelope.type === 'im.message.receive_v1') return decodeMessage(envelope, context);
	if (envelope.type === 'card.action.trigger') return decodeAction(envelope, context.nowMs);
	return decodeEvent(envelope, context.nowMs);
}

function readEnvelope(payload: Fields, nowMs: number): Envelope {
	const event = fields(payload.event);
	const header = fields(payload.header);
	const type = text(header.event_type) || text(event.type);
	const id = text(header.event_id) || text(payload.uuid);
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

function decodeMessage({ event, raw }: Envelope, context: DecodeContext): BotMessage {
	const { nowMs } = context;
	const message = fields(event.message);
	const messageId = text(message.message_id);
	const conversationId = text(message.chat_id);
	const type = text(message.message_type);
	if (!messageId || !conversationId || !type) throw new Refused('malformed');
	const isGroup = message.chat_type !== 'p2p';
	const mentioned = mentionedIn(message, isGroup, context.botOpenId);
	const content = contentOf(message);
	return {
		platform: 'feishu',
		kind: 'message',
		// Not the event's id: a message that is delivered again has a new one.
		messageId,
		conversationId,
		conversationType: isGroup ? 'group' : 'direct',
		sender: senderOf(fields(event.sender)),
		...readContent(type, content, mentioned.list),
		mentions: mentionsOf(mentioned.list, mentionsAll(type, content)),
		mentionedBot: mentioned.bot,
		replyTo: { platform: 'feishu', messageId, conversationId },
		...(text(message.parent_id) && { quotedMessageId: text(message.parent_id) }),
		sentAt: timeOf(message.create_time, nowMs),
		receivedAt: isoTime(nowMs, nowMs),
		raw,
	};
}

/** A button or form of a card. Feishu never delivers these again. */
function decodeAction({ id, event, sentAt, raw }: Envelope, nowMs: number): BotMessage {
	const action = fields(event.action);
	const context = fields(event.context);
	const cardId = text(context.open_message_id);
	const conversationId = text(context.open_chat_id);
	const form = filledIn(action);
	return {
		platform: 'feishu',
		kind: 'action',
		messageId: id,
		conversationId,
		// Feishu does not say which: a group asks for more care.
		conversationType: 'group',
		sender: personOf(fields(event.operator)),
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

function decodeEvent({ type, id, event, sentAt, raw }: Envelope, nowMs: number): BotMessage {
	const conversationId = text(event.chat_id) || text(event.open_chat_id);
	const isDirect = !conversationId || /p2p/.test(type) || event.chat_type === 'p2p';
	const person = [event.operator_id, event.operator, event.user_id, event].map(fields);
	return {
		platform: 'feishu',
		kind: 'event',
		messageId: id,
		conversationId,
		conversationType: isDirect ? 'direct' : 'group',
		sender: personOf(person.find(({ open_id: openId }) => text(openId)) ?? {}),
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

/** `content` is JSON as text. One that cannot be read leaves a message without a text, not none. */
function contentOf(message: Fields): Fields {
	try {
		return fields(JSON.parse(text(message.content)));
	} catch {
		return {};
	}
}

function senderOf(sender: Fields): Sender {
	const type = text(sender.sender_type);
	return {
		...personOf(fields(sender.sender_id)),
		...(type !== '' && type !== 'user' && { isBot: true }),
	};
}

/** The open_id is always there; user_id only with a permission that may come and go. */
function personOf(ids: Fields): Sender {
	return {
		id: text(ids.open_id) || text(ids.user_id),
		...(text(ids.union_id) && { unionId: text(ids.union_id) }),
	};
}

function mentionedIn(
	message: Fields,
	isGroup: boolean,
	botOpenId: string | undefined,
): { list: Mentioned[]; bot: boolean } {
	const all = Array.isArray(message.mentions) ? message.mentions.map(fields) : [];
	const idOf = (mention: Fields): string => text(fields(mention.id).open_id) || text(mention.id);
	const bots = botOpenId
		? all.filter((mention) => idOf(mention) === botOpenId)
		: all.filter((mention) => isGroup && !text(fields(mention.id).user_id));
	const own = botOpenId || bots.length === 1 ? bots : [];
	const list = all.map((mention) => ({
		key: text(mention.key),
		openId: idOf(mention),
		name: text(mention.name),
		isBot: own.includes(mention),
	}));
	return { list, bot: bots.length > 0 };
}

function mentionsOf(mentioned: Mentioned[], everybody: boolean): Mention[] {
	const people = mentioned
		.filter(({ isBot }) => !isBot)
		.map(({ openId, name }) => ({ ...(openId && { id: openId }), ...(name && { name }) }));
	return everybody ? [...people, { name: ALL_NAME, all: true }] : people;
}

/** What tells buttons apart: the component's name, else what its value says. */
function actionId({ name, value, tag }: Fields): string {
	const { action, id } = fields(value);
	return text(name) || text(value) || text(action) || text(id) || text(tag);
}

/** What the person chose or wrote, beside the fixed value of the component. */
function filledIn(action: Fields): unknown {
	const { form_value: form, option, options, input_value: input, checked } = action;
	return form ?? option ?? options ?? input ?? checked;
}

/** ISO 8601 of a time in s, ms or µs: Feishu's events differ in it, therefore its size decides. */
function timeOf(value: unknown, nowMs: number): string {
	const time = Number(text(value));
	const ms = time < 1e11 ? time * 1000 : time < 1e14 ? time : time / 1000;
	return isoTime(ms, nowMs);
}
