/*
 * What people paste into the fields of a credential: with line breaks, invisible characters of a web page, quotes,
 * or more of a line than was asked for.
 */

const INVISIBLE = /[\s\p{Cc}\p{Cf}]+/gu;
const QUOTES_BEFORE = /^["'`“”‘’「『<(\s]+/u;
const QUOTES_AFTER = /["'`“”‘’」』>),;，；。\s]+$/u;
/** `export MODEL_API_KEY=`, `"api_key": `, `Authorization: `. */
const NAME =
	/^(?:export\s+)?["']?[\w.-]{0,40}(?:api[-_ ]?key|authorization|token|secret)["']?\s*[:=：]\s*/i;
const SCHEME = /^bearer[\s:]+/i;

/** `-H "Authorization: Bearer …"`, of a whole command. */
const HEADER_OPTION =
	/(?:^|\s)(?:-H|--header)\s*["']?authorization\s{0,9}:\s{0,9}bearer\s+([^"']+)/i;

/** A key, secret or id: one word. */
export function pastedKey(value: unknown): string {
	let text = typeof value === 'string' ? value.replace(/\p{Cf}+/gu, '') : '';
	text = HEADER_OPTION.exec(text)?.[1] ?? text;
	for (let before = ''; text !== before; ) {
		before = text;
		text = text.replace(QUOTES_BEFORE, '').replace(NAME, '').replace(SCHEME, '');
	}
	return text.replace(INVISIBLE, '').replace(QUOTES_AFTER, '');
}

/** Hosts that hardly anybody gives a certificate. */
const LOCAL =
	/^(?:localhost|host\.docker\.internal|127\.|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|\[::1\])/i;

/** An address, with its scheme and without a slash at the end; empty where there is none. */
export function pastedUrl(value: unknown): string {
	const text = (typeof value === 'string' ? value : '')
		.replace(INVISIBLE, '')
		.replace(/[：／．]/gu, (wide) => wide.normalize('NFKC'));
	// In `base_url=https://…` or `[link](https://…)` the address begins with its scheme.
	const address = /(?:https?|wss?):\/.*/i.exec(text)?.[0];
	const plain = (address ?? text.replace(QUOTES_BEFORE, '').replace(/^base_?url[:=]/i, ''))
		.replace(/^(?:https?:\/\/)+(?=https?:)/i, '')
		.replace(QUOTES_AFTER, '')
		.replace(/#.*$/, '')
		.replace(/\/+$/, '');
	if (plain === '' || address !== undefined) return plain;
	return `${LOCAL.test(plain) ? 'http' : 'https'}://${plain}`;
}

/** An address below another one, which may have a query of its own. */
export function urlBelow(base: string, path: string): string {
	const [address = '', query] = base.split('?');
	return `${address.replace(/\/+$/, '')}${path}${query ? `?${query}` : ''}`;
}
