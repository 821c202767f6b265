import { asFields, asText } from '../../protocol/fields';
import { randomText, readScopes, sha256Hex, type ApiKey, type Scope } from './apiKeys';

/*
 * A grant is what one exchange of an API key gave: access tokens one after the other, and the refresh token by
 * which the next one is had. Its row says whether they are good still. A refresh token is never stored, only
 * its hash.
 */

/** A refresh token unused for so long is dead. */
const REFRESH_LIFE_MS = 30 * 24 * 3_600_000;
/** After this the API key is shown again, however diligently a grant was refreshed. */
const GRANT_LIFE_MS = 90 * 24 * 3_600_000;
/**
 * An answer can get lost: for so long the token before the current one is taken once more, as long as nobody has
 * used its successor. The lost successor is worth nothing then, and whoever shows it has stolen it.
 */
const LOST_ANSWER_MS = 60_000;
/** Of one API key: a client that exchanges its key for every request is told, before the table is full. */
export const MAX_GRANTS = 10_000;

/** A row of `clawbot_grants`. */
export interface GrantRow {
	/** `sid` of its access tokens: a hash of what its refresh tokens begin with, which nobody can guess from it. */
	grantId: string;
	keyId: string;
	client: string;
	/** Separated by spaces. */
	scopes: string;
	status: 'active' | 'revoked';
	lifeSeconds: number;
	/** SHA-256 of the current refresh token, hex. */
	refreshHash: string;
	/** Of the one before it; empty where there was none. */
	previousHash: string;
	/** When the one before it was used. */
	rotatedAtMs: number;
	createdAtMs: number;
	refreshUntilMs: number;
	/** When all of its tokens have run out, and the row can go. */
	keepUntilMs: number;
}

/** What a refresh token shows of itself. */
export interface RefreshProof {
	grantId: string;
	hash: string;
}

const REFRESH_TOKEN = /^cr_([\w-]{22})[\w-]{43}$/;

/** A new refresh token: a new grant's first, or the successor of another one. */
export function newRefreshToken(before = ''): string {
	const family = REFRESH_TOKEN.exec(before)?.[1] ?? randomText(16);
	return `cr_${family}${randomText(32)}`;
}

/** Undefined for what is no refresh token. */
export function readRefreshToken(token: string): RefreshProof | undefined {
	const family = REFRESH_TOKEN.exec(token)?.[1];
	if (family === undefined) return undefined;
	return { grantId: sha256Hex(family).slice(0, 32), hash: sha256Hex(token) };
}

/** A row of the table, or undefined where there is none, or a damaged one. */
export function readGrant(value: unknown): GrantRow | undefined {
	const fields = asFields(value);
	const text = (name: keyof GrantRow): string => asText(fields[name]).trim();
	const count = (name: keyof GrantRow): number => Number(text(name));
	const row: GrantRow = {
		grantId: text('grantId'),
		keyId: text('keyId'),
		client: text('client'),
		scopes: text('scopes'),
		status: text('status') === 'active' ? 'active' : 'revoked',
		lifeSeconds: count('lifeSeconds'),
		refreshHash: text('refreshHash'),
		previousHash: text('previousHash'),
		rotatedAtMs: count('rotatedAtMs'),
		createdAtMs: count('createdAtMs'),
		refreshUntilMs: count('refreshUntilMs'),
		keepUntilMs: count('keepUntilMs'),
	};
	const whole = [row.grantId, row.keyId, row.client, row.refreshHash].every((part) => part !== '');
	return whole && !Object.values(row).some(Number.isNaN) ? row : undefined;
}

/** A grant's first row. */
export function newGrant(
	key: ApiKey,
	asked: { scopes: readonly Scope[]; lifeSeconds: number; next: RefreshProof },
	now: number,
): GrantRow {
	const { scopes, lifeSeconds, next } = asked;
	const refreshUntilMs = now + REFRESH_LIFE_MS;
	return {
		grantId: next.grantId,
		keyId: key.keyId,
		client: key.client,
		scopes: scopes.join(' '),
		status: 'active',
		lifeSeconds,
		refreshHash: next.hash,
		previousHash: '',
		rotatedAtMs: 0,
		createdAtMs: now,
		refreshUntilMs,
		keepUntilMs: Math.max(refreshUntilMs, now + lifeSeconds * 1000),
	};
}

/** What a refresh token is to its grant. */
export type RefreshState = 'current' | 'lostAnswer' | 'expired' | 'reused';

/** @param hash of the token, which names this grant: only who has seen one of its tokens can do that */
export function stateOf(grant: GrantRow, hash: string, now: number): RefreshState {
	if (hash === grant.refreshHash) return now < grant.refreshUntilMs ? 'current' : 'expired';
	// A clock that was set back does not make a minute longer.
	const since = Math.abs(now - grant.rotatedAtMs);
	const lost = hash === grant.previousHash && since <= LOST_ANSWER_MS;
	return lost ? 'lostAnswer' : 'reused';
}

/** The row after a refresh. After a lost answer the time of the first refresh stays: it is repeated, not prolonged. */
export function rotated(
	grant: GrantRow,
	asked: { hash: string; next: RefreshProof; lifeSeconds: number },
	now: number,
): GrantRow {
	const { hash, next, lifeSeconds } = asked;
	const again = hash !== grant.refreshHash;
	const refreshUntilMs = Math.min(now + REFRESH_LIFE_MS, grant.createdAtMs + GRANT_LIFE_MS);
	return {
		...grant,
		lifeSeconds,
		refreshHash: next.hash,
		previousHash: hash,
		rotatedAtMs: again ? grant.rotatedAtMs : now,
		refreshUntilMs,
		keepUntilMs: Math.max(grant.keepUntilMs, refreshUntilMs, now + lifeSeconds * 1000),
	};
}

/** What a token of this grant may do today: what the key may no longer do ends with it. */
export function scopesOf({ scopes }: { scopes: string }, key: ApiKey): Scope[] {
	return readScopes(scopes).filter((scope) => key.scopes.includes(scope));
}
