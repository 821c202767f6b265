import CryptoJS from 'crypto-js';

type Words = CryptoJS.lib.WordArray;

/**
 * The platforms' side of every algorithm is crypto-js, so that a bot's node:crypto is never checked by
 * itself.
 */
const toWords = (bytes: Uint8Array): Words =>
	CryptoJS.enc.Hex.parse(Buffer.from(bytes).toString('hex'));
const toBytes = (words: Words): Buffer => Buffer.from(words.toString(CryptoJS.enc.Hex), 'hex');

export const hmacSha256Base64 = (key: string, message: string) =>
	CryptoJS.enc.Base64.stringify(CryptoJS.HmacSHA256(message, key));
export const hmacSha256Base64Url = (key: string, message: string) =>
	CryptoJS.HmacSHA256(message, key).toString(CryptoJS.enc.Base64url);
export const sha1Hex = (text: string) => CryptoJS.SHA1(text).toString();
export const sha256Hex = (text: string) => CryptoJS.SHA256(text).toString();
export const sha256 = (text: string) => toBytes(CryptoJS.SHA256(text));
export const md5Hex = (data: string | Uint8Array) =>
	CryptoJS.MD5(typeof data === 'string' ? data : toWords(data)).toString();
export const randomBytes = (count: number) => toBytes(CryptoJS.lib.WordArray.random(count));

/** AES-256-CBC without padding: `plain` must already be a multiple of 16 bytes. */
export function encryptCbc(key: Uint8Array, iv: Uint8Array, plain: Uint8Array): Buffer {
	const options = { iv: toWords(iv), mode: CryptoJS.mode.CBC, padding: CryptoJS.pad.NoPadding };
	return toBytes(CryptoJS.AES.encrypt(toWords(plain), toWords(key), options).ciphertext);
}

/** AES-256-CBC, padding left in place; the caller checks and removes it. */
export function decryptCbc(key: Uint8Array, iv: Uint8Array, cipher: Uint8Array): Buffer {
	const options = { iv: toWords(iv), mode: CryptoJS.mode.CBC, padding: CryptoJS.pad.NoPadding };
	const input = CryptoJS.lib.CipherParams.create({ ciphertext: toWords(cipher) });
	return toBytes(CryptoJS.AES.decrypt(input, toWords(key), options));
}

/** PKCS7 to a multiple of `block` bytes (WeCom and DingTalk: 32, Feishu: 16). */
export function pad(plain: Uint8Array, block: number): Buffer {
	const count = block - (plain.length % block);
	return Buffer.concat([plain, Buffer.alloc(count, count)]);
}

/** Removes PKCS7 strictly. @throws when a single padding byte is wrong. */
export function unpad(padded: Buffer, block: number): Buffer {
	const count = padded.at(-1) ?? 0;
	const bad = count < 1 || count > block || padded.length < count;
	if (bad || !padded.subarray(-count).every((byte) => byte === count)) throw new Error('padding');
	return padded.subarray(0, -count);
}
