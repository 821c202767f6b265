/*
 * What people paste into the fields of a credential: with line breaks, invisible characters of a web page, quotes,
 * or more of a line than was asked for.
 */

const INVISIBLE = /[\s\p{Cc}\p{Cf}]+/gu;
const QUOTES_BEFORE = /^["'`“”‘’「『<({\s]+/u;
const QUOTES_AFTER = /["'`“”‘’」』>)},;，；。\s]+$/u;
/** `export MODEL_API_KEY=`, `"api_key": `, `Authorization: `, `API 密钥：`. Something else follows it. */
const NAME =
	/^(?:export\s+|set\s+|\$env:)?["']?(?:[\w.-]{0,40}(?:api[-_ ]?key|authorization|token|secret)|(?:access |secret )?(?:key|token)|(?:api ?)?(?:密钥|令牌))["']?\s*[:=：]\s*(?=[^\s=])/i;
/** What stands in front of a key in a header. */
const SCHEME = /^(?:bearer[\s:=+]+|(?:token|api[-_ ]?key|key|密钥|令牌)[\s:]+)(?=.)/i;

/** `-H "Authorization: Bearer …"`, of a whole command. */
const HEADER_OPTION =
	/(?:^|\s)(?:-H|--header)\s*["']?(?:authorization|(?:x-)?api-key)\s{0,9}:\s{0,9}([^"']+)/i;

/** Blanks, quotes and colons, as addresses write them; a key has none of them. */
const WRITTEN_AS_IN_ADDRESS = /%(?:20|0[9ad]|2[27]|3a)/gi;
/** A blank, as JSON and HTML write it. */
const WRITTEN_BLANK = /\\u00[2a]0|&nbsp;/gi;

/** A key, secret or id: one word. */
export function pastedKey(value: unknown): string {
	let text = (typeof value === 'string' ? value : '')
		.replace(/\p{Cf}+/gu, '')
		.replace(WRITTEN_AS_IN_ADDRESS, decodeURIComponent)
		.replace(WRITTEN_BLANK, ' ')
		.replace(/(?:\\[nrt])+$/, '')
		.replace(/\s#\s.*$/, '');
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

/** What stands behind an address in a command or in a line of HTTP. */
const REST_OF_LINE = /\s+(?:--?[a-z]|\\\s|HTTP\/\d).*$/is;
/** Ends of a sentence, of a pattern, and what nobody sees, as addresses write it. */
const MARKS_AFTER =
	/(?:["'`“”‘’」』>),;，；。.…*!/]|%(?:20|0[9ad]|c2%a0|e2%80%8[b-f]|ef%bb%bf))+$/i;

/** An address, with its scheme and without a slash at the end; empty where there is none. */
export function pastedUrl(value: unknown): string {
	const given = typeof value === 'string' ? value.replace(/\\(?=["'/])/g, '') : '';
	const start = Math.max(0, given.search(/(?:https?|wss?)[:：]/i));
	const text = given
		.slice(start)
		.replace(REST_OF_LINE, '')
		.replace(INVISIBLE, '')
		.replace(/^https?%3a%2f%2f.*/i, (encoded) =>
			encoded.replace(/%(?:3a|2f)/gi, decodeURIComponent),
		)
		.replace(/[：／．]/gu, (wide) => wide.normalize('NFKC'))
		.replace(/^(https?|wss?)(?:[:;]\/{1,3}|\/\/)/i, '$1://')
		.replace(/[，。；、].*$/u, '');
	// In `base_url=https://…` or `[link](https://…)` the address begins with its scheme.
	const address = /(?:https?|wss?):\/.*/i.exec(text)?.[0];
	const plain = (address ?? text.replace(QUOTES_BEFORE, '').replace(/^base_?url[:=]/i, ''))
		.replace(/^(?:https?:\/\/)+(?=https?:)/i, '')
		.replace(/#.*$/, '')
		.replace(MARKS_AFTER, '');
	if (plain === '' || address !== undefined) return plain;
	return `${LOCAL.test(plain) ? 'http' : 'https'}://${plain}`;
}

/** An address below another one, which may have a query of its own. */
export function urlBelow(base: string, path: string): string {
	const [address = '', query] = base.split('?');
	return `${address.replace(/\/+$/, '')}${path}${query ? `?${query}` : ''}`;
}
