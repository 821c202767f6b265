import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { Refused, configured, safeEqual } from './verify';

/*
 * The envelope that DingTalk event subscription and WeCom callbacks share:
 * AES-256-CBC over random(16) + length(uint32, big endian) + message + receiver id, padded to a
 * multiple of 32, and a SHA-1 signature over the sorted token, timestamp, nonce and cipher text.
 * Node's own unpadding knows blocks of 16 only, therefore padding is handled here.
 */

const BLOCK = 32;
const RANDOM_BYTES = 16;
const LENGTH_BYTES = 4;

export interface EnvelopeKeys {
	token: string;
	/** 43 characters of base64 as the console shows them (EncodingAESKey, aes_key). */
	aesKey: string;
	/** Whom messages must be addressed to. WeCom AI bots use the empty string. */
	receiverId: string;
}

export interface SignedEnvelope {
	signature: string;
	timestamp: string;
	nonce: string;
	encrypt: string;
}

/** Whether a key has the length and the alphabet of one. */
export function isAesKey(aesKey: string): boolean {
	return /^[A-Za-z0-9+/]{43}$/.test(aesKey);
}

/** The 32 key bytes of a 43-character key. Throws `Refused('config')` for any other length or alphabet. */
export function keyBytes(aesKey: string): Buffer {
	if (!isAesKey(aesKey)) throw new Refused('config');
	return Buffer.from(`${aesKey}=`, 'base64');
}

/** Lower-case hex SHA-1 over the values in byte order. */
function envelopeSignature(...values: string[]): string {
	// Not localeCompare: the platforms sort by byte value.
	return createHash('sha1').update(values.sort(byteOrder).join('')).digest('hex');
}

function byteOrder(a: string, b: string): number {
	return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/**
 * Decrypts AES-256-CBC; the iv is the key's first half.
 * @param block the padding, of 1 to 32 equal bytes, must make the length a multiple of it
 */
export function decryptPadded(key: Buffer, cipherText: Buffer, block = BLOCK): Buffer {
	if (cipherText.length === 0 || cipherText.length % 16 !== 0) throw new Refused('decrypt');
	const decipher = createDecipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false);
	const padded = Buffer.concat([decipher.update(cipherText), decipher.final()]);
	const pad = padded[padded.length - 1] ?? 0;
	// A pad that differs from its own length byte means a wrong key or a forged message.
	const sound =
		pad >= 1 &&
		pad <= BLOCK &&
		pad <= padded.length &&
		padded.length % block === 0 &&
		padded.subarray(padded.length - pad).every((byte) => byte === pad);
	if (!sound) throw new Refused('padding');
	return padded.subarray(0, padded.length - pad);
}

/** Opposite of `decryptPadded`. */
function encryptPadded(key: Buffer, plain: Buffer): Buffer {
	const pad = BLOCK - (plain.length % BLOCK);
	const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false);
	return Buffer.concat([
		cipher.update(Buffer.concat([plain, Buffer.alloc(pad, pad)])),
		cipher.final(),
	]);
}

/**
 * Opens an envelope: signature first, then decryption, padding, length and receiver id.
 * @returns the message as text
 * @throws Refused with the check that failed
 */
export function openEnvelope(keys: EnvelopeKeys, envelope: SignedEnvelope): string {
	const { signature, timestamp, nonce, encrypt } = envelope;
	const key = keyBytes(keys.aesKey);
	const expected = envelopeSignature(configured(keys.token), timestamp, nonce, encrypt);
	if (!safeEqual(expected, signature)) throw new Refused('signature');

	const plain = decryptPadded(key, Buffer.from(encrypt, 'base64'));
	const start = RANDOM_BYTES + LENGTH_BYTES;
	if (plain.length < start) throw new Refused('length');
	const length = plain.readUInt32BE(RANDOM_BYTES);
	if (length > plain.length - start) throw new Refused('length');
	// An empty receiver id is compared like any other: the rest must then be empty too.
	if (!safeEqual(plain.subarray(start + length), keys.receiverId)) throw new Refused('receiver');
	return plain.subarray(start, start + length).toString('utf8');
}

/** Seals a message for the platform. `random16` is there for known answers only. */
export function sealEnvelope(
	keys: EnvelopeKeys,
	message: string,
	timestamp: string,
	nonce: string,
	random16: Buffer = randomBytes(RANDOM_BYTES),
): SignedEnvelope {
	const body = Buffer.from(message, 'utf8');
	const length = Buffer.alloc(LENGTH_BYTES);
	length.writeUInt32BE(body.length);
	const plain = Buffer.concat([random16, length, body, Buffer.from(keys.receiverId, 'utf8')]);
	const encrypt = encryptPadded(keyBytes(keys.aesKey), plain).toString('base64');
	const signature = envelopeSignature(configured(keys.token), timestamp, nonce, encrypt);
	return { signature, timestamp, nonce, encrypt };
}
