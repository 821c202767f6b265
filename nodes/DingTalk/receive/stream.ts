import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { decodeMessage, decodeStreamEvent } from '../../../protocol/dingtalk/decode';
import { decodeAction } from '../../../protocol/dingtalk/decodeAction';
import { classify } from '../../../protocol/dingtalk/errors';
import {
	CARD_TOPIC,
	ROBOT_TOPIC,
	gatewayRequest,
	endpointUrl,
} from '../../../protocol/dingtalk/gateway';
import {
	acknowledgeFrame,
	decodeFrame,
	type FrameOutcome,
	type StreamFrame,
} from '../../../protocol/dingtalk/stream';
import { asText, jsonFields } from '../../../protocol/fields';
import type { DecodedMessage } from '../../../protocol/message';
import { pastedKey } from '../../../protocol/pasted';
import { Refused, parseObject } from '../../../protocol/verify';
import { askGateway } from '../../shared/receive/connection/gateway';
import type { Meaning, StreamProtocol, WireFrame } from '../../shared/receive/connection/stream';
import { trusts } from './sessionWebhook';

/**
 * DingTalk's Stream 模式. Robot messages have the same `msgId` over HTTP, and are known again whichever way they
 * come. Events are not: over HTTP they have no id, so that a hash of their text stands for it, and the stream
 * writes the same event in other words.
 */
export const stream: StreamProtocol = {
	credential: 'dingTalkAppApi',
	service: 'DingTalk',

	appOf: ({ clientId }) => pastedKey(clientId) || undefined,

	missing(credential) {
		if (!pastedKey(credential.clientId)) return 'fill in Client ID in the credential';
		if (!pastedKey(credential.clientSecret)) return 'fill in Client Secret in the credential';
		return undefined;
	},

	locatesByKinds: true,

	async locate(credential, kinds) {
		const app = {
			clientId: pastedKey(credential.clientId),
			clientSecret: pastedKey(credential.clientSecret),
		};
		const platform = { service: 'DingTalk', classify, urlIn: endpointUrl };
		const { url } = await askGateway({ ...platform, ...gatewayRequest(app, kinds) }, credential);
		return { url };
	},

	session: (_endpoint, credential) => ({
		greeting: [],
		isReadyAtOpen: true,
		// It knows no ping of ours.
		read: (frame, nowMs) => readFrame(frame, credential, nowMs),
	}),
};

function readFrame(
	wire: WireFrame,
	credential: ICredentialDataDecryptedObject,
	nowMs: number,
): Meaning[] {
	if (typeof wire !== 'string') throw new Refused('malformed');
	const frame = decodeFrame(wire);
	if (frame.type === 'SYSTEM') return [systemMeaning(frame)];
	const message = decode(frame, credential, nowMs);
	if (!message) return answerWith(frame, 'unknownTopic');
	return [
		{
			kind: 'message',
			message,
			acknowledge: (outcome) => JSON.stringify(acknowledgeFrame(frame, outcome)),
		},
	];
}

/** Of the frames about the connection, a ping is answered, and `disconnect` comes ten seconds before the end. */
function systemMeaning(frame: StreamFrame): Meaning {
	if (frame.headers.topic === 'disconnect') {
		return { kind: 'leaving', reason: asText(jsonFields(frame.data).reason) || 'disconnect' };
	}
	return answerWith(frame, 'stored')[0] ?? { kind: 'alive' };
}

function answerWith(frame: StreamFrame, outcome: FrameOutcome): Meaning[] {
	const acknowledgement = acknowledgeFrame(frame, outcome);
	if (!acknowledgement) return [];
	return [{ kind: 'answer', frame: JSON.stringify(acknowledgement) }];
}

/** Undefined where nobody here knows the topic. */
function decode(
	frame: StreamFrame,
	credential: ICredentialDataDecryptedObject,
	nowMs: number,
): DecodedMessage | undefined {
	if (frame.type === 'EVENT') return decodeStreamEvent(frame, nowMs);
	const { topic } = frame.headers;
	if (topic === CARD_TOPIC) return decodeAction(frame, nowMs);
	if (topic !== ROBOT_TOPIC) return undefined;
	const isTrustedUrl = (url: string): boolean => trusts(credential, url);
	return decodeMessage(parseObject(frame.data), { nowMs, isTrustedUrl });
}
