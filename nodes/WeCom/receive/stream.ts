import { randomUUID } from 'node:crypto';
import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import type { Fields } from '../../../protocol/fields';
import type { DecodedMessage } from '../../../protocol/message';
import { pastedKey, pastedUrl } from '../../../protocol/pasted';
import { Refused } from '../../../protocol/verify';
import {
	decodeAiBotEvent,
	decodeAiBotMessage,
	groupTextOf,
} from '../../../protocol/wecom/decodeAiBot';
import { classifySubscription } from '../../../protocol/wecom/errors';
import { decodeFrame, encodeFrame, isReplaced } from '../../../protocol/wecom/stream';
import { connectionFailure } from '../../shared/receive/connection/gateway';
import {
	ConnectionFailure,
	type Meaning,
	type StreamProtocol,
	type StreamSession,
	type WireFrame,
} from '../../shared/receive/connection/stream';
import { botNameOf } from './botName';

/** The 长连接 of an AI bot (智能机器人): one at a time for each bot. An app has none. */
export const stream: StreamProtocol = {
	credential: 'weComAiBotApi',
	service: 'WeCom',

	appOf: ({ botId }) => pastedKey(botId) || undefined,

	missing(credential) {
		const where = '(API 模式 → 使用长连接)';
		if (!pastedKey(credential.botId)) return `fill in Bot ID in the credential ${where}`;
		if (!pastedKey(credential.secret)) return `fill in Secret in the credential ${where}`;
		return undefined;
	},

	locatesByKinds: false,

	async locate({ websocketUrl }) {
		const url = pastedUrl(websocketUrl);
		if (/^wss?:\/\/./.test(url) && URL.canParse(url)) return { url };
		const cure = 'Correct WebSocket URL in the credential: wss://openws.work.weixin.qq.com';
		const text = 'WeCom: the WebSocket URL in the credential is no address';
		throw new ConnectionFailure('badCredentials', text, cure);
	},

	session: (_endpoint, credential) => new AiBotSession(credential),
};

class AiBotSession implements StreamSession {
	/** Ids of our frames are told from those of callbacks, which answers repeat. */
	private readonly own = `clawbot-${randomUUID()}`;

	private pings = 0;

	readonly isReadyAtOpen = false;

	readonly greeting: readonly WireFrame[];

	constructor(private readonly credential: ICredentialDataDecryptedObject) {
		const { botId, secret } = credential;
		const bot = { bot_id: pastedKey(botId), secret: pastedKey(secret) };
		this.greeting = [encodeFrame('aibot_subscribe', this.own, bot)];
	}

	ping(): WireFrame {
		this.pings += 1;
		return encodeFrame('ping', `${this.own}-ping-${this.pings}`);
	}

	read(wire: WireFrame, nowMs: number): Meaning[] {
		if (typeof wire !== 'string') throw new Refused('malformed');
		const frame = decodeFrame(wire);
		if (frame.kind === 'unknown') return [{ kind: 'alive' }];
		if (frame.kind === 'answer') return [this.answerOf(frame)];
		const { kind, reqId, body } = frame;
		if (kind === 'event' && isReplaced(body)) return [REPLACED];
		// The rest of a streamed answer is asked for over HTTP only.
		if (body.msgtype === 'stream') return [{ kind: 'alive' }];
		const message = this.decode(body, reqId, nowMs);
		// WeCom waits for no acknowledgement: it sends nothing twice.
		return [{ kind: 'message', message, acknowledge: () => undefined }];
	}

	private answerOf(frame: { reqId: string; code: string; text: string; body: unknown }): Meaning {
		const { reqId, code, text, body } = frame;
		if (reqId.startsWith(`${this.own}-ping-`)) return { kind: 'alive' };
		if (reqId !== this.own) return { kind: 'reply', id: reqId, code: Number(code), text, body };
		const refusal = classifySubscription(code, text);
		if (!refusal) return { kind: 'ready' };
		return { kind: 'ended', failure: connectionFailure(refusal, stream, this.credential) };
	}

	private decode(body: Fields, reqId: string, nowMs: number): DecodedMessage {
		const context = { nowMs, signedAtMs: nowMs, reqId };
		if (body.msgtype === 'event') return decodeAiBotEvent(body, context);
		const botName = botNameOf(this.credential, groupTextOf(body));
		return decodeAiBotMessage(body, { ...context, botName });
	}
}

const REPLACED: Meaning = {
	kind: 'ended',
	failure: new ConnectionFailure(
		'replaced',
		'WeCom: another connection of this bot has taken the place of this one',
		'A bot has one connection: end the other program that uses this Bot ID, then publish the workflow again.',
	),
};
