import { createDecipheriv, createHash } from 'node:crypto';
import { Refused, configured } from '../verify';

const IV_BYTES = 16;

/**
 * Decrypts an event: AES-256-CBC, key SHA-256(Encrypt Key), the iv in front of the cipher text, ordinary
 * PKCS#7 padding.
 * @returns the plain text
 * @throws Refused
 */
export function decryptEvent(encryptKey: string, encrypt: string): string {
	const raw = Buffer.from(encrypt, 'base64');
	if (raw.length < 2 * IV_BYTES || raw.length % IV_BYTES !== 0) throw new Refused('length');
	const key = createHash('sha256').update(configured(encryptKey)).digest();
	const plain = decipher(key, raw.subarray(0, IV_BYTES), raw.subarray(IV_BYTES));
	if (plain === undefined) throw new Refused('padding');
	return plain.toString('utf8');
}

/** Undefined where the padding is wrong: the key is another one, or the text was changed. */
function decipher(key: Buffer, iv: Buffer, cipherText: Buffer): Buffer | undefined {
	const cipher = createDecipheriv('aes-256-cbc', key, iv);
	try {
		return Buffer.concat([cipher.update(cipherText), cipher.final()]);
	} catch {
		return undefined;
	}
}
