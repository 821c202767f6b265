export type SimulatedPlatform = 'dingtalk' | 'feishu' | 'wecom';
export type Bot = 'app' | 'aibot' | 'events';

/** What a message answers. */
export interface QuotedMessage {
	messageId: string;
	text: string;
	/** Left out: the bot's. */
	from?: string;
}

/** What a user typed, as kept by the platform. */
export interface UserMessage {
	id: string;
	platform: SimulatedPlatform;
	bot: Bot;
	from: string;
	/** The platform's id of the chat: for a direct chat the person's id (Feishu: the p2p chat id). */
	conversation: string;
	type: 'direct' | 'group';
	text: string;
	contentType: string;
	/** Sandbox clock, ms. */
	at: number;
	encrypted: boolean;
	/** Of `contentType: "event"`: the platform's own event name and fields. */
	eventType?: string;
	event?: Record<string, unknown>;
	/** DingTalk session or WeCom response code that this message carries for replies. */
	replySecret?: string;
	/** Sandbox clock, ms. */
	replyExpires?: number;
	replyUsed?: boolean;
	file?: string;
	/** Where it is delivered to instead of the callback of its bot. */
	url?: string;
	quote?: QuotedMessage;
	/** Feishu's topic, in a group. */
	thread?: string;
	/** Only in a group. */
	mentionsBot: boolean;
	answers: BotAnswer[];
}

/** What the user sees of the bot. */
export interface BotAnswer {
	/** ISO 8601, machine time. */
	at: string;
	messageId: string;
	text: string;
	format: string;
	/** The API that brought it: `sessionWebhook`, `reply`, `send`, `passive` … */
	via: string;
	/** `exact`: the call named the message. `guess`: the API has no such field, see `Messages.guess`. */
	linked: 'exact' | 'guess';
	edits: number;
	recalled: boolean;
}

/** What people can read of a message. */
export type Readable = Pick<BotAnswer, 'text' | 'format'>;

const CAPACITY = 50_000;

export type Messages = ReturnType<typeof createMessages>;

export function createMessages() {
	let byId = new Map<string, UserMessage>();
	let bySecret = new Map<string, UserMessage>();
	/** One send to several people is one message id and several answers. */
	let bySentId = new Map<string, BotAnswer[]>();
	/** Messages of one chat that nobody has answered yet, oldest first, and the last one typed. */
	let open = new Map<string, UserMessage[]>();
	let latest = new Map<string, UserMessage>();

	const chatKey = (platform: string, conversation: string) => `${platform} ${conversation}`;

	const close = (message: UserMessage) => {
		const key = chatKey(message.platform, message.conversation);
		const rest = (open.get(key) ?? []).filter((candidate) => candidate !== message);
		if (rest.length) open.set(key, rest);
		else open.delete(key);
	};

	const forgetOldest = () => {
		const [id, message] = byId.entries().next().value!;
		byId.delete(id);
		if (message.replySecret) bySecret.delete(message.replySecret);
		for (const answer of message.answers) bySentId.delete(answer.messageId);
		close(message);
	};

	return {
		add(message: UserMessage) {
			byId.set(message.id, message);
			if (message.replySecret) bySecret.set(message.replySecret, message);
			const key = chatKey(message.platform, message.conversation);
			const waiting = open.get(key);
			if (waiting) waiting.push(message);
			else open.set(key, [message]);
			latest.set(key, message);
			if (byId.size > CAPACITY) forgetOldest();
		},
		get: (id: string) => byId.get(id),
		/** The last ones typed, oldest first. */
		recent: (count: number) => [...byId.values()].slice(-count),
		bySecret: (secret: string | null) => (secret ? bySecret.get(secret) : undefined),
		/**
		 * Which message a send to a chat answers, where the API does not say: the unanswered one whose text
		 * the answer repeats (longest first), else the oldest unanswered one, else the last one typed.
		 */
		guess(platform: string, conversation: string, text: string): UserMessage | undefined {
			const key = chatKey(platform, conversation);
			const waiting = open.get(key) ?? [];
			const quoted = waiting
				.filter((message) => message.text && text.includes(message.text))
				.sort((a, b) => b.text.length - a.text.length);
			return quoted[0] ?? waiting[0] ?? latest.get(key);
		},
		answer(
			message: UserMessage | undefined,
			answer: Pick<BotAnswer, 'messageId' | 'text' | 'format' | 'via' | 'linked'>,
		) {
			const kept: BotAnswer = {
				...answer,
				at: new Date().toISOString(),
				edits: 0,
				recalled: false,
			};
			bySentId.set(kept.messageId, [...(bySentId.get(kept.messageId) ?? []), kept]);
			if (bySentId.size > CAPACITY) bySentId.delete(bySentId.keys().next().value!);
			if (!message) return;
			message.answers.push(kept);
			close(message);
		},
		/** A message the bot sent, as each of its readers has it, to edit or recall it. */
		sent: (messageId: string) => bySentId.get(messageId),
		reset() {
			byId = new Map();
			bySecret = new Map();
			bySentId = new Map();
			open = new Map();
			latest = new Map();
		},
	};
}
