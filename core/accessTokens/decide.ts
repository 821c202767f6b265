import { readApiKey, isValidKey, provesKey } from './apiKeys';
import { badRequest, refusal, UNAUTHORIZED, type TokenAnswer } from './answers';
import {
	MAX_GRANTS,
	newGrant,
	readGrant,
	readRefreshToken,
	rotated,
	stateOf,
	type GrantRow,
} from './grants';
import type { ExchangeRequest, RefreshRequest, TokenRequest } from './request';

/** What the tables hold of a request. Rows as they come: people edit tables. */
export interface FoundRows {
	/** The row of `clawbot_api_keys`. */
	key: unknown;
	/** Rows of `clawbot_grants`: the grant that is asked about, or all of the key. */
	grants: readonly unknown[];
}

/** A change that is made only where the row is as it was when it was read. */
export interface GrantChange {
	row: GrantRow;
	/** The `refreshHash` that must stand there; `%` for any. */
	expected: string;
}

/** What is to be done: at most one of the three. */
export interface GrantDecision {
	insert?: GrantRow;
	change?: GrantChange;
	answer?: TokenAnswer;
}

/** Decides about a request; what is granted is granted when the change was really saved. */
export function decide(request: TokenRequest, found: FoundRows, now: number): GrantDecision {
	if (request.kind === 'exchange') return exchange(request, found, now);
	const grant = found.grants.map(readGrant).find((each) => each !== undefined);
	if (request.kind === 'refresh') return refresh(request, grant, found, now);
	return grant?.status === 'active' && grant.grantId === request.grantId
		? { change: revoked(grant) }
		: { answer: REVOKED };
}

/** RFC 7009: it is over, whether it was there or not. */
export const REVOKED: TokenAnswer = { status: 200, body: {} };

function exchange(request: ExchangeRequest, found: FoundRows, now: number): GrantDecision {
	const key = readApiKey(found.key);
	const proved = provesKey(key, request.secretHash);
	if (!key || !proved || key.keyId !== request.keyId || !isValidKey(key, now)) {
		return { answer: UNAUTHORIZED };
	}
	const { scopes = key.scopes, lifeSeconds, next } = request;
	if (scopes.length === 0 || !scopes.every((scope) => key.scopes.includes(scope))) {
		const words = `This key may ask for: ${key.scopes.join(' ') || 'nothing'}`;
		return { answer: badRequest('invalid_scope', words) };
	}
	const live = liveGrants(found.grants, now);
	if (live >= MAX_GRANTS) {
		const words = `This key has ${live} tokens that are alive: keep a token until it runs out, refresh it, or revoke what is not needed`;
		return { answer: refusal(429, 'too_many_tokens', words) };
	}
	return { insert: newGrant(key, { scopes, lifeSeconds, next: readRefreshToken(next)! }, now) };
}

/** How many of these rows still count. */
export const liveGrants = (grants: readonly unknown[], now: number): number =>
	grants.map(readGrant).filter((grant) => grant && now < grant.keepUntilMs).length;

function refresh(
	request: RefreshRequest,
	grant: GrantRow | undefined,
	found: FoundRows,
	now: number,
): GrantDecision {
	const { shown } = request;
	if (!grant || grant.grantId !== shown.grantId || grant.status !== 'active') {
		return { answer: UNAUTHORIZED };
	}
	const state = stateOf(grant, shown.hash, now);
	if (state === 'reused') return { change: revoked(grant) };
	const key = readApiKey(found.key);
	if (state === 'expired' || !key || key.keyId !== grant.keyId || !isValidKey(key, now)) {
		return { answer: UNAUTHORIZED };
	}
	const next = readRefreshToken(request.next)!;
	const lifeSeconds = request.lifeSeconds ?? grant.lifeSeconds;
	return {
		change: {
			row: rotated(grant, { hash: shown.hash, next, lifeSeconds }, now),
			expected: grant.refreshHash,
		},
	};
}

function revoked(grant: GrantRow): GrantChange {
	return { row: { ...grant, status: 'revoked' }, expected: '%' };
}
