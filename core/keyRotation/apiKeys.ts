import {
	isValidKey,
	newApiKey,
	readApiKey,
	type ApiKey,
	type ApiKeyRow,
	type KeyStatus,
	type Scope,
} from '../accessTokens/apiKeys';

/**
 * What a row of `clawbot_api_keys` is changed to, where it still has the status that was read: of two changes of
 * one key at once one counts.
 */
export interface Change {
	keyId: string;
	was: KeyStatus;
	status: KeyStatus;
	/** ms since 1970. */
	expiresAtMs: number;
}

/** How long a key that is replaced stays valid beside the new one. */
export const OVERLAP_MS = 24 * 3_600_000;

/**
 * A new key is stored as one that retires within this time, and becomes active when it has worked: what a run leaves
 * behind that broke off ends by itself.
 */
export const TRIAL_MS = 10 * 60_000;

export interface Client {
	name: string;
	/** Newest first. More than one only where two people changed at once, or by hand. */
	active: ApiKey[];
	/** Still valid beside them, newest first; without those on trial. */
	retiring: ApiKey[];
}

const isOnTrial = ({ status, createdAtMs, expiresAtMs }: ApiKey): boolean =>
	status === 'retiring' && expiresAtMs - createdAtMs === TRIAL_MS;

/** The clients that have a valid key, by name. Rows that are damaged are nobody's. */
export function clientsOf(rows: unknown[], now: number): Client[] {
	const keys = rows
		.flatMap((row) => readApiKey(row) ?? [])
		.filter((key) => isValidKey(key, now) && !isOnTrial(key))
		.sort((a, b) => b.createdAtMs - a.createdAtMs);
	const clients = new Map<string, Client>();
	for (const key of keys) {
		const client = clients.get(key.client) ?? { name: key.client, active: [], retiring: [] };
		clients.set(key.client, client);
		client[key.status === 'active' ? 'active' : 'retiring'].push(key);
	}
	return [...clients.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** A client's keys as a form carries them, so that it is known whether they are the same when it comes back. */
export const seenOf = ({ active, retiring }: Client): string =>
	[...active, ...retiring].map(({ keyId }) => keyId).join(' ');

/** A new key for a trial, and its secret, which is stored nowhere. */
export function newTrial(
	client: string,
	scopes: readonly Scope[],
	now: number,
): { row: ApiKeyRow; secret: string } {
	const { row, secret } = newApiKey(client, scopes, { now });
	return { row: { ...row, status: 'retiring', expiresAtMs: now + TRIAL_MS }, secret };
}

/** What a key is known by while it is changed. */
export type KeyState = Pick<ApiKeyRow, 'keyId' | 'status' | 'expiresAtMs'>;

/**
 * Makes one key of a client the active one, in an order in which no valid key is missing at any time: also where
 * only the first of the changes are written.
 * @param chosen a key that is retiring: a new one on trial, or the one before
 * @param others the client's active keys, newest first, then others of it that are to end
 * @param leaked they end at once, not after the overlap
 */
export function switchTo(
	chosen: KeyState,
	others: KeyState[],
	{ now, leaked }: { now: number; leaked: boolean },
): Change[] {
	return [
		{
			keyId: chosen.keyId,
			was: chosen.status,
			status: 'active',
			// Where the client's keys have an end, so has this one.
			expiresAtMs: others.find(({ status }) => status === 'active')?.expiresAtMs ?? 0,
		},
		...others.map(
			({ keyId, status, expiresAtMs }): Change => ({
				keyId,
				was: status,
				status: leaked ? 'revoked' : 'retiring',
				expiresAtMs: leaked ? now : Math.min(now + OVERLAP_MS, expiresAtMs || Infinity),
			}),
		),
	];
}

/** Ends a new key that did not work. */
export const withdraw = ({ keyId, status }: KeyState, now: number): Change[] => [
	{ keyId, was: status, status: 'revoked', expiresAtMs: now },
];
