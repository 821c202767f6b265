import { createHmac } from 'node:crypto';
import { asText } from '../../protocol/fields';
import { parseObject, Refused, safeEqual } from '../../protocol/verify';
import { readScopes, type Scope } from './apiKeys';
import type { SigningKey } from './signingKeys';

/*
 * Access tokens: JWTs in the profile of RFC 9068 (type `at+jwt`), signed with HS256 and nothing else. What
 * RFC 8725 warns of is refused because only one exact form is taken: the one that `signToken` makes.
 */

/** What two clocks may differ. */
export const LEEWAY_S = 60;
export const DEFAULT_LIFE_S = 36_000;
export const MAX_LIFE_S = 30 * 24 * 3600;

const MAX_TOKEN_LENGTH = 4096;
const ALGORITHM = 'HS256';
const TYPE = 'at+jwt';

/** Who signs and for whom: a token of another installation, or for another service, is refused. */
export interface TokenDomain {
	issuer: string;
	audience: string;
}

/** What a token says. Times are seconds since 1970, as in RFC 7519. */
export interface TokenPayload {
	/** `jti`. */
	tokenId: string;
	/** `sub`: the client of the API key. */
	client: string;
	/** `client_id`. */
	keyId: string;
	/** `sid`: the grant that it belongs to; revoking that ends it. */
	grantId: string;
	scopes: Scope[];
	/** `iat`, and `nbf`. */
	issuedAt: number;
	/** `exp`. */
	expiresAt: number;
}

/** @param key the first of the credential's keys */
export function signToken(claims: TokenPayload, domain: TokenDomain, key: SigningKey): string {
	const header = encode({ alg: ALGORITHM, typ: TYPE, kid: key.kid });
	const payload = encode({
		iss: domain.issuer,
		aud: domain.audience,
		sub: claims.client,
		client_id: claims.keyId,
		jti: claims.tokenId,
		sid: claims.grantId,
		scope: claims.scopes.join(' '),
		iat: claims.issuedAt,
		nbf: claims.issuedAt,
		exp: claims.expiresAt,
	});
	return `${header}.${payload}.${signatureOf(`${header}.${payload}`, key)}`;
}

/**
 * What a token says, after everything about it was found right.
 * 1. One exact form: three parts of canonical base64url; a header of `alg`, `typ` and `kid` alone.
 * 2. The signature, by the key that `kid` names, with the one algorithm, in constant time.
 * 3. The claims: all there, of this domain, in their time.
 * @param nowMs ms since 1970
 * @throws Refused
 */
export function verifyToken(
	token: string,
	keys: readonly SigningKey[],
	domain: TokenDomain,
	nowMs: number,
): TokenPayload {
	const claims = verifySigned(token, keys, domain);
	const now = nowMs / 1000;
	const early = now < claims.issuedAt - LEEWAY_S;
	const late = now >= claims.expiresAt + LEEWAY_S;
	if (early || late) throw new Refused('timestamp');
	return claims;
}

/**
 * As `verifyToken`, except that the token may have run out: for giving it back.
 * @throws Refused
 */
export function verifySigned(
	token: string,
	keys: readonly SigningKey[],
	domain: TokenDomain,
): TokenPayload {
	if (token.length > MAX_TOKEN_LENGTH) throw new Refused('tooLarge');
	const parts = token.split('.');
	if (parts.length !== 3) throw new Refused('malformed');
	const [header, payload, signature] = parts as [string, string, string];
	const { alg, typ, kid, ...more } = decode(header);
	// `crit`, `jwk`, `jku`, `x5u`, `b64` …: a header of ours has none of them.
	if (Object.keys(more).length > 0) throw new Refused('malformed');
	if (alg !== ALGORITHM || typ !== TYPE) throw new Refused('malformed');
	const key = keys.find((each) => each.kid === kid);
	if (!key) throw new Refused('signature');
	if (!safeEqual(signatureOf(`${header}.${payload}`, key), signature)) {
		throw new Refused('signature');
	}
	return readClaims(decode(payload), domain);
}

function signatureOf(text: string, { secret }: SigningKey): string {
	return createHmac('sha256', secret).update(text).digest('base64url');
}

function encode(value: object): string {
	return Buffer.from(JSON.stringify(value), 'utf8').toString('base64url');
}

/** Node's decoder takes almost anything: only what it would write itself is taken here. */
function decode(part: string): Record<string, unknown> {
	const bytes = Buffer.from(part, 'base64url');
	if (part === '' || bytes.toString('base64url') !== part) throw new Refused('malformed');
	return parseObject(bytes.toString('utf8'));
}

function readClaims(payload: Record<string, unknown>, domain: TokenDomain): TokenPayload {
	if (payload.iss !== domain.issuer || payload.aud !== domain.audience) {
		throw new Refused('receiver');
	}
	const claims: TokenPayload = {
		tokenId: asText(payload.jti),
		client: asText(payload.sub),
		keyId: asText(payload.client_id),
		grantId: asText(payload.sid),
		scopes: readScopes(payload.scope),
		issuedAt: secondsIn(payload.iat),
		expiresAt: secondsIn(payload.exp),
	};
	const { tokenId, client, keyId, grantId, issuedAt, expiresAt } = claims;
	if ([tokenId, client, keyId, grantId].includes('')) throw new Refused('missing');
	if (secondsIn(payload.nbf) !== issuedAt) throw new Refused('timestamp');
	const life = expiresAt - issuedAt;
	if (life <= 0 || life > MAX_LIFE_S) throw new Refused('timestamp');
	return claims;
}

function secondsIn(value: unknown): number {
	if (!Number.isSafeInteger(value)) throw new Refused('timestamp');
	return value as number;
}
