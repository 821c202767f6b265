import { asFields, asText, parseJson } from '../../protocol/fields';

/** A key that signs access tokens, or did: as long as its tokens live it still verifies them. */
export interface SigningKey {
	kid: string;
	/** At least 32 bytes. */
	secret: string;
}

/** HS256 wants a key of at least its own size (RFC 7518, 3.2); this one is never typed by hand. */
const MIN_KEY_BYTES = 32;
/** Random text has more; a key that somebody thought up by repeating a word or a letter can be guessed. */
const MIN_LETTERS = 10;
const MAX_KEYS = 10;

/** What is wrong with the credential, in words for whoever filled it in; holds nothing of a key. */
export class BadSigningKeys extends Error {}

/**
 * The keys of the credential, the signing one first.
 * @param text JSON: `[{ "kid": "2026-11", "secret": "…" }, …]`
 * @throws BadSigningKeys
 */
export function readSigningKeys(text: unknown): SigningKey[] {
	const keys = parse(asText(text)).map(readKey);
	if (keys.length === 0) throw new BadSigningKeys('Signing Keys holds no key');
	if (keys.length > MAX_KEYS) {
		throw new BadSigningKeys(
			`Signing Keys holds ${keys.length} keys; at most ${MAX_KEYS} are taken`,
		);
	}
	if (new Set(keys.map(({ kid }) => kid)).size < keys.length) {
		throw new BadSigningKeys('Two keys of Signing Keys have the same "kid"');
	}
	if (new Set(keys.map(({ secret }) => secret)).size < keys.length) {
		throw new BadSigningKeys('Two keys of Signing Keys have the same "secret"');
	}
	return keys;
}

function parse(text: string): unknown[] {
	const value = parseJson(text);
	if (Array.isArray(value)) return value;
	throw new BadSigningKeys('Signing Keys must be a JSON list: [{"kid":"2026-11","secret":"…"}]');
}

function readKey(value: unknown, index: number): SigningKey {
	const fields = asFields(value);
	const kid = asText(fields.kid);
	const secret = asText(fields.secret);
	const which = `Key ${index + 1} of Signing Keys`;
	if (!/^[\w.:-]{1,64}$/.test(kid)) {
		throw new BadSigningKeys(`${which}: "kid" must be 1 to 64 letters, digits or . _ : -`);
	}
	if (Buffer.byteLength(secret, 'utf8') < MIN_KEY_BYTES) {
		throw new BadSigningKeys(
			`${which}: "secret" has under ${MIN_KEY_BYTES} bytes; make one with: openssl rand -base64 48`,
		);
	}
	if (new Set(secret).size < MIN_LETTERS) {
		throw new BadSigningKeys(
			`${which}: "secret" is not random; make one with: openssl rand -base64 48`,
		);
	}
	return { kid, secret };
}
