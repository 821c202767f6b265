import { createHash, createHmac } from 'node:crypto';
import { Refused, configured, required, safeEqual } from '../verify';

/**
 * Signature of a custom bot's message: base64(HMAC-SHA256) where timestamp and secret are the *key* and
 * the message is empty. `timestampSec` is in seconds.
 */
export function sign(secret: string, timestampSec: string): string {
	return createHmac('sha256', `${timestampSec}\n${secret}`).digest('base64');
}

/** A custom bot's body with `timestamp` and `sign`; unchanged where the bot has no secret (签名校验). */
export function signBody(body: object, secret: string, timestampSec: string): object {
	return secret ? { timestamp: timestampSec, sign: sign(secret, timestampSec), ...body } : body;
}

/** The signature headers of an event callback, lower-case names as Node gives them. */
export interface SignatureHeaders {
	'x-lark-request-timestamp'?: unknown;
	'x-lark-request-nonce'?: unknown;
	'x-lark-signature'?: unknown;
}

/** hex(SHA-256(timestamp + nonce + Encrypt Key + raw body)). */
export function eventSignature(
	timestamp: string,
	nonce: string,
	encryptKey: string,
	rawBody: Buffer,
): string {
	return createHash('sha256')
		.update(timestamp + nonce + encryptKey)
		.update(rawBody)
		.digest('hex');
}

/** Verifies an event over its raw bytes: a body parsed and written again has another hash. Throws `Refused`. */
export function verifyEvent(headers: SignatureHeaders, encryptKey: string, rawBody: Buffer): void {
	const timestamp = required(headers['x-lark-request-timestamp']);
	const nonce = required(headers['x-lark-request-nonce']);
	const given = required(headers['x-lark-signature']);
	const expected = eventSignature(timestamp, nonce, configured(encryptKey), rawBody);
	if (!safeEqual(expected, given)) throw new Refused('signature');
}

/** hex(SHA-1(timestamp + nonce + Verification Token + raw body)): cards of the old `card.action.trigger_v1`. */
export function legacyCardSignature(
	timestamp: string,
	nonce: string,
	verificationToken: string,
	rawBody: Buffer,
): string {
	return createHash('sha1')
		.update(timestamp + nonce + verificationToken)
		.update(rawBody)
		.digest('hex');
}

/** Whether a request carries a signature of the old cards: SHA-1 has 40 digits, an event's SHA-256 has 64. */
export const isLegacyCard = (headers: SignatureHeaders): boolean =>
	typeof headers['x-lark-signature'] === 'string' && headers['x-lark-signature'].length === 40;

/** Verifies a callback of an old card over its raw bytes. Throws `Refused`. */
export function verifyLegacyCard(
	headers: SignatureHeaders,
	verificationToken: string,
	rawBody: Buffer,
): void {
	const timestamp = required(headers['x-lark-request-timestamp']);
	const nonce = required(headers['x-lark-request-nonce']);
	const given = required(headers['x-lark-signature']);
	const token = configured(verificationToken);
	const expected = legacyCardSignature(timestamp, nonce, token, rawBody);
	if (!safeEqual(expected, given)) throw new Refused('signature');
}
