import type { CallbackProtocol } from '../callback-protocol.ts';
import { seal } from '../callback-crypto.ts';
import { type Json, parseJson } from '../http.ts';
import type { Readable, UserMessage } from '../messages.ts';
import type { World } from '../world.ts';
import { offerFile } from './aibot-files.ts';
import { aiBotAccount, openReply } from './crypto.ts';
import {
	DEADLINE_MS,
	echoProbe,
	REDELIVER_AFTER_MS,
	seconds,
	showPassive,
	signedQuery,
} from './deliver.ts';

/** An AI bot's message type and payload; `media` is where its file lies. */
function aiBotContent(message: UserMessage, world: World, media: object): object {
	switch (message.contentType) {
		case 'text': {
			const { name } = world.bots.find('wecom', message.botId)!;
			const content = message.mentionsBot ? `@${name} ${message.text}` : message.text;
			return { msgtype: 'text', text: { content } };
		}
		case 'richText':
			return {
				msgtype: 'mixed',
				mixed: {
					msg_item: [
						{ msgtype: 'text', text: { content: message.text } },
						{ msgtype: 'image', image: media },
					],
				},
			};
		case 'audio':
			return { msgtype: 'voice', voice: { content: message.text } };
		case 'event':
			return {
				msgtype: 'event',
				create_time: seconds(message.at),
				event: { eventtype: message.eventType, [message.eventType ?? '']: message.event ?? {} },
			};
		default:
			return { msgtype: message.contentType, [message.contentType]: media };
	}
}

function readAiBotReply(reply: Json): Readable {
	const content = reply.stream?.content;
	if (content !== undefined) {
		if (Buffer.byteLength(String(content)) > 20_480)
			throw new Error('stream.content over 20480 bytes');
		return { text: String(content), format: 'markdown' };
	}
	if (reply.msgtype === 'text') return { text: String(reply.text?.content), format: 'text' };
	return { text: JSON.stringify(reply.template_card ?? reply), format: 'card' };
}

/** What an AI bot is told of a message, by HTTP and by a connection alike. */
export function aiBotBody(message: UserMessage, world: World, media: object) {
	const isGroup = message.type === 'group';
	return {
		msgid: message.id,
		aibotid: message.botId,
		...(isGroup && { chatid: message.conversation }),
		chattype: isGroup ? 'group' : 'single',
		from: { userid: message.from },
		...aiBotContent(message, world, media),
		...(message.quote && {
			quote: { msgtype: 'text', text: { content: message.quote.text } },
		}),
	};
}

/** AI bot: encrypted JSON both ways; a reply in the answer, or later by the message's response_url. */
export const weComAiBot: CallbackProtocol = {
	deadlineMs: DEADLINE_MS,
	redeliverAfterMs: REDELIVER_AFTER_MS,
	isSentOnce: ({ eventType }) => eventType === 'template_card_event',
	build(message, world) {
		const account = aiBotAccount(world.accounts);
		const plain = {
			...aiBotBody(message, world, offerFile(message.file, world)),
			response_url: `${world.origin}/wecom/cgi-bin/aibot/response?response_code=${message.replySecret}`,
		};
		const encrypt = seal(account, JSON.stringify(plain));
		return {
			method: 'POST',
			query: signedQuery(world, account, encrypt),
			headers: { 'content-type': 'application/json' },
			body: Buffer.from(JSON.stringify({ encrypt })),
		};
	},
	judge({ status, body }, request, message, world) {
		if (status !== 200) return `HTTP ${status}`;
		if (!body) return undefined;
		const reply = parseJson(Buffer.from(body));
		// Other texts than a sealed JSON are taken as "no reply".
		if (!reply?.encrypt) return undefined;
		if (!Number.isInteger(reply.timestamp))
			return "the reply's timestamp must be a number of seconds";
		if (reply.nonce !== request.query.nonce)
			return "the reply's nonce must be that of the callback URL";
		try {
			const account = aiBotAccount(world.accounts);
			const { encrypt, nonce } = reply;
			const timestamp = String(reply.timestamp);
			const sealed = { encrypt, nonce, timestamp, signature: reply.msgsignature };
			const { text, format } = readAiBotReply(
				parseJson(Buffer.from(openReply(account, sealed))) ?? {},
			);
			showPassive(message, world, text, format);
			return undefined;
		} catch (error) {
			return `the passive reply cannot be read: ${(error as Error).message}`;
		}
	},
	probe: (world) => echoProbe(world, aiBotAccount(world.accounts)),
};
