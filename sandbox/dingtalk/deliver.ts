import { randomBytes } from '../aes.ts';
import { callbackSignature, open, seal } from '../callback-crypto.ts';
import { parseJson } from '../http.ts';
import type { QuotedMessage, UserMessage } from '../messages.ts';
import type { CallbackProtocol, CallbackResponse, CallbackRequest } from '../callback-protocol.ts';
import type { World } from '../world.ts';
import { eventAccount, robotSign } from './crypto.ts';
import { readWebhookMessage } from './messages.ts';
import { newMessageId } from './robot-api.ts';

export const CORP_ID = 'dingsandboxcorp0000000001';
const BOT_USER_ID = '$:LWCP_v1:$c2FuZGJveC1ib3QtdXNlcg==';
const SESSION_LIFE_MS = 5_400_000;

/** Session webhooks live 90 minutes. */
export const dingTalkSessionExpiry = (now: number) => now + SESSION_LIFE_MS;

/** DingTalk tells the bot of a quote in the text and beside it. */
const repliedMessage = ({ messageId, text, from }: QuotedMessage) => ({
	msgId: messageId,
	msgType: 'text',
	senderId: from ? senderIdOf(from) : BOT_USER_ID,
	content: { text },
});

const senderIdOf = (person: string) => `$:LWCP_v1:$${Buffer.from(person).toString('base64')}`;

function content(message: UserMessage): Record<string, unknown> {
	const download = { downloadCode: message.file };
	switch (message.contentType) {
		case 'text':
			// DingTalk leaves the space after the mention that it removes.
			return {
				msgtype: 'text',
				text: {
					content: message.mentionsBot ? ` ${message.text}` : message.text,
					...(message.quote && { isReplyMsg: true, repliedMsg: repliedMessage(message.quote) }),
				},
			};
		case 'richText':
			return {
				msgtype: 'richText',
				content: { richText: [{ text: message.text }, { type: 'picture', ...download }] },
			};
		case 'image':
			return { msgtype: 'picture', content: download };
		case 'audio':
			return {
				msgtype: 'audio',
				content: { ...download, duration: 4000, recognition: message.text },
			};
		case 'video':
			return { msgtype: 'video', content: { ...download, duration: 4000, videoType: 'mp4' } };
		case 'file':
			return { msgtype: 'file', content: { ...download, fileName: message.text || 'report.pdf' } };
		default:
			return { msgtype: message.contentType, content: {} };
	}
}

/** What a robot is told of a message, by HTTP and by a connection alike. */
export function robotBody(message: UserMessage, world: World) {
	const person = world.people.meet(message.from);
	const group = message.type === 'group';
	return {
		conversationId: group ? message.conversation : `cid${message.from}==`,
		conversationType: group ? '2' : '1',
		...(group && {
			conversationTitle: world.people.join('dingtalk', message.conversation).name,
			atUsers: message.mentionsBot ? [{ dingtalkId: BOT_USER_ID }] : [],
			isInAtList: message.mentionsBot,
		}),
		msgId: message.id,
		createAt: message.at,
		senderId: senderIdOf(message.from),
		senderNick: person.name,
		senderCorpId: CORP_ID,
		senderStaffId: message.from,
		isAdmin: false,
		chatbotCorpId: CORP_ID,
		chatbotUserId: BOT_USER_ID,
		robotCode: message.botId,
		sessionWebhook: `${world.origin}/dingtalk/oapi/robot/sendBySession?session=${message.replySecret}`,
		sessionWebhookExpiredTime: message.replyExpires,
		...(message.quote && { originalMsgId: message.quote.messageId }),
		...content(message),
	};
}

const JSON_HEADERS = { 'content-type': 'application/json; charset=utf-8' };

/** Robot messages: signed headers. Neither deadline nor redelivery is published; none is made up here. */
export const dingTalkRobot: CallbackProtocol = {
	deadlineMs: 5000,
	redeliverAfterMs: [],
	build(message, world): CallbackRequest {
		const timestamp = String(Math.floor(world.clock.now()));
		const sign = robotSign(world.accounts.dingTalkAppApi.clientSecret, timestamp);
		const body = Buffer.from(JSON.stringify(robotBody(message, world)));
		return { method: 'POST', query: {}, headers: { ...JSON_HEADERS, timestamp, sign }, body };
	},
	judge({ status, body }, _request, message, world) {
		if (status !== 200) return `HTTP ${status}`;
		const answer = parseJson(Buffer.from(body));
		if (!answer?.msgtype || answer.msgtype === 'empty') return undefined;
		const readable = readWebhookMessage(answer);
		if ('errcode' in readable) return `answer is no message: ${readable.errmsg}`;
		const answered = { messageId: newMessageId(), via: 'passive', linked: 'exact' } as const;
		world.messages.answer(message, { ...readable, ...answered });
		return undefined;
	},
};

function sealedEvent(world: World, event: object): CallbackRequest {
	const account = eventAccount(world.accounts);
	const timestamp = String(Math.floor(world.clock.now()));
	const nonce = randomBytes(4).toString('hex');
	const encrypt = seal(account, JSON.stringify(event));
	const signature = callbackSignature(account.token, timestamp, nonce, encrypt);
	return {
		method: 'POST',
		query: { msg_signature: signature, signature, timestamp, nonce },
		headers: JSON_HEADERS,
		body: Buffer.from(JSON.stringify({ encrypt })),
	};
}

/** Every event must be answered with the sealed word `success`. */
function judgeSuccess({ status, body }: CallbackResponse, world: World): string | undefined {
	if (status !== 200) return `HTTP ${status}`;
	const account = eventAccount(world.accounts);
	const {
		msg_signature: signature,
		timeStamp,
		nonce,
		encrypt,
	} = parseJson(Buffer.from(body)) ?? {};
	if (![signature, timeStamp, nonce, encrypt].every((value) => typeof value === 'string')) {
		return 'the answer must be {"msg_signature","timeStamp","nonce","encrypt"}, all strings';
	}
	if (callbackSignature(account.token, timeStamp, nonce, encrypt) !== signature) {
		return "the answer's msg_signature is wrong";
	}
	try {
		const word = open(account, encrypt);
		return word === 'success' ? undefined : `the answer holds "${word}" instead of "success"`;
	} catch (error) {
		return `the answer cannot be decrypted: ${(error as Error).message}`;
	}
}

/** Event subscription. That it redelivers is documented, the schedule is not: this one is the sandbox's own. */
export const dingTalkEvents: CallbackProtocol = {
	deadlineMs: 5000,
	redeliverAfterMs: [10_000, 60_000, 600_000],
	streamRepeatMs: 600_000,
	build: (message, world) =>
		sealedEvent(world, {
			EventType: message.eventType,
			CorpId: CORP_ID,
			TimeStamp: String(message.at),
			...message.event,
		}),
	judge: (received, _request, _message, world) => judgeSuccess(received, world),
	probe: (world) => ({
		request: sealedEvent(world, { EventType: 'check_url' }),
		deadlineMs: 1500,
		judge: (received) => judgeSuccess(received, world),
	}),
};
