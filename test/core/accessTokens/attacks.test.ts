import { createHmac, generateKeyPairSync, sign as signAsymmetric } from 'node:crypto';
import {
	LEEWAY_S,
	MAX_LIFE_S,
	signToken,
	verifyToken,
	type TokenPayload,
} from '../../../core/accessTokens/jwt';
import { verifyBearer } from '../../../core/accessTokens/admit';
import type { SigningKey } from '../../../core/accessTokens/signingKeys';
import { Refused } from '../../../protocol/verify';

/*
 * What RFC 8725 warns of, and what else strangers send. Each forgery starts from a token that is good, so that
 * nothing but the forgery is refused.
 */

const KEY: SigningKey = { kid: '2026-11', secret: 'first secret of thirty-two bytes and more' };
const OLD: SigningKey = { kid: '2026-08', secret: 'older secret of thirty-two bytes and more' };
const KEYS = [KEY, OLD];
const DOMAIN = { issuer: 'clawbot', audience: 'clawbot-robot-api' };
const NOW = Date.parse('2026-11-22T12:00:00Z');
const SECONDS = NOW / 1000;

const CLAIMS: TokenPayload = {
	tokenId: 'jti1',
	client: 'crm',
	keyId: 'ck_1',
	grantId: 'g1',
	scopes: ['message:send'],
	issuedAt: SECONDS,
	expiresAt: SECONDS + 36_000,
};

const good = (claims: Partial<TokenPayload> = {}): string =>
	signToken({ ...CLAIMS, ...claims }, DOMAIN, KEY);
const verify = (token: string, now = NOW, keys = KEYS): TokenPayload =>
	verifyToken(token, keys, DOMAIN, now);

const base64url = (value: unknown): string =>
	Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const parse = (part: string): Record<string, unknown> =>
	JSON.parse(Buffer.from(part, 'base64url').toString());
const hmac = (text: string, secret: string, hash = 'sha256'): string =>
	createHmac(hash, secret).update(text).digest('base64url');

const [HEADER, PAYLOAD, SIGNATURE] = good().split('.') as [string, string, string];

/** A token with changed header or claims; signed properly unless `sign` does otherwise. */
function forged(
	header: object | string = {},
	payload: object | string = {},
	sign = (text: string): string => hmac(text, KEY.secret),
): string {
	const part = (own: object | string, before: string): string =>
		base64url(typeof own === 'string' ? own : { ...parse(before), ...own });
	const text = `${part(header, HEADER)}.${part(payload, PAYLOAD)}`;
	return `${text}.${sign(text)}`;
}

it('What the forgeries are made of is good itself', () => {
	expect(forged()).toBe(good());
	expect(verify(forged())).toEqual(CLAIMS);
});

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = publicKey.export({ type: 'spki', format: 'pem' }) as string;

const attacks: Array<[section: string, name: string, token: string]> = [
	['2.1', 'alg none, without a signature', forged({ alg: 'none' }, {}, () => '')],
	['2.1', 'alg none, with the signature left in place', forged({ alg: 'none' })],
	['2.1', 'alg nOnE', forged({ alg: 'nOnE' }, {}, () => '')],
	['3.1', 'no alg', forged({ alg: undefined })],
	[
		'3.1',
		'HS512 by the right key',
		forged({ alg: 'HS512' }, {}, (text) => hmac(text, KEY.secret, 'sha512')),
	],
	['3.1', 'HS256 said, HS512 done', forged({}, {}, (text) => hmac(text, KEY.secret, 'sha512'))],
	[
		'3.1',
		'RS256',
		forged({ alg: 'RS256' }, {}, (text) =>
			signAsymmetric('sha256', Buffer.from(text), privateKey).toString('base64url'),
		),
	],
	['2.1', 'a public key used as the secret', forged({}, {}, (text) => hmac(text, pem))],
	[
		'2.5',
		'ES256 with the signature of zeros that careless curves take',
		forged({ alg: 'ES256' }, {}, () => Buffer.alloc(64).toString('base64url')),
	],
	['2.2', 'a secret that somebody guesses', forged({}, {}, (text) => hmac(text, 'secret'))],
	['3.3', 'the empty secret', forged({}, {}, (text) => hmac(text, ''))],
	['3.3', 'no signature', forged({}, {}, () => '')],
	['3.3', 'a signature cut short', good().slice(0, -1)],
	['3.3', 'a signature with padding', `${good()}=`],
	['3.3', 'the last character of the signature changed', swapLast(good())],
	[
		'3.3',
		'another payload under the signature',
		`${HEADER}.${base64url({ ...parse(PAYLOAD), sub: 'x' })}.${SIGNATURE}`,
	],
	[
		'3.3',
		'another header under the signature',
		`${base64url({ ...parse(HEADER), kid: OLD.kid })}.${PAYLOAD}.${SIGNATURE}`,
	],
	['3.3', 'the secret of another key', forged({ kid: OLD.kid })],
	['3.10', 'an unknown kid', forged({ kid: 'other' })],
	['3.10', 'no kid', forged({ kid: undefined })],
	['2.9', 'a path as kid', forged({ kid: '../../../../dev/null' }, {}, (text) => hmac(text, ''))],
	['2.9', 'SQL as kid', forged({ kid: "' UNION SELECT 'x" }, {}, (text) => hmac(text, 'x'))],
	[
		'3.10',
		'a kid that every object has',
		forged({ kid: 'constructor' }, {}, (text) => hmac(text, String(Object))),
	],
	['3.10', 'a list as kid', forged({ kid: [KEY.kid] })],
	[
		'3.10',
		'its own key (jwk)',
		forged({ jwk: { kty: 'oct', k: base64url('x') } }, {}, (text) => hmac(text, 'x')),
	],
	['2.9', 'an address of keys (jku)', forged({ jku: 'https://evil.example/keys' })],
	['3.10', 'a certificate (x5c)', forged({ x5c: ['MII'] })],
	['2.9', 'an address of a certificate (x5u)', forged({ x5u: 'https://evil.example/x' })],
	['2.3', 'a token inside a token (cty)', forged({ cty: 'JWT' }, good())],
	['3.3', 'an unknown critical extension', forged({ crit: ['exp'] })],
	['3.3', 'an unencoded payload (b64)', forged({ b64: false, crit: ['b64'] })],
	['3.6', 'compression', forged({ zip: 'DEF' })],
	['2.8', 'an ID token', forged({ typ: 'JWT' })],
	['3.12', 'a refresh token’s type', forged({ typ: 'rt+jwt' })],
	['3.11', 'no typ', forged({ typ: undefined })],
	['3.8', 'another issuer', forged({}, { iss: 'clawbot.example' })],
	['3.8', 'no issuer', forged({}, { iss: undefined })],
	['2.7', 'another audience', forged({}, { aud: 'clawbot' })],
	['3.9', 'a list of audiences', forged({}, { aud: ['clawbot-robot-api', 'other'] })],
	['3.9', 'no audience', forged({}, { aud: undefined })],
	['3.8', 'no subject', forged({}, { sub: undefined })],
	['3.8', 'no client of an API key', forged({}, { client_id: '' })],
	['–', 'no id', forged({}, { jti: '' })],
	['–', 'no grant', forged({}, { sid: undefined })],
	['–', 'an object for the grant', forged({}, { sid: { like: '%' } })],
	['–', 'no expiry', forged({}, { exp: undefined })],
	['–', 'expiry as text', forged({}, { exp: String(SECONDS + 36_000) })],
	['–', 'expiry that is no whole number', forged({}, { exp: SECONDS + 0.5 })],
	['–', 'a life over 30 days', forged({}, { exp: SECONDS + MAX_LIFE_S + 1 })],
	['–', 'expiry before its issue', forged({}, { exp: SECONDS - 1 })],
	['–', 'no start', forged({}, { nbf: undefined })],
	['–', 'a start after its issue', forged({}, { nbf: SECONDS + 100 })],
	[
		'–',
		'run out ten minutes ago',
		forged({}, { iat: SECONDS - 1200, nbf: SECONDS - 1200, exp: SECONDS - 600 }),
	],
	['–', 'issued in ten minutes', forged({}, { iat: SECONDS + 600, nbf: SECONDS + 600 })],
	['2.6', 'a payload that is no object', forged({}, '[]')],
	['2.6', 'a payload that is no JSON', forged({}, 'sub=crm')],
	['2.6', 'a header that is no JSON', forged('{"alg":')],
	[
		'2.6',
		'a header with a second alg',
		forged('{"alg":"none","alg":"HS256","typ":"at+jwt","kid":"other"}'),
	],
	['3.7', 'a header in UTF-16', wide(HEADER)],
	['3.7', 'a header after a byte order mark', forged(`\uFEFF${JSON.stringify(parse(HEADER))}`)],
	['2.3', 'two parts', `${HEADER}.${PAYLOAD}`],
	['2.3', 'four parts', `${good()}.x`],
	['2.3', 'five parts, as an encrypted one has', `${good()}.x.y`],
	['–', 'blanks around', ` ${good()} `],
	['–', 'a line break inside', good().replace('.', '.\n')],
	['–', 'ordinary base64', good().replace(/-/g, '+').replace(/_/g, '/').replace('.', '=.')],
	['–', 'nothing', ''],
	['–', 'over 4,096 characters', forged({}, { more: 'x'.repeat(5000) })],
];

/** The last of 43 characters has two spare bits: a careless decoder does not look at them. */
function swapLast(token: string): string {
	const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
	return token.slice(0, -1) + alphabet[alphabet.indexOf(token.at(-1)!) ^ 1];
}

/** A token of ours whose header is encoded as some other JSON libraries take it as well. */
function wide(header: string): string {
	const text = Buffer.from(header, 'base64url').toString();
	const own = `${Buffer.from(text, 'utf16le').toString('base64url')}.${PAYLOAD}`;
	return `${own}.${hmac(own, KEY.secret)}`;
}

it.each(attacks)('RFC 8725 %s: refuses %s', (_section, _name, token) => {
	expect(() => verify(token)).toThrow(Refused);
	expect(verifyBearer(`Bearer ${token}`, KEYS, DOMAIN, NOW)).toBeUndefined();
});

/*
 * 2.4 and 3.4 are about encryption and key agreement, which there is none of; 3.2 is the one algorithm, by
 * `3.1`; 3.5 is the size of keys, in signingKeys.test.ts.
 */
it('Every warning of RFC 8725 that concerns signed tokens has an attack', () => {
	const sections = new Set(attacks.map(([section]) => section));
	expect([...sections].filter((section) => section !== '–').sort()).toEqual([
		...['2.1', '2.2', '2.3', '2.5', '2.6', '2.7', '2.8', '2.9'],
		...['3.1', '3.10', '3.11', '3.12', '3.3', '3.6', '3.7', '3.8', '3.9'],
	]);
});

it('refuses a token of every single character changed', () => {
	const token = good();
	for (let place = 0; place < token.length; place++) {
		const other = token[place] === 'A' ? 'B' : 'A';
		const changed = token.slice(0, place) + other + token.slice(place + 1);
		expect(() => verify(changed)).toThrow(Refused);
	}
});

describe('the clock', () => {
	it.each([
		['at its issue', 0, true],
		['by a clock that is 60 s behind', -LEEWAY_S, true],
		['by a clock that is 61 s behind', -LEEWAY_S - 1, false],
		['by a clock that is ten minutes behind', -600, false],
		['in its last second', 36_000 - 1, true],
		['59 s after its end', 36_000 + LEEWAY_S - 1, true],
		['60 s after its end', 36_000 + LEEWAY_S, false],
		['ten minutes after its end', 36_000 + 600, false],
	])('%s', (_when, seconds, taken) => {
		const attempt = (): TokenPayload => verify(good(), NOW + seconds * 1000);
		if (taken) expect(attempt()).toEqual(CLAIMS);
		else expect(attempt).toThrow(Refused);
	});
});

describe('overlapping keys', () => {
	const old = signToken(CLAIMS, DOMAIN, OLD);

	it('take a token of the key before', () => {
		expect(verify(old)).toEqual(CLAIMS);
	});

	it('refuse it once that key is taken out', () => {
		expect(() => verify(old, NOW, [KEY])).toThrow(Refused);
	});

	it('refuse a new key’s token where the key has another secret', () => {
		const same = { kid: KEY.kid, secret: OLD.secret };
		expect(() => verify(good(), NOW, [same])).toThrow(Refused);
	});
});

it.each([
	['Bearer  x', undefined],
	[undefined, undefined],
	[['Bearer', good()], undefined],
	[good(), undefined],
	[`Basic ${good()}`, undefined],
	[`Bearer ${good()}, Bearer ${good()}`, undefined],
	[`bearer ${good()}`, CLAIMS],
	[`Bearer ${good()}`, CLAIMS],
])('The header %#', (header, expected) => {
	expect(verifyBearer(header, KEYS, DOMAIN, NOW)).toEqual(expected);
});

it('A defect of ours is no forged token', () => {
	const key = {
		kid: KEY.kid,
		get secret(): string {
			throw new TypeError('x is not a function');
		},
	};
	const read = (keys: SigningKey[]): unknown => verifyBearer(`Bearer ${good()}`, keys, DOMAIN, NOW);
	expect(() => read([key])).toThrow(TypeError);
	expect(read([OLD])).toBeUndefined();
});
