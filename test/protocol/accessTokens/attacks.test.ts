import { createHmac, generateKeyPairSync, sign as signAsymmetric } from 'node:crypto';
import {
	LEEWAY_S,
	MAX_LIFE_S,
	signToken,
	verifyToken,
	type AccessClaims,
} from '../../../protocol/accessTokens/jwt';
import { verifyBearer } from '../../../protocol/accessTokens/admit';
import type { SigningKey } from '../../../protocol/accessTokens/signingKeys';
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

const CLAIMS: AccessClaims = {
	tokenId: 'jti1',
	client: 'crm',
	keyId: 'ck_1',
	grantId: 'g1',
	scopes: ['message:send'],
	issuedAt: SECONDS,
	expiresAt: SECONDS + 36_000,
};

const good = (claims: Partial<AccessClaims> = {}): string =>
	signToken({ ...CLAIMS, ...claims }, DOMAIN, KEY);
const verify = (token: string, now = NOW, keys = KEYS): AccessClaims =>
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

const attacks: Array<[name: string, token: string]> = [
	['alg none, without a signature', forged({ alg: 'none' }, {}, () => '')],
	['alg none, with the signature left in place', forged({ alg: 'none' })],
	['alg nOnE', forged({ alg: 'nOnE' }, {}, () => '')],
	['no alg', forged({ alg: undefined })],
	[
		'HS512 by the right key',
		forged({ alg: 'HS512' }, {}, (text) => hmac(text, KEY.secret, 'sha512')),
	],
	['HS256 said, HS512 done', forged({}, {}, (text) => hmac(text, KEY.secret, 'sha512'))],
	[
		'RS256',
		forged({ alg: 'RS256' }, {}, (text) =>
			signAsymmetric('sha256', Buffer.from(text), privateKey).toString('base64url'),
		),
	],
	['a public key used as the secret', forged({}, {}, (text) => hmac(text, pem))],
	['the empty secret', forged({}, {}, (text) => hmac(text, ''))],
	['no signature', forged({}, {}, () => '')],
	['a signature cut short', good().slice(0, -1)],
	['a signature with padding', `${good()}=`],
	['the last character of the signature changed', swapLast(good())],
	[
		'another payload under the signature',
		`${HEADER}.${base64url({ ...parse(PAYLOAD), sub: 'x' })}.${SIGNATURE}`,
	],
	[
		'another header under the signature',
		`${base64url({ ...parse(HEADER), kid: OLD.kid })}.${PAYLOAD}.${SIGNATURE}`,
	],
	['the secret of another key', forged({ kid: OLD.kid })],
	['an unknown kid', forged({ kid: 'other' })],
	['no kid', forged({ kid: undefined })],
	['a path as kid', forged({ kid: '../../../../dev/null' }, {}, (text) => hmac(text, ''))],
	['SQL as kid', forged({ kid: "' UNION SELECT 'x" }, {}, (text) => hmac(text, 'x'))],
	[
		'a kid that every object has',
		forged({ kid: 'constructor' }, {}, (text) => hmac(text, String(Object))),
	],
	['a list as kid', forged({ kid: [KEY.kid] })],
	[
		'its own key (jwk)',
		forged({ jwk: { kty: 'oct', k: base64url('x') } }, {}, (text) => hmac(text, 'x')),
	],
	['an address of keys (jku)', forged({ jku: 'https://evil.example/keys' })],
	['a certificate (x5c)', forged({ x5c: ['MII'] })],
	['an unknown critical extension', forged({ crit: ['exp'] })],
	['an unencoded payload (b64)', forged({ b64: false, crit: ['b64'] })],
	['compression', forged({ zip: 'DEF' })],
	['an ID token', forged({ typ: 'JWT' })],
	['a refresh token’s type', forged({ typ: 'rt+jwt' })],
	['no typ', forged({ typ: undefined })],
	['another issuer', forged({}, { iss: 'clawbot.example' })],
	['no issuer', forged({}, { iss: undefined })],
	['another audience', forged({}, { aud: 'clawbot' })],
	['a list of audiences', forged({}, { aud: ['clawbot-robot-api', 'other'] })],
	['no audience', forged({}, { aud: undefined })],
	['no subject', forged({}, { sub: undefined })],
	['no id', forged({}, { jti: '' })],
	['no grant', forged({}, { sid: undefined })],
	['an object for the grant', forged({}, { sid: { like: '%' } })],
	['no expiry', forged({}, { exp: undefined })],
	['expiry as text', forged({}, { exp: String(SECONDS + 36_000) })],
	['expiry that is no whole number', forged({}, { exp: SECONDS + 0.5 })],
	['a life over 30 days', forged({}, { exp: SECONDS + MAX_LIFE_S + 1 })],
	['expiry before its issue', forged({}, { exp: SECONDS - 1 })],
	['no start', forged({}, { nbf: undefined })],
	['a start after its issue', forged({}, { nbf: SECONDS + 100 })],
	[
		'run out ten minutes ago',
		forged({}, { iat: SECONDS - 1200, nbf: SECONDS - 1200, exp: SECONDS - 600 }),
	],
	['issued in ten minutes', forged({}, { iat: SECONDS + 600, nbf: SECONDS + 600 })],
	['a payload that is no object', forged({}, '[]')],
	['a payload that is no JSON', forged({}, 'sub=crm')],
	['a header that is no JSON', forged('{"alg":')],
	[
		'a header with a second alg',
		forged('{"alg":"none","alg":"HS256","typ":"at+jwt","kid":"other"}'),
	],
	['two parts', `${HEADER}.${PAYLOAD}`],
	['four parts', `${good()}.x`],
	['five parts, as an encrypted one has', `${good()}.x.y`],
	['blanks around', ` ${good()} `],
	['a line break inside', good().replace('.', '.\n')],
	['ordinary base64', good().replace(/-/g, '+').replace(/_/g, '/').replace('.', '=.')],
	['nothing', ''],
	['over 4,096 characters', forged({}, { more: 'x'.repeat(5000) })],
];

/** The last of 43 characters has two spare bits: a careless decoder does not look at them. */
function swapLast(token: string): string {
	const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
	return token.slice(0, -1) + alphabet[alphabet.indexOf(token.at(-1)!) ^ 1];
}

it.each(attacks)('refuses %s', (_name, token) => {
	expect(() => verify(token)).toThrow(Refused);
	expect(verifyBearer(`Bearer ${token}`, KEYS, DOMAIN, NOW)).toBeUndefined();
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
		const attempt = (): AccessClaims => verify(good(), NOW + seconds * 1000);
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
