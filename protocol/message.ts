/** The chat platforms that the package speaks to. */
export type Platform = 'dingtalk' | 'feishu' | 'wecom';

const PLATFORMS: readonly unknown[] = ['dingtalk', 'feishu', 'wecom'] satisfies Platform[];

export const isPlatform = (value: unknown): value is Platform => PLATFORMS.includes(value);

export type ContentType =
	| 'text'
	| 'richText'
	| 'image'
	| 'audio'
	| 'video'
	| 'file'
	| 'location'
	| 'card'
	| 'unknown';

/** Files that people and bots send each other. */
export type MediaKind = 'image' | 'audio' | 'video' | 'file';

/** A file of a message. Its bytes are fetched by an operation of the platform's node. */
export interface Attachment {
	/** The bytes of stickers and folders (Feishu) are given to nobody. */
	kind: MediaKind | 'sticker' | 'folder';
	/** What the platform's download call takes: a download code, file key, media id or URL. */
	key: string;
	name?: string;
	/** Bytes. */
	size?: number;
	durationMs?: number;
}

export interface Sender {
	/** The platform's user id; for people outside the company the id that the platform gives instead. */
	id: string;
	name?: string;
	unionId?: string;
	isBot?: boolean;
}

export interface Mention {
	id?: string;
	name?: string;
	/** Everybody was mentioned (@所有人). */
	all?: boolean;
}

/** What a message answers, as far as the platform says it. */
export interface Quote {
	messageId?: string;
	sender?: Sender;
	text?: string;
	attachments?: Attachment[];
}

/** Where an answer goes. Nodes write it and read it; it means nothing to anyone else. */
export type ReplyTo =
	| {
			platform: 'dingtalk';
			messageId: string;
			conversationId: string;
			conversationType: 'direct' | 'group';
			userId?: string;
			/** Takes answers without a token until `sessionExpiresAt` (ms since 1970). */
			sessionWebhook?: string;
			sessionExpiresAt?: number;
	  }
	| {
			platform: 'feishu';
			/** Of the message, or of the card whose button was pressed. */
			messageId: string;
			conversationId: string;
			/** Tells one press of a card's buttons from the next. */
			actionId?: string;
			/** The topic (话题) that the message stands in: the answer stays there. */
			threadId?: string;
			/** The message that a chain of replies began with. */
			rootId?: string;
	  }
	| { platform: 'wecom'; messageId: string; bot: 'app'; userId: string }
	| (AiBotReplyTo & {
			/** Takes one answer until `expiresAt` (ms since 1970), an hour after the message. */
			responseUrl: string;
			expiresAt: number;
	  })
	| (AiBotReplyTo & {
			/** Of the callback on the connection that it came by; the answer repeats it. */
			reqId: string;
			/**
			 * What WeCom takes by that id: an answer to a message for six minutes, a welcome for five seconds.
			 * Left out: nothing, so that a message of its own answers.
			 */
			takes?: 'answer' | 'welcome';
	  });

interface AiBotReplyTo {
	platform: 'wecom';
	messageId: string;
	bot: 'aiBot';
	userId: string;
	/** The group, where the message was written in one. */
	chatId?: string;
}

/** The conversation that an answer goes to. WeCom names none: there it is the group or the person. */
export function conversationOf(replyTo: ReplyTo): string {
	if ('conversationId' in replyTo) return replyTo.conversationId;
	return ('chatId' in replyTo && replyTo.chatId) || replyTo.userId;
}

/**
 * The topic within the conversation; empty outside of topics. A chain of replies counts as one where the
 * platform names no topic: two questions about different messages are two questions.
 */
export function topicOf(replyTo: ReplyTo): string {
	if (replyTo.platform !== 'feishu') return '';
	return replyTo.threadId ?? replyTo.rootId ?? '';
}

/** The kind of bot that was written to. */
export function botOf(replyTo: ReplyTo): 'app' | 'aiBot' {
	return 'bot' in replyTo ? replyTo.bot : 'app';
}

/** One message, card action or event from a chat platform: the `json` of every trigger item. */
export interface BotMessage {
	platform: Platform;
	/** `action`: a card button or form. `event`: anything else the bot subscribed to. */
	kind: 'message' | 'action' | 'event';
	/** The platform's id as a string (some exceed 2^53): the de-duplication key. */
	messageId: string;
	conversationId: string;
	conversationType: 'direct' | 'group';
	/** A topic (话题) within the conversation. */
	threadId?: string;
	/** The key of a memory, as n8n's memory nodes take it: one person with one bot in one place. */
	sessionId: string;
	/** Who wrote it, pressed the button, or made the event happen. */
	sender: Sender;
	contentType: ContentType;
	/** Plain text; the bot's own mention is taken out, other people's stay readable. */
	text: string;
	/** The text as a model should read it, below what it quotes; n8n's AI Agent takes it by itself. */
	chatInput: string;
	mentions: Mention[];
	mentionedBot: boolean;
	/** Everybody was mentioned (@所有人). */
	mentionedAll?: true;
	attachments: Attachment[];
	replyTo?: ReplyTo;
	quote?: Quote;
	/** The quote's `messageId`, under the name that it had at first. */
	quotedMessageId?: string;
	/** `kind: 'action'`: which button or form, and what was filled in. */
	action?: {
		id: string;
		value?: unknown;
		form?: unknown;
		cardId?: string;
		/** Takes one change of the card (WeCom app: 72 hours). */
		responseCode?: string;
	};
	/** `kind: 'event'`: the platform's event type and its fields. */
	event?: { type: string; data: unknown };
	/** ISO 8601. */
	sentAt: string;
	/** ISO 8601. */
	receivedAt: string;
	/** Older than the trigger's maximum age, and passed on all the same. */
	stale?: true;
	/** The platform's own payload, where the trigger's option asks for it. */
	raw?: unknown;
}

type Derived = 'sessionId' | 'chatInput' | 'mentionedAll' | 'quotedMessageId';

/** A message as a decoder reads it: without what follows from its other fields and from the bot. */
export type DecodedMessage = Omit<BotMessage, Derived>;

/** @param botId tells the bot from others of the platform */
export function completeMessage(message: DecodedMessage, botId: string): BotMessage {
	const { mentions, quote } = message;
	return {
		...message,
		sessionId: sessionOf(message, botId),
		chatInput: chatInputOf(message),
		...(mentions.some(({ all }) => all) && { mentionedAll: true }),
		...(quote?.messageId && { quotedMessageId: quote.messageId }),
	};
}

/** Readable, because people look for their users' rows in a memory's table. */
function sessionOf(
	{ platform, conversationId, threadId = '', sender }: DecodedMessage,
	botId: string,
): string {
	return [platform, botId, conversationId, threadId, sender.id]
		.map((part) => part.replace(/[%:]/g, encodeURIComponent))
		.join(':');
}

/** What tells the bot of a message from others, by its `sessionId`; empty where it has none. */
export function botIdOf({ sessionId }: Pick<BotMessage, 'sessionId'>): string {
	const [, botId = ''] = String(sessionId).split(':');
	return botId.replace(/%(?:25|3A)/g, decodeURIComponent);
}

/** A quoted text stands above the person's own, each line behind Markdown's mark of a quote. */
export function chatInputOf({ text, quote }: Pick<DecodedMessage, 'text' | 'quote'>): string {
	const quoted = quote?.text?.trim();
	if (!quoted) return text;
	const name = quote?.sender?.name;
	const lines = [...(name ? [`${name}:`] : []), ...quoted.split(/\r\n?|\n/)];
	const above = lines.map((line) => `> ${line}`.trimEnd()).join('\n');
	return text ? `${above}\n\n${text}` : above;
}

/** A message that can be answered. */
export type AnswerableMessage = BotMessage & { replyTo: ReplyTo };

/** Whether an item is a message to a bot that can be answered. */
export function isAnswerable(json: unknown): json is AnswerableMessage {
	const message = json as Partial<BotMessage> | undefined;
	return typeof message?.messageId === 'string' && isPlatform(message.replyTo?.platform);
}

/** ISO 8601 of a time in ms; the fallback where the platform's time is missing or no time at all. */
export function isoTime(ms: number, fallbackMs: number): string {
	return new Date(Number.isFinite(ms) && ms > 0 && ms < 8.64e15 ? ms : fallbackMs).toISOString();
}
