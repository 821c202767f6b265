import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { parseJson } from '../../protocol/fields';

/*
 * A value that a page carries in its address and that nobody else may read or make: AES-256-GCM, with the name of
 * what it is for as associated data.
 */

const CIPHER = 'aes-256-gcm';
const PURPOSE = Buffer.from('clawbot registration 1');
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** An address of a code has 1200 characters at most. */
const MAX_SEALED = 8192;

/** A key of `seal`, as n8n can keep it. */
export const newSealKey = (): string => randomBytes(32).toString('hex');

/** @param key from `newSealKey` */
export function seal(value: object, key: string): string {
	const nonce = randomBytes(NONCE_BYTES);
	const cipher = createCipheriv(CIPHER, Buffer.from(key, 'hex'), nonce).setAAD(PURPOSE);
	const sealed = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()]);
	return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
}

/** What `seal` was given; undefined where the text is anything else than sealed with this key. Never throws. */
export function unseal(text: string, key: string): unknown {
	if (text.length > MAX_SEALED) return undefined;
	const bytes = Buffer.from(text, 'base64url');
	const [nonce, tag, sealed] = [
		bytes.subarray(0, NONCE_BYTES),
		bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES),
		bytes.subarray(NONCE_BYTES + TAG_BYTES),
	];
	if (tag.length < TAG_BYTES) return undefined;
	try {
		const decipher = createDecipheriv(CIPHER, Buffer.from(key, 'hex'), nonce);
		decipher.setAAD(PURPOSE).setAuthTag(tag);
		return parseJson(Buffer.concat([decipher.update(sealed), decipher.final()]).toString('utf8'));
	} catch {
		// Another key, or a text that was changed.
		return undefined;
	}
}
