import { asFields, asText, type Fields } from '../../protocol/fields';
import { hashSecret, SCOPES, type Scope } from './apiKeys';
import { badRequest, type TokenAnswer } from './answers';
import { newRefreshToken, readRefreshToken, type RefreshProof } from './grants';
import { DEFAULT_LIFE_S, MAX_LIFE_S } from './jwt';

/* What a client asks of the token workflow. No secret gets past here, only its hash. */

export interface ExchangeRequest {
	kind: 'exchange';
	keyId: string;
	secretHash: string;
	/** Left out: all that the key has. */
	scopes?: Scope[];
	lifeSeconds: number;
	/** The refresh token that the client gets if all is well. */
	next: string;
}

export interface RefreshRequest {
	kind: 'refresh';
	shown: RefreshProof;
	/** Left out: as before. */
	lifeSeconds?: number;
	next: string;
}

export interface RevokeRequest {
	kind: 'revoke';
	grantId: string;
}

export type TokenRequest = ExchangeRequest | RefreshRequest | RevokeRequest;

const MAX_FIELD = 4096;

/** Undefined where it stands there twice (a form can do that) or is too long to be meant. */
function fieldIn(body: Fields, name: string): string | undefined {
	const value = body[name];
	if (value === undefined || value === null) return '';
	const text = asText(value).trim();
	return typeof value === 'object' || text.length > MAX_FIELD ? undefined : text;
}

/**
 * A request for a token, in the words of RFC 6749: JSON or a form.
 * @param body parsed
 * @param authorization the header: Basic authentication may carry key and secret instead of the body
 * @returns an answer where nothing can be made of it
 */
export function readTokenRequest(
	body: unknown,
	authorization: unknown,
): TokenRequest | TokenAnswer {
	const fields = asFields(body);
	const names = ['grant_type', 'client_id', 'client_secret', 'refresh_token', 'scope'] as const;
	const [grant, id, secret, refreshToken, scope] = names.map((name) => fieldIn(fields, name));
	const unusable = names.find((name) => fieldIn(fields, name) === undefined);
	if (unusable) return badRequest('invalid_request', `"${unusable}" must be one text`);
	const lifeSeconds = readLife(fields.expires_in);
	if (lifeSeconds === null) {
		const words = `"expires_in" must be a whole number of seconds from 60 to ${MAX_LIFE_S} (30 days)`;
		return badRequest('invalid_request', words);
	}
	if (grant === 'refresh_token') {
		const shown = readRefreshToken(refreshToken!);
		if (!shown) return badRequest('invalid_request', '"refresh_token" is missing or is none');
		const next = newRefreshToken(refreshToken);
		return { kind: 'refresh', shown, next, ...(lifeSeconds !== undefined && { lifeSeconds }) };
	}
	if (grant !== 'client_credentials') {
		const words = '"grant_type" must be client_credentials or refresh_token';
		return badRequest('unsupported_grant_type', words);
	}
	const scopes = scope ? scope.split(/\s+/) : undefined;
	const unknown = scopes?.find((each) => !SCOPES.includes(each as Scope));
	if (unknown !== undefined) {
		return badRequest('invalid_scope', `The scopes are ${SCOPES.join(', ')}`);
	}
	const [keyId, keySecret] = id || secret ? [id!, secret!] : basicOf(authorization);
	return {
		kind: 'exchange',
		keyId,
		secretHash: hashSecret(keySecret),
		...(scopes && { scopes: scopes as Scope[] }),
		lifeSeconds: lifeSeconds ?? DEFAULT_LIFE_S,
		next: newRefreshToken(),
	};
}

/** The shortest life that the difference of two clocks does not eat up. */
const MIN_LIFE_S = 60;

/** Undefined where nothing is said, null where nonsense is. */
function readLife(value: unknown): number | undefined | null {
	if (value === undefined || value === null || value === '') return undefined;
	const text = asText(value);
	const seconds = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
	return seconds >= MIN_LIFE_S && seconds <= MAX_LIFE_S ? seconds : null;
}

function basicOf(authorization: unknown): [keyId: string, secret: string] {
	const text = asText(authorization).slice(0, MAX_FIELD);
	const [, encoded = ''] = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(text) ?? [];
	const decoded = Buffer.from(encoded, 'base64').toString('utf8');
	const colon = decoded.indexOf(':');
	return colon < 0 ? ['', ''] : [decoded.slice(0, colon), decoded.slice(colon + 1)];
}

/**
 * Which grant a client gives back (RFC 7009): a refresh token names it, and so does an access token.
 * @param grantOf the grant of a well-signed access token, even one that has run out; undefined for any other
 * @returns undefined where there is nothing to give back; the client is told so little as the RFC wants
 */
export function readRevocation(
	body: unknown,
	grantOf: (accessToken: string) => string | undefined,
): RevokeRequest | undefined {
	const token = fieldIn(asFields(body), 'token') ?? '';
	const grantId = readRefreshToken(token)?.grantId ?? grantOf(token);
	return grantId === undefined ? undefined : { kind: 'revoke', grantId };
}
