import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { decryptEvent } from '../../../protocol/feishu/crypt';
import { decode, decodeLegacyAction } from '../../../protocol/feishu/decode';
import { isLegacyCard, verifyEvent, verifyLegacyCard } from '../../../protocol/feishu/sign';
import { idempotencyKey } from '../../../protocol/text';
import { Refused, configured, parseObject, required, safeEqual } from '../../../protocol/verify';
import type { DecodedMessage } from '../../../protocol/message';
import type {
	CallbackOf,
	HttpAnswer,
	HttpCallback,
	RawRequest,
} from '../../shared/receive/callback';
import { beginAddressChecks, endAddressChecks, takesAddressChecks } from './addressCheck';
import { knownBotId, learnBotIdIn } from './bot';

const JSON_TYPE = 'application/json; charset=utf-8';

/** Feishu looks at the status only; to a card action an empty object says that nothing changes. */
const ACKNOWLEDGEMENT: HttpAnswer = { body: {}, contentType: JSON_TYPE };

/** Events and messages (事件配置) and card actions (回调配置) come to the same address. */
const callback: HttpCallback = {
	credential: 'feishuAppApi',

	prepare: learnBotIdIn,

	published: beginAddressChecks,

	decode(request, credential, nowMs) {
		if (isLegacyCard(request.headers)) {
			return {
				message: openLegacyCard(request, credential, nowMs),
				acknowledgement: ACKNOWLEDGEMENT,
			};
		}
		const payload = openPayload(request, credential);
		if (payload.type === 'url_verification') {
			// Always in plain JSON, also where the question was encrypted.
			const challenge = required(payload.challenge);
			return { answer: { body: { challenge }, contentType: JSON_TYPE } };
		}
		const message = decode(payload, { nowMs, botOpenId: knownBotId(credential) });
		return { message, acknowledgement: ACKNOWLEDGEMENT };
	},

	missing(credential) {
		// Feishu does not sign its check of the address: the token alone proves that one.
		return credential.verificationToken
			? undefined
			: 'fill in Verification Token in the credential, and Encrypt Key where the app has one (事件与回调 → 加密策略)';
	},
};

export const callbackOf: CallbackOf = () => callback;

/**
 * The plain payload of a request that proved where it comes from.
 *
 * 1. With an Encrypt Key: nothing but encrypted bodies, and the signature over the raw bytes comes first.
 *    Only the check of the address may lack it, before anything was signed. No time window: Feishu does
 *    not say whether a redelivery after six hours is signed anew, and the inbox knows messages that come
 *    again.
 * 2. With a Verification Token: every payload must carry it.
 * 3. With neither: nothing is accepted.
 */
function openPayload(
	{ headers, body }: RawRequest,
	credential: ICredentialDataDecryptedObject,
): Record<string, unknown> {
	const encryptKey = String(credential.encryptKey ?? '');
	const verificationToken = String(credential.verificationToken ?? '');
	if (!encryptKey) {
		const payload = parseObject(body.toString('utf8'));
		verifyToken(payload, configured(verificationToken));
		return payload;
	}
	const isSigned = headers['x-lark-signature'] !== undefined;
	if (!isSigned && !takesAddressChecks(credential)) throw new Refused('signature');
	if (isSigned) verifyEvent(headers, encryptKey, body);
	const { encrypt } = parseObject(body.toString('utf8'));
	const payload = parseObject(decryptEvent(encryptKey, required(encrypt)));
	if (!isSigned && payload.type !== 'url_verification') throw new Refused('signature');
	if (!isSigned || verificationToken) verifyToken(payload, configured(verificationToken));
	if (isSigned) endAddressChecks(credential);
	return payload;
}

/**
 * Actions of cards before version 2.0 (消息卡片请求网址) are never encrypted, not even with an Encrypt Key:
 * they are signed with the Verification Token. They have no id, and Feishu sends none twice.
 */
function openLegacyCard(
	{ headers, body }: RawRequest,
	credential: ICredentialDataDecryptedObject,
	nowMs: number,
): DecodedMessage {
	verifyLegacyCard(headers, String(credential.verificationToken ?? ''), body);
	const { 'x-lark-request-timestamp': timestamp, 'x-lark-request-nonce': nonce } = headers;
	const text = body.toString('utf8');
	const id = idempotencyKey(required(timestamp), required(nonce), text);
	return decodeLegacyAction(parseObject(text), id, nowMs);
}

/** The token stands in the header of version 2.0, at the top of version 1.0 and of the address check. */
function verifyToken(payload: Record<string, unknown>, verificationToken: string): void {
	const header = payload.header as { token?: unknown } | null | undefined;
	if (!safeEqual(required(header?.token ?? payload.token), verificationToken)) {
		throw new Refused('token');
	}
}
