import {
	decryptPadded,
	keyBytes,
	openEnvelope,
	sealEnvelope,
	type EnvelopeKeys,
	type SignedEnvelope,
} from '../envelope';
import { Refused, required, withinWindow } from '../verify';

/**
 * Opens a callback or the `echostr` of a URL verification. `receiverId` is the corp id for apps and the
 * empty string for AI bots (智能机器人). Throws `Refused`.
 */
export function decryptCallback(keys: EnvelopeKeys, envelope: SignedEnvelope): string {
	return openEnvelope(keys, envelope);
}

/**
 * The signed time of a callback may be this far off. WeCom states no limit and sends a callback again for
 * some seconds only, so an hour shuts out recorded requests and forgives a wrong clock.
 */
export const CALLBACK_WINDOW_MS = 60 * 60 * 1000;

/** When a callback was signed, in ms: its `timestamp` is in seconds. Throws `Refused` for no number. */
export function callbackTime(query: Record<string, unknown>): number {
	const timestamp = required(query.timestamp);
	if (!/^\d{1,12}$/.test(timestamp)) throw new Refused('timestamp');
	return Number(timestamp) * 1000;
}

/**
 * Opens what a callback request carries: signature, decryption, receiver id, time.
 * @param encrypt the body's `Encrypt` / `encrypt`, or the `echostr` of a URL verification
 * @throws Refused
 */
export function openCallback(
	keys: EnvelopeKeys,
	query: Record<string, unknown>,
	encrypt: unknown,
	nowMs: number,
): string {
	const plain = decryptCallback(keys, {
		signature: required(query.msg_signature),
		timestamp: required(query.timestamp),
		nonce: required(query.nonce),
		encrypt: required(encrypt),
	});
	if (!withinWindow(callbackTime(query), nowMs, CALLBACK_WINDOW_MS)) throw new Refused('timestamp');
	return plain;
}

/** An app's encrypted passive reply as XML. */
export function encryptXmlReply(
	keys: EnvelopeKeys,
	message: string,
	timestamp: string,
	nonce: string,
	random16?: Buffer,
): string {
	const sealed = sealEnvelope(keys, message, timestamp, nonce, random16);
	return (
		`<xml><Encrypt><![CDATA[${sealed.encrypt}]]></Encrypt>` +
		`<MsgSignature><![CDATA[${sealed.signature}]]></MsgSignature>` +
		`<TimeStamp>${sealed.timestamp}</TimeStamp>` +
		`<Nonce><![CDATA[${sealed.nonce}]]></Nonce></xml>`
	);
}

/** An AI bot's encrypted reply: `timestamp` is a number of seconds, `nonce` the one of the request's URL. */
export interface AiBotReply {
	encrypt: string;
	msgsignature: string;
	timestamp: number;
	nonce: string;
}

/** An AI bot's encrypted passive reply as JSON. */
export function encryptJsonReply(
	keys: EnvelopeKeys,
	message: string,
	timestampSec: number,
	nonce: string,
	random16?: Buffer,
): AiBotReply {
	const sealed = sealEnvelope(keys, message, String(timestampSec), nonce, random16);
	return {
		encrypt: sealed.encrypt,
		msgsignature: sealed.signature,
		timestamp: timestampSec,
		nonce: sealed.nonce,
	};
}

/** What a file may be padded to a multiple of: no less than a block of the cipher. */
const MEDIA_BLOCK = 16;

/**
 * Decrypts a file of an AI bot message: the same cipher without the envelope's framing. WeCom pads to a
 * multiple of 32; one padded to 16, which its own SDK takes, too, is no less genuine: a file has no
 * signature, and nobody who could forge one learns anything from its padding. An envelope stays strict.
 * @param aesKey the bot's EncodingAESKey, or the key that the long connection gives per file
 * @throws Refused
 */
export function decryptMedia(aesKey: string, bytes: Buffer): Buffer {
	const key = keyBytes(aesKey.replace(/=$/, ''));
	if (bytes.length === 0) throw new Refused('length');
	return decryptPadded(key, bytes, MEDIA_BLOCK);
}
