import { sha256 } from '../common/hash';
import { randomBytes } from 'node:crypto';
import { asFields, asText } from '../../protocol/fields';
import { safeEqual } from '../../protocol/verify';

/*
 * API keys: what a system shows to get its first access token. The table `clawbot_api_keys` holds them; any
 * number of a client's keys are valid at once, which is how one is changed without a gap.
 */

/** What a token may be used for. `message:broadcast` adds whole companies and groups to `message:send`. */
export const SCOPES = [
	'message:send',
	'message:broadcast',
	'question:ask',
	'delivery:read',
] as const;
export type Scope = (typeof SCOPES)[number];

export type KeyStatus = 'active' | 'retiring' | 'revoked';

/** A row of `clawbot_api_keys`. */
export interface ApiKeyRow {
	keyId: string;
	/** The system or person that it was given to. */
	client: string;
	/** SHA-256 of the secret, lower-case hex. The secret has 256 random bits, so a fast hash is enough. */
	secretHash: string;
	/** Separated by spaces. */
	scopes: string;
	status: KeyStatus;
	createdAtMs: number;
	/** End of a retiring key, and of an active one that has an end; 0 is none. */
	expiresAtMs: number;
}

/** A key as it is read: people edit tables. */
export interface ApiKey extends Omit<ApiKeyRow, 'scopes'> {
	scopes: Scope[];
}

export function sha256Hex(text: string): string {
	return sha256(text);
}

/** What `secretHash` holds of a secret. */
export const hashSecret = sha256Hex;

/** Unguessable text of this many random bytes. */
export function randomText(bytes: number): string {
	return randomBytes(bytes).toString('base64url');
}

/**
 * A new key: its row, and the secret, which is shown once and kept nowhere.
 * @param life.expiresAtMs left out: the key has no end
 */
export function newApiKey(
	client: string,
	scopes: readonly Scope[],
	life: { now: number; expiresAtMs?: number },
): { row: ApiKeyRow; secret: string } {
	const secret = `cs_${randomText(32)}`;
	const row: ApiKeyRow = {
		keyId: `ck_${randomText(16)}`,
		client,
		secretHash: hashSecret(secret),
		scopes: scopes.join(' '),
		status: 'active',
		createdAtMs: life.now,
		expiresAtMs: life.expiresAtMs ?? 0,
	};
	return { row, secret };
}

/** The scopes that a text names, each once; what is no scope is left out. */
export function readScopes(text: unknown): Scope[] {
	const named = asText(text).split(/[\s,]+/);
	return SCOPES.filter((scope) => named.includes(scope));
}

/** A row of the table, or undefined where it is none, or damaged so that it proves nothing. */
export function readApiKey(value: unknown): ApiKey | undefined {
	const fields = asFields(value);
	const status = asText(fields.status).trim() as KeyStatus;
	const key: ApiKey = {
		keyId: asText(fields.keyId).trim(),
		client: asText(fields.client).trim(),
		secretHash: asText(fields.secretHash).trim().toLowerCase(),
		scopes: readScopes(fields.scopes),
		status,
		createdAtMs: Number(asText(fields.createdAtMs)),
		expiresAtMs: Number(asText(fields.expiresAtMs)),
	};
	const known = ['active', 'retiring', 'revoked'].includes(status);
	const whole = key.keyId !== '' && key.client !== '' && /^[0-9a-f]{64}$/.test(key.secretHash);
	return known && whole && !Number.isNaN(key.expiresAtMs) ? key : undefined;
}

/**
 * Whether a key opens anything now. A retiring key without an end is refused: nobody would notification that it
 * never ends.
 */
export function isValidKey({ status, expiresAtMs }: ApiKey, now: number): boolean {
	if (status === 'active') return expiresAtMs === 0 || now < expiresAtMs;
	return status === 'retiring' && now < expiresAtMs;
}

/** Whether a secret, as its hash, is that of a key. Takes as long where there is no such key. */
export function provesKey(key: ApiKey | undefined, presentedHash: string): boolean {
	return safeEqual(key?.secretHash ?? '', presentedHash) && key !== undefined;
}
