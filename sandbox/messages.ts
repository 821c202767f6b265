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
	/** The bot's id at its platform. */
	botId: string;
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

/** Messages that are remembered. */
export const CAPACITY = 50_000;

const chatKey = ({ botId, conversation }: Pick<UserMessage, 'botId' | 'conversation'>) =>
	`${botId} ${conversation}`;

/** What people and bots have said. */
export class Messages {
	private byId = new Map<string, UserMessage>();
	private bySecretId = new Map<string, UserMessage>();
	/** One send to several people is one message id and several answers. */
	private bySentId = new Map<string, BotAnswer[]>();
	/** Messages of one chat that nobody has answered yet, oldest first, and the last one typed. */
	private open = new Map<string, UserMessage[]>();
	private latest = new Map<string, UserMessage>();

	add(message: UserMessage) {
		this.byId.set(message.id, message);
		if (message.replySecret) this.bySecretId.set(message.replySecret, message);
		const key = chatKey(message);
		const waiting = this.open.get(key);
		if (waiting) waiting.push(message);
		else this.open.set(key, [message]);
		this.latest.set(key, message);
		if (this.byId.size > CAPACITY) this.forgetOldest();
	}

	get(id: string) {
		return this.byId.get(id);
	}

	/** The last ones typed, oldest first. */
	recent(count: number) {
		return [...this.byId.values()].slice(-count);
	}

	bySecret(secret: string | null) {
		return secret ? this.bySecretId.get(secret) : undefined;
	}

	/**
	 * Which message a send to a chat answers, where the API does not say: the unanswered one whose text
	 * the answer repeats (longest first), else the oldest unanswered one, else the last one typed.
	 */
	guess(botId: string, conversation: string, text: string): UserMessage | undefined {
		const key = chatKey({ botId, conversation });
		const waiting = this.open.get(key) ?? [];
		const quoted = waiting
			.filter((message) => message.text && text.includes(message.text))
			.sort((a, b) => b.text.length - a.text.length);
		return quoted[0] ?? waiting[0] ?? this.latest.get(key);
	}

	answer(
		message: UserMessage | undefined,
		answer: Pick<BotAnswer, 'messageId' | 'text' | 'format' | 'via' | 'linked'>,
	) {
		const kept: BotAnswer = { ...answer, at: new Date().toISOString(), edits: 0, recalled: false };
		const { bySentId } = this;
		bySentId.set(kept.messageId, [...(bySentId.get(kept.messageId) ?? []), kept]);
		if (bySentId.size > CAPACITY) bySentId.delete(bySentId.keys().next().value!);
		if (!message) return;
		message.answers.push(kept);
		this.close(message);
	}

	/** A message the bot sent, as each of its readers has it, to edit or recall it. */
	sent(messageId: string) {
		return this.bySentId.get(messageId);
	}

	reset() {
		for (const kept of [this.byId, this.bySecretId, this.bySentId, this.open, this.latest])
			kept.clear();
	}

	private close(message: UserMessage) {
		const key = chatKey(message);
		const rest = (this.open.get(key) ?? []).filter((candidate) => candidate !== message);
		if (rest.length) this.open.set(key, rest);
		else this.open.delete(key);
	}

	private forgetOldest() {
		const [id, message] = this.byId.entries().next().value!;
		this.byId.delete(id);
		if (message.replySecret) this.bySecretId.delete(message.replySecret);
		for (const answer of message.answers) this.bySentId.delete(answer.messageId);
		this.close(message);
		const key = chatKey(message);
		if (this.latest.get(key) === message) this.latest.delete(key);
	}
}
