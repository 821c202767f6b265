import type { Json } from '../http.ts';
import type { BotAnswer, Readable, UserMessage } from '../messages.ts';
import type { World } from '../world.ts';
import {
	FrameRefusal,
	readCard,
	readStream,
	readWelcome,
	readWhole,
	type StreamPart,
} from './aibot-replies.ts';
import { newMessageId } from './webhook-api.ts';

/** A stream is written from the user's message on. */
const STREAM_LIFE_MS = 6 * 60_000;
/** A welcome and an update of a card. */
const EVENT_ANSWER_MS = 5000;
/** More are not remembered. */
const CAPACITY = 10_000;

/** What the ledger says of a frame that was taken. */
export interface Taken {
	kind: 'reply' | 'update' | 'send';
	messageId: string;
	replyTo?: string;
	conversation: string;
	text: string;
}

/** A callback that may be answered by its `req_id`. */
interface Callback {
	message: UserMessage;
	streams: Map<string, { messageId: string; isFinished: boolean }>;
}

const invalidRequest = () => new FrameRefusal(846605, 'invalid req_id');

/** The answers to what came by one connection; another connection knows nothing of it. */
export function createAiBotAnswers(world: World) {
	const callbacks = new Map<string, Callback>();

	const show = (message: UserMessage, readable: Readable, via: string): Taken => {
		const messageId = newMessageId();
		world.messages.answer(message, { ...readable, messageId, via, linked: 'exact' });
		const { id: replyTo, conversation } = message;
		return { kind: 'reply', messageId, replyTo, conversation, text: readable.text };
	};

	const rewrite = (answers: BotAnswer[], text: string) => {
		for (const answer of answers) {
			answer.text = text;
			answer.edits += 1;
		}
	};

	const showStream = ({ message, streams }: Callback, part: StreamPart): Taken => {
		const open = streams.get(part.id);
		if (open?.isFinished) throw new FrameRefusal(40058, 'the stream is finished');
		if (!open) {
			const { text, format } = part;
			const taken = show(message, { text, format }, 'aibot_respond_msg');
			streams.set(part.id, { messageId: taken.messageId, isFinished: part.isLast });
			return taken;
		}
		open.isFinished = part.isLast;
		rewrite(world.messages.sent(open.messageId) ?? [], part.text);
		const { id: replyTo, conversation } = message;
		return { kind: 'update', messageId: open.messageId, replyTo, conversation, text: part.text };
	};

	const inTime = (reqId: string, eventType: string): UserMessage => {
		const message = callbacks.get(reqId)?.message;
		const isThat = message?.contentType === 'event' && message.eventType === eventType;
		if (!isThat || world.clock.now() > message.at + EVENT_ANSWER_MS) throw invalidRequest();
		return message;
	};

	return {
		/** From now on it may be answered. */
		expect(reqId: string, message: UserMessage) {
			callbacks.set(reqId, { message, streams: new Map() });
			if (callbacks.size > CAPACITY) callbacks.delete(callbacks.keys().next().value!);
		},
		/** `aibot_respond_msg`. @throws FrameRefusal */
		respond(reqId: string, body: Json): Taken {
			const callback = callbacks.get(reqId);
			if (!callback || callback.message.contentType === 'event') throw invalidRequest();
			const { message, streams } = callback;
			if (world.clock.now() > message.at + STREAM_LIFE_MS)
				throw new FrameRefusal(846608, 'stream message update expired');
			if (body.msgtype !== 'stream' && body.msgtype !== 'stream_with_template_card')
				return show(message, readWhole(body, world, { markdown: false }), 'aibot_respond_msg');
			const part = readStream(body.stream, (id) => !streams.has(id));
			const card = body.template_card && readCard(body.template_card);
			const taken = showStream(callback, part);
			if (card) show(message, card, 'aibot_respond_msg');
			return taken;
		},
		/** `aibot_respond_welcome_msg`. @throws FrameRefusal */
		welcome(reqId: string, body: Json): Taken {
			const message = inTime(reqId, 'enter_chat');
			return show(message, readWelcome(body), 'aibot_respond_welcome_msg');
		},
		/** `aibot_respond_update_msg`. @throws FrameRefusal */
		update(reqId: string, body: Json): Taken {
			const message = inTime(reqId, 'template_card_event');
			if (body.response_type !== 'update_template_card')
				throw new FrameRefusal(40058, 'invalid response_type');
			const readable = readCard(body.template_card);
			if (message.event?.task_id && body.template_card.task_id !== message.event.task_id)
				throw new FrameRefusal(42016, 'invalid task_id');
			return show(message, readable, 'aibot_respond_update_msg');
		},
		/** `aibot_send_msg`: to a person or a group, of the bot's own accord. @throws FrameRefusal */
		send(body: Json): Taken {
			const chat = String(body.chatid ?? '');
			const isKnown = world.people.person(chat) ?? world.people.chat('wecom', chat);
			if (!isKnown) throw new FrameRefusal(40058, 'invalid chatid');
			const readable = readWhole(body, world, { markdown: true });
			const message = world.messages.guess('wecom', chat, readable.text);
			const messageId = newMessageId();
			const via = 'aibot_send_msg';
			world.messages.answer(message, { ...readable, messageId, via, linked: 'guess' });
			const { text } = readable;
			return { kind: 'send', messageId, replyTo: message?.id, conversation: chat, text };
		},
	};
}
