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
export class AiBotAnswers {
	private readonly world: World;
	private readonly bot: { botId: string | undefined };
	private readonly callbacks = new Map<string, Callback>();

	/** @param bot whose answers these are, once it has subscribed */
	constructor(world: World, bot: { botId: string | undefined }) {
		this.world = world;
		this.bot = bot;
	}

	/** From now on it may be answered. */
	expect(reqId: string, message: UserMessage) {
		this.callbacks.set(reqId, { message, streams: new Map() });
		if (this.callbacks.size > CAPACITY) this.callbacks.delete(this.callbacks.keys().next().value!);
	}

	/** `aibot_respond_msg`. @throws FrameRefusal */
	respond(reqId: string, body: Json): Taken {
		const callback = this.callbacks.get(reqId);
		if (!callback || callback.message.contentType === 'event') throw invalidRequest();
		const { message, streams } = callback;
		if (this.world.clock.now() > message.at + STREAM_LIFE_MS)
			throw new FrameRefusal(846608, 'stream message update expired');
		if (body.msgtype !== 'stream' && body.msgtype !== 'stream_with_template_card') {
			const whole = readWhole(body, this.world, { markdown: false });
			return this.show(message, whole, 'aibot_respond_msg');
		}
		const part = readStream(body.stream, (id) => !streams.has(id));
		const card = body.template_card && readCard(body.template_card);
		const taken = this.showStream(callback, part);
		if (card) this.show(message, card, 'aibot_respond_msg');
		return taken;
	}

	/** `aibot_respond_welcome_msg`. @throws FrameRefusal */
	welcome(reqId: string, body: Json): Taken {
		const message = this.inTime(reqId, 'enter_chat');
		return this.show(message, readWelcome(body), 'aibot_respond_welcome_msg');
	}

	/** `aibot_respond_update_msg`. @throws FrameRefusal */
	update(reqId: string, body: Json): Taken {
		const message = this.inTime(reqId, 'template_card_event');
		if (body.response_type !== 'update_template_card')
			throw new FrameRefusal(40058, 'invalid response_type');
		const readable = readCard(body.template_card);
		if (message.event?.task_id && body.template_card.task_id !== message.event.task_id)
			throw new FrameRefusal(42016, 'invalid task_id');
		return this.show(message, readable, 'aibot_respond_update_msg');
	}

	/** `aibot_send_msg`: to a person or a group, of the bot's own accord. @throws FrameRefusal */
	send(body: Json): Taken {
		const { people, messages } = this.world;
		const chat = String(body.chatid ?? '');
		const isKnown = people.person(chat) ?? people.chat('wecom', chat);
		if (!isKnown) throw new FrameRefusal(40058, 'invalid chatid');
		const readable = readWhole(body, this.world, { markdown: true });
		const message = messages.guess(this.bot.botId!, chat, readable.text);
		const messageId = newMessageId();
		messages.answer(message, { ...readable, messageId, via: 'aibot_send_msg', linked: 'guess' });
		const { text } = readable;
		return { kind: 'send', messageId, replyTo: message?.id, conversation: chat, text };
	}

	private show(message: UserMessage, readable: Readable, via: string): Taken {
		const messageId = newMessageId();
		this.world.messages.answer(message, { ...readable, messageId, via, linked: 'exact' });
		const { id: replyTo, conversation } = message;
		return { kind: 'reply', messageId, replyTo, conversation, text: readable.text };
	}

	private showStream({ message, streams }: Callback, part: StreamPart): Taken {
		const open = streams.get(part.id);
		if (open?.isFinished) throw new FrameRefusal(40058, 'the stream is finished');
		if (!open) {
			const { text, format } = part;
			const taken = this.show(message, { text, format }, 'aibot_respond_msg');
			streams.set(part.id, { messageId: taken.messageId, isFinished: part.isLast });
			return taken;
		}
		open.isFinished = part.isLast;
		rewrite(this.world.messages.sent(open.messageId) ?? [], part.text);
		const { id: replyTo, conversation } = message;
		return { kind: 'update', messageId: open.messageId, replyTo, conversation, text: part.text };
	}

	private inTime(reqId: string, eventType: string): UserMessage {
		const message = this.callbacks.get(reqId)?.message;
		const isThat = message?.contentType === 'event' && message.eventType === eventType;
		if (!isThat || this.world.clock.now() > message.at + EVENT_ANSWER_MS) throw invalidRequest();
		return message;
	}
}

function rewrite(answers: BotAnswer[], text: string) {
	for (const answer of answers) {
		answer.text = text;
		answer.edits += 1;
	}
}
