import { UnexpectedError, type ICredentialDataDecryptedObject } from 'n8n-workflow';
import { isAesKey, type EnvelopeKeys } from '../../../protocol/envelope';
import { Refused, configured, parseObject } from '../../../protocol/verify';
import { callbackTime, openCallback } from '../../../protocol/wecom/crypt';
import { decodeEvent, decodeMessage } from '../../../protocol/wecom/decode';
import {
	decodeAiBotEvent,
	decodeAiBotMessage,
	groupTextOf,
} from '../../../protocol/wecom/decodeAiBot';
import { classify } from '../../../protocol/wecom/errors';
import { tokenRules } from '../../../protocol/wecom/token';
import { parseXml, xmlObject, xmlText, type XmlObject } from '../../../protocol/wecom/xml';
import type {
	CallbackOf,
	DecodedRequest,
	HttpAnswer,
	HttpCallback,
	RawRequest,
} from '../../shared/receive/callback';
import { botNameOf } from './botName';

/** No answer in the answer: replies go another way, when they are ready. */
const ACKNOWLEDGEMENT: HttpAnswer = { body: '', contentType: 'text/plain; charset=utf-8' };

/** A self-built app (自建应用): encrypted XML, addressed to the company. */
const appCallback: HttpCallback = {
	credential: 'weComAppApi',

	answersBy: { service: 'WeCom', token: tokenRules, classify },

	decode(request, credential, nowMs) {
		// The company is compared; the AgentID inside is not: who holds this app's Token and key is this app.
		const keys = keysOf(credential, configured(String(credential.corpId ?? '')));
		if (request.method === 'GET') return decodeProbe(request, keys, nowMs);
		const encrypt = xmlText(readXml(request.body.toString('utf8')), 'Encrypt');
		const xml = readXml(openCallback(keys, request.query, encrypt, nowMs));
		const isEvent = xmlText(xml, 'MsgType') === 'event';
		const message = isEvent ? decodeEvent(xml, nowMs) : decodeMessage(xml, nowMs);
		return { message, acknowledgement: ACKNOWLEDGEMENT };
	},

	missing(credential) {
		if (!credential.corpId) return 'fill in Corp ID (企业 ID) in the credential';
		return missingKeys(credential, '接收消息 → 设置 API 接收');
	},
};

/** An AI bot (智能机器人): encrypted JSON, addressed to nobody. */
export const aiBotCallback: HttpCallback = {
	credential: 'weComAiBotApi',

	decode(request, credential, nowMs) {
		const keys = keysOf(credential, '');
		if (request.method === 'GET') return decodeProbe(request, keys, nowMs);
		const { encrypt } = parseObject(request.body.toString('utf8'));
		const body = parseObject(openCallback(keys, request.query, encrypt, nowMs));
		// WeCom asks for the rest of a streamed answer; none is under way here.
		if (body.msgtype === 'stream') return { answer: ACKNOWLEDGEMENT };
		const context = { nowMs, signedAtMs: callbackTime(request.query) };
		const message =
			body.msgtype === 'event'
				? decodeAiBotEvent(body, context)
				: decodeAiBotMessage(body, {
						...context,
						botName: botNameOf(credential, groupTextOf(body)),
					});
		return { message, acknowledgement: ACKNOWLEDGEMENT };
	},

	missing(credential) {
		return missingKeys(credential, 'API 模式 → 使用 URL 回调');
	},
};

/** By the trigger's `authentication`. */
const callbacks = new Map<unknown, HttpCallback>([
	['app', appCallback],
	['aiBot', aiBotCallback],
]);

export const callbackOf: CallbackOf = (ctx) => {
	const authentication = ctx.getNodeParameter('authentication');
	const callback = callbacks.get(authentication);
	if (!callback) throw new UnexpectedError(`There is no kind of bot ${String(authentication)}`);
	return callback;
};

function keysOf(credential: ICredentialDataDecryptedObject, receiverId: string): EnvelopeKeys {
	return {
		token: String(credential.token ?? ''),
		aesKey: String(credential.encodingAesKey ?? ''),
		receiverId,
	};
}

/** When the URL is saved, WeCom wants the decrypted `echostr` and nothing around it. */
function decodeProbe({ query }: RawRequest, keys: EnvelopeKeys, nowMs: number): DecodedRequest {
	const echo = openCallback(keys, query, query.echostr, nowMs);
	// Messages are signed the same way: a recorded one must not come back in the clear.
	if (/^\s*[<{]/.test(echo)) throw new Refused('malformed');
	return { answer: { ...ACKNOWLEDGEMENT, body: echo } };
}

function readXml(text: string): XmlObject {
	const xml = xmlObject(parseXml(text), 'xml');
	if (!xml) throw new Refused('malformed');
	return xml;
}

function missingKeys(
	credential: ICredentialDataDecryptedObject,
	where: string,
): string | undefined {
	if (!credential.token || !credential.encodingAesKey) {
		return `fill in Token and Encoding AES Key in the credential (${where})`;
	}
	if (!isAesKey(String(credential.encodingAesKey))) {
		return 'Encoding AES Key in the credential must have 43 characters';
	}
	return undefined;
}
