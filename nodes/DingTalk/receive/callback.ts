import { createHash, randomBytes } from 'node:crypto';
import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { decryptEvent, encryptAnswer } from '../../../protocol/dingtalk/crypt';
import { decodeEvent, decodeMessage } from '../../../protocol/dingtalk/decode';
import { verifyRobotRequest } from '../../../protocol/dingtalk/sign';
import { isAesKey } from '../../../protocol/envelope';
import { parseObject, required } from '../../../protocol/verify';
import type {
	CallbackOf,
	DecodedRequest,
	HttpAnswer,
	HttpCallback,
	RawRequest,
} from '../../shared/receive/callback';
import { trusts } from './sessionWebhook';

const JSON_TYPE = 'application/json; charset=utf-8';

/** The answer may be a message itself; `empty` says that there is none. */
const ROBOT_ACKNOWLEDGEMENT: HttpAnswer = { body: { msgtype: 'empty' }, contentType: JSON_TYPE };

/** Robot messages (机器人消息接收) and encrypted events (事件订阅) come to the same address. */
const callback: HttpCallback = {
	credential: 'dingTalkAppApi',

	decode(request, credential, nowMs) {
		return 'msg_signature' in request.query || 'signature' in request.query
			? decodeEventRequest(request, credential, nowMs)
			: decodeRobotRequest(request, credential, nowMs);
	},

	missing(credential) {
		if (!credential.clientSecret) return 'fill in Client Secret in the credential';
		if (Boolean(credential.token) !== Boolean(credential.aesKey)) {
			return 'fill in both Token and AES Key in the credential, or neither';
		}
		if (credential.aesKey && !isAesKey(String(credential.aesKey))) {
			return 'AES Key in the credential must have 43 characters';
		}
		return undefined;
	},
};

export const callbackOf: CallbackOf = () => callback;

function decodeRobotRequest(
	{ headers, body }: RawRequest,
	credential: ICredentialDataDecryptedObject,
	nowMs: number,
): DecodedRequest {
	verifyRobotRequest(headers, String(credential.clientSecret ?? ''), nowMs);
	const isTrustedUrl = (url: string): boolean => trusts(credential, url);
	const message = decodeMessage(parseObject(body.toString('utf8')), { nowMs, isTrustedUrl });
	return { message, acknowledgement: ROBOT_ACKNOWLEDGEMENT };
}

function decodeEventRequest(
	{ query, body }: RawRequest,
	credential: ICredentialDataDecryptedObject,
	nowMs: number,
): DecodedRequest {
	const keys = {
		token: String(credential.token ?? ''),
		aesKey: String(credential.aesKey ?? ''),
		receiverId: String(credential.clientId ?? ''),
	};
	const plain = decryptEvent(keys, {
		signature: required(query.msg_signature ?? query.signature),
		timestamp: required(query.timestamp ?? query.timeStamp),
		nonce: required(query.nonce),
		encrypt: required(parseObject(body.toString('utf8')).encrypt),
	});
	const nonce = randomBytes(8).toString('hex');
	const acknowledgement: HttpAnswer = {
		body: encryptAnswer(keys, 'success', String(nowMs), nonce),
		contentType: JSON_TYPE,
	};
	const event = parseObject(plain);
	if (event.EventType === 'check_url') return { answer: acknowledgement };
	// The same event has the same text when it comes again: the only id there is.
	const id = createHash('sha256').update(plain).digest('hex').slice(0, 32);
	return { message: decodeEvent(event, id, nowMs), acknowledgement };
}
