import CryptoJS from 'crypto-js';

import { decryptCbc, encryptCbc, pad, randomBytes, sha256, sha256Hex, unpad } from '../aes.ts';

/** Group bots: the HMAC key is time + newline + secret, the message is empty. */
export const hookSign = (secret: string, timestampSeconds: string) =>
	CryptoJS.enc.Base64.stringify(CryptoJS.HmacSHA256('', `${timestampSeconds}\n${secret}`));

/** Over the body's bytes as sent, in hex. */
export const eventSignature = (
	timestamp: string,
	nonce: string,
	encryptKey: string,
	body: string,
) => sha256Hex(timestamp + nonce + encryptKey + body);

/** AES-256-CBC under SHA-256 of the key, PKCS7 to 16, the IV in front, base64. */
export function encryptEvent(encryptKey: string, text: string, iv = randomBytes(16)): string {
	const cipher = encryptCbc(sha256(encryptKey), iv, pad(Buffer.from(text), 16));
	return Buffer.concat([iv, cipher]).toString('base64');
}

/** Reverse of `encryptEvent`. @throws on bad padding. */
export function decryptEvent(encryptKey: string, encrypt: string): string {
	const raw = Buffer.from(encrypt, 'base64');
	const plain = decryptCbc(sha256(encryptKey), raw.subarray(0, 16), raw.subarray(16));
	return unpad(plain, 16).toString('utf8');
}
