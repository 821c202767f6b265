import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { decode } from '../../../protocol/feishu/decode';
import { classify } from '../../../protocol/feishu/errors';
import { FrameAssembler } from '../../../protocol/feishu/fragments';
import {
	decodeFrame,
	encodeFrame,
	frameHeader,
	type LongConnectionFrame,
} from '../../../protocol/feishu/frame';
import {
	gatewayRequest,
	endpointUrl,
	serviceOf,
	wishesIn,
	wishesOf,
} from '../../../protocol/feishu/gateway';
import { acknowledgeFrame, frameKind, pingFrame } from '../../../protocol/feishu/stream';
import { parseJson } from '../../../protocol/fields';
import { pastedKey } from '../../../protocol/pasted';
import { Refused, parseObject } from '../../../protocol/verify';
import { askGateway } from '../../shared/receive/connection/gateway';
import type {
	Endpoint,
	Meaning,
	StreamProtocol,
	StreamSession,
	WireFrame,
} from '../../shared/receive/connection/stream';
import { knownBotId, learnBotId } from './bot';

/** Feishu's 长连接. It brings all events that are ticked in the console, the same ones as HTTP does. */
export const stream: StreamProtocol = {
	credential: 'feishuAppApi',
	service: 'Feishu',

	appOf: ({ appId }) => pastedKey(appId) || undefined,

	missing(credential) {
		if (!pastedKey(credential.appId)) return 'fill in App ID in the credential';
		if (!pastedKey(credential.appSecret)) return 'fill in App Secret in the credential';
		return undefined;
	},

	locatesByKinds: false,

	async locate(credential) {
		const app = {
			appId: pastedKey(credential.appId),
			appSecret: pastedKey(credential.appSecret),
		};
		const platform = { service: 'Feishu', classify, urlIn: endpointUrl };
		const { url, body } = await askGateway({ ...platform, ...gatewayRequest(app) }, credential);
		// The gateway has proved the credential: who the bot is may be asked with it.
		await learnBotId(credential);
		return { url, ...wishesOf(body) };
	},

	session: (endpoint, credential) => new FeishuSession(endpoint, credential),
};

class FeishuSession implements StreamSession {
	readonly greeting: readonly WireFrame[];

	readonly isReadyAtOpen = true;

	private readonly service: number;

	private readonly assembler = new FrameAssembler();

	constructor(
		{ url }: Endpoint,
		private readonly credential: ICredentialDataDecryptedObject,
	) {
		this.service = serviceOf(url);
		this.greeting = [this.ping()];
	}

	ping(): WireFrame {
		return pingFrame(this.service);
	}

	read(wire: WireFrame, nowMs: number): Meaning[] {
		if (typeof wire === 'string') throw new Refused('malformed');
		const frame = decodeFrame(Buffer.from(wire.buffer, wire.byteOffset, wire.byteLength));
		const kind = frameKind(frame);
		if (kind === 'control') return [aliveBy(frame)];
		if (kind === 'other') return [{ kind: 'alive' }];
		const text = this.assembler.add(frame, nowMs);
		// Only the frame that completes an event is acknowledged.
		return text === undefined ? [] : [this.messageOf(text, frame, nowMs)];
	}

	private messageOf(text: string, frame: LongConnectionFrame, nowMs: number): Meaning {
		const botOpenId = knownBotId(this.credential);
		return {
			kind: 'message',
			message: decode(parseObject(text), { nowMs, botOpenId }),
			acknowledge: (outcome, tookMs) => {
				const code = outcome === 'stored' ? 200 : 500;
				return encodeFrame(acknowledgeFrame(frame, tookMs, { code }));
			},
		};
	}
}

function aliveBy(frame: LongConnectionFrame): Meaning {
	const isPong = frameHeader(frame, 'type') === 'pong';
	const config = isPong ? parseJson(String(frame.payload ?? '')) : undefined;
	return { kind: 'alive', ...wishesIn(config) };
}
