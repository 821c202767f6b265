import { randomBytes } from './aes.ts';
import { CONNECTION_ONLY } from './bots.ts';
import { dingTalkSessionExpiry } from './dingtalk/deliver.ts';
import type { Bot, QuotedMessage, SimulatedPlatform, UserMessage } from './messages.ts';
import { DEFAULT_GROUPS, directChatOf } from './people.ts';
import { issueSecret } from './tokens.ts';
import type { World } from './world.ts';

/** What a person types, or what else happens in a chat. */
export interface UserInput {
	platform: SimulatedPlatform;
	/** `aibot` is WeCom's, `events` is DingTalk's event subscription. */
	bot?: Bot;
	/** The bot's id at its platform, of one that was made by a scan; left out: the one in accounts.json. */
	botId?: string;
	text?: string;
	from?: string;
	conversation?: string;
	type?: 'direct' | 'group';
	messageId?: string;
	/** `text` (default), `richText`, `image`, `audio`, `video`, `file`, `location`, `event`, or any other word. */
	contentType?: string;
	/** Feishu only: false sends in the clear, as an app without an Encrypt Key gets it. */
	encrypted?: boolean;
	/** With `contentType: "event"`: the platform's own event name and fields. */
	eventType?: string;
	event?: Record<string, unknown>;
	/** Where this one is delivered to; left out: to the callback of its bot. */
	url?: string;
	/** In a group: whether the bot is mentioned, which it is unless this is false. */
	mention?: boolean;
	/** The message that this one quotes: somebody's or the bot's. */
	quote?: string;
	/** Feishu, in a group: the topic (话题) that it is written in. */
	thread?: string;
	/** What is attached, its bytes in base64; left out, a few bytes stand for it. */
	file?: { name: string; contentType: string; data: string };
}

const HOUR_MS = 3_600_000;
const BOTS: Record<SimulatedPlatform, Bot[]> = {
	dingtalk: ['app', 'events'],
	feishu: ['app'],
	wecom: ['app', 'aibot'],
};

/** Ids in each platform's form; WeCom's exceed 2^53. */
function newId(platform: SimulatedPlatform, bot: Bot): string {
	if (platform === 'dingtalk') return `msg${randomBytes(16).toString('base64')}`;
	if (platform === 'feishu') return `om_${randomBytes(16).toString('hex')}`;
	if (bot === 'aibot') return randomBytes(16).toString('hex');
	return String(BigInt('0x7000000000000000') + (randomBytes(8).readBigUInt64BE(0) >> 6n));
}

function conversationOf(
	input: UserInput,
	type: 'direct' | 'group',
	from: string,
	botId: string,
): string {
	if (type === 'group') return input.conversation ?? DEFAULT_GROUPS[input.platform]!;
	return input.platform === 'feishu' ? directChatOf(from, botId) : from;
}

function attach(world: World, contentType: string, { text, file }: UserInput): string | undefined {
	if (['text', 'event', 'location'].includes(contentType)) return undefined;
	const key = `sandbox_file_${randomBytes(12).toString('hex')}`;
	world.files.put(key, {
		type: contentType,
		name: file?.name || text || 'report.pdf',
		data: file
			? Buffer.from(file.data, 'base64')
			: Buffer.from(`A ${contentType} of the sandbox.\n`),
		contentType: file?.contentType ?? 'application/octet-stream',
	});
	return key;
}

/** @throws an Error in words where the address is none. */
function addressOf({ url }: UserInput): string | undefined {
	if (url && !/^https?:$/.test(URL.parse(url)?.protocol ?? '')) {
		throw new Error(`"${url.slice(0, 100)}" is no http(s) URL`);
	}
	return url;
}

function quoted(world: World, { quote }: UserInput): QuotedMessage | undefined {
	if (!quote) return undefined;
	const message = world.messages.get(quote);
	if (message) return { messageId: quote, text: message.text, from: message.from };
	const [answer] = world.messages.sent(quote) ?? [];
	if (!answer) throw new Error(`no message ${quote} to quote`);
	return { messageId: quote, text: answer.text };
}

/** @throws an Error in words where the platform has no such bot, or none that takes this. */
function botIdOf(world: World, { platform, botId, url }: UserInput, bot: Bot): string {
	if (botId === undefined) return world.bots.idOf(platform, bot);
	const account = world.bots.find(platform, botId);
	if (!account || (platform === 'wecom' && bot !== 'aibot'))
		throw new Error(`${platform} has no bot ${botId.slice(0, 100)} of this kind`);
	if (account.madeBy && url) throw new Error(CONNECTION_ONLY);
	return botId;
}

/** Keeps what was said as the platform would. @throws an Error in words when it makes no sense. */
export function acceptUserInput(world: World, input: UserInput): UserMessage {
	const { platform, text = '', from = 'zhangsan' } = input;
	const bot = input.bot ?? 'app';
	if (!BOTS[platform]?.includes(bot)) {
		throw new Error(`platform and bot must be one of ${JSON.stringify(BOTS)}`);
	}
	const botId = botIdOf(world, input, bot);
	if (bot === 'events' && !input.eventType)
		throw new Error('eventType is required for bot "events"');
	const known = input.messageId && world.messages.get(input.messageId);
	if (known)
		throw new Error(`message ${input.messageId} exists: POST /sandbox/deliver sends it again`);
	// A self-built WeCom app gets no group messages at all.
	const type = platform === 'wecom' && bot === 'app' ? 'direct' : (input.type ?? 'direct');
	if (bot === 'aibot' && type === 'group' && input.mention === false)
		throw new Error('WeCom delivers to an AI bot only the group messages that mention it');
	const contentType = input.contentType ?? (input.eventType ? 'event' : 'text');
	const now = world.clock.now();
	const message: UserMessage = {
		id: input.messageId ?? newId(platform, bot),
		platform,
		bot,
		botId,
		from,
		conversation: conversationOf(input, type, from, botId),
		type,
		text,
		contentType,
		at: now,
		encrypted: input.encrypted ?? true,
		eventType: input.eventType,
		event: input.event,
		file: attach(world, contentType, input),
		url: addressOf(input),
		quote: quoted(world, input),
		thread: type === 'group' ? input.thread : undefined,
		mentionsBot: type === 'group' && input.mention !== false,
		answers: [],
	};
	if (platform === 'dingtalk') {
		message.replySecret = issueSecret();
		message.replyExpires = dingTalkSessionExpiry(Math.floor(now));
	} else if (bot === 'aibot') {
		message.replySecret = issueSecret();
		message.replyExpires = now + HOUR_MS;
	}
	world.people.meet(from);
	if (type === 'group') world.people.join(platform, message.conversation);
	world.messages.add(message);
	return message;
}
