import { decryptCbc, encryptCbc, pad, randomBytes, sha1Hex, unpad } from './aes.ts';

/** The callback scheme that WeCom and DingTalk share: a 43-character key, a random prefix, a receiver id. */
export interface CallbackAccount {
	token: string;
	aesKey: string;
	receiverId: string;
}

/** Lower-case hex SHA-1 over the byte-sorted four values. */
export const callbackSignature = (
	token: string,
	timestamp: string,
	nonce: string,
	encrypt: string,
) => sha1Hex([token, timestamp, nonce, encrypt].sort().join(''));

/** random(16) + length (4 bytes, big endian) + text + receiver id, AES-256-CBC, PKCS7 to 32, base64. */
export function seal(account: CallbackAccount, text: string, random = randomBytes(16)): string {
	const key = Buffer.from(`${account.aesKey}=`, 'base64');
	const message = Buffer.from(text);
	const length = Buffer.alloc(4);
	length.writeUInt32BE(message.length);
	const plain = Buffer.concat([random, length, message, Buffer.from(account.receiverId)]);
	return encryptCbc(key, key.subarray(0, 16), pad(plain, 32)).toString('base64');
}

/** Reverse of `seal`. @throws an Error whose message names what is wrong. */
export function open(account: CallbackAccount, encrypt: string): string {
	const key = Buffer.from(`${account.aesKey}=`, 'base64');
	const cipher = Buffer.from(encrypt, 'base64');
	if (!cipher.length || cipher.length % 16) throw new Error('ciphertext length');
	const plain = unpad(decryptCbc(key, key.subarray(0, 16), cipher), 32);
	const end = plain.length < 20 ? Infinity : 20 + plain.readUInt32BE(16);
	if (end > plain.length) throw new Error('message length');
	if (plain.toString('utf8', end) !== account.receiverId) throw new Error('receiver id');
	return plain.toString('utf8', 20, end);
}
