import { createHash } from 'node:crypto';

/* Short codes by which people name in a chat what has a long key. */

/** As people type it: six characters tell 10,000 rows apart with a chance of one in twenty of a like pair. */
export const CODE_LENGTH = 6;
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

/**
 * A stable code of a key or a group, in letters that nobody mixes up (base32: neither 0 nor 1).
 * @param length what is typed may be any beginning of the longest code, 24 characters
 */
export function codeOf(text: string, length = CODE_LENGTH): string {
	const bytes = createHash('sha256').update(text).digest();
	return [...bytes.subarray(0, length)].map((byte) => ALPHABET[byte % 32]).join('');
}

/** Whether a typed code, four characters at least, stands for this key or group. */
export function isCodeOf(typed: string, text: string): boolean {
	const code = typed.toLowerCase();
	return code.length >= 4 && code.length <= 24 && codeOf(text, code.length) === code;
}
