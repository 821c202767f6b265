import { Refused } from '../../protocol/verify';
import { readApiKey, type Scope } from './apiKeys';
import { readGrant, scopesOf } from './grants';
import { verifyToken, type TokenPayload, type TokenDomain } from './jwt';
import type { SigningKey } from './signingKeys';
import { expected } from '../common/defects';

/** Who calls, after everything was found right. */
export interface ApiCaller {
	client: string;
	keyId: string;
	scopes: Scope[];
}

/** The token of an `Authorization` header. Throws `Refused`. */
function bearerOf(authorization: unknown): string {
	const [, token] = (typeof authorization === 'string' && BEARER.exec(authorization)) || [];
	if (!token) throw new Refused('missing');
	return token;
}

/** The scheme is written in any case (RFC 9110, 11.1); one space, as everybody does. */
const BEARER = /^Bearer ([\w.-]{1,4096})$/i;

/** Whether a token is well-made, signed by us and in its time; whether it was revoked is for `admit`. */
export function verifyBearer(
	authorization: unknown,
	keys: readonly SigningKey[],
	domain: TokenDomain,
	now: number,
): TokenPayload | undefined {
	try {
		return verifyToken(bearerOf(authorization), keys, domain, now);
	} catch (error) {
		expected(error, Refused);
		return undefined;
	}
}

/**
 * Whether the grant of a verified token stands, and its API key with it. A retiring key that has come to its end
 * lets the tokens it gave run out; a revoked one ends them at once.
 * @param found the rows of the tables, as they come
 * @returns undefined where it does not
 */
export function admit(
	claims: TokenPayload,
	found: { key: unknown; grant: unknown },
): ApiCaller | undefined {
	const key = readApiKey(found.key);
	const grant = readGrant(found.grant);
	if (!key || !grant || key.status === 'revoked' || grant.status !== 'active') return undefined;
	if (key.keyId !== claims.keyId || grant.grantId !== claims.grantId) return undefined;
	if (grant.keyId !== claims.keyId || grant.client !== claims.client) return undefined;
	const scopes = scopesOf({ scopes: claims.scopes.join(' ') }, key);
	return { client: claims.client, keyId: claims.keyId, scopes };
}
