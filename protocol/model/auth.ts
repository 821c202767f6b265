import { createHmac } from 'node:crypto';
import { pastedKey } from '../pasted';

function base64url(value: object): string {
	return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/**
 * The signed token of key-and-secret providers (Zhipu's scheme): HS256, times in milliseconds.
 * @param ttlMs how long it is valid
 */
export function signedToken(keyId: string, secret: string, nowMs: number, ttlMs: number): string {
	const header = base64url({ alg: 'HS256', sign_type: 'SIGN' });
	const payload = base64url({ api_key: keyId, exp: nowMs + ttlMs, timestamp: nowMs });
	const signature = createHmac('sha256', secret).update(`${header}.${payload}`).digest('base64url');
	return `${header}.${payload}.${signature}`;
}

/**
 * Key id and secret of a key: two fields, or one written `id.secret`.
 * @throws Error where there is no secret
 */
export function splitKey(apiKey: string, apiSecret: string): { keyId: string; secret: string } {
	if (apiSecret) return { keyId: apiKey, secret: apiSecret };
	const dot = apiKey.indexOf('.');
	if (dot < 1 || dot === apiKey.length - 1) {
		throw new Error('The key has no secret: fill in API Secret, or a key of the form id.secret');
	}
	return { keyId: apiKey.slice(0, dot), secret: apiKey.slice(dot + 1) };
}

/** Signed tokens live this long; each request signs a new one. */
const TOKEN_LIFE_MS = 60 * 60 * 1000;

/**
 * The headers by which a credential's requests are known; none where the server asks for no key.
 * @throws Error where the key is none
 */
export function authorization(
	credential: Record<string, unknown>,
	nowMs: number,
): Record<string, string> {
	const apiKey = pastedKey(credential.apiKey);
	if (apiKey === '') return {};
	if (!/^[\x21-\x7e]+$/.test(apiKey)) {
		throw new Error('API Key holds characters that no key has: copy it again, whole');
	}
	if (credential.authScheme !== 'jwt') return { Authorization: `Bearer ${apiKey}` };
	const { keyId, secret } = splitKey(apiKey, pastedKey(credential.apiSecret));
	return { Authorization: `Bearer ${signedToken(keyId, secret, nowMs, TOKEN_LIFE_MS)}` };
}
