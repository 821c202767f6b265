import { createHash } from 'node:crypto';
import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { failureOf } from './transport';

export interface AccessToken {
	value: string;
	lifeMs: number;
}

interface Entry {
	token: Promise<AccessToken & { until: number }>;
}

/** A token is replaced this long before it ends, so that none ends on its way. */
const MARGIN_MS = 5 * 60 * 1000;

/** One token per credential for the whole process: every execution and every item shares it. */
const tokens = new Map<string, Entry>();

/** Tells credentials apart without keeping their secrets: changed secrets are another credential. */
export function credentialKey(credential: ICredentialDataDecryptedObject): string {
	return createHash('sha256').update(JSON.stringify(credential)).digest('hex');
}

/**
 * The access token of a credential; fetched once however many ask for it at the same time.
 * @param fetchToken asks the platform for a new one
 */
async function accessToken(key: string, fetchToken: () => Promise<AccessToken>): Promise<string> {
	const known = tokens.get(key);
	if (known) {
		const token = await known.token;
		if (Date.now() < token.until) return token.value;
		// Somebody else may have begun to fetch the next one meanwhile.
		if (tokens.get(key) !== known) return await accessToken(key, fetchToken);
	}
	const entry: Entry = {
		token: fetchToken().then((token) => ({
			...token,
			until: Date.now() + Math.max(token.lifeMs - MARGIN_MS, token.lifeMs / 2),
		})),
	};
	tokens.set(key, entry);
	// A failed fetch is not remembered: the next caller tries again.
	entry.token.catch(() => {
		if (tokens.get(key) === entry) tokens.delete(key);
	});
	return (await entry.token).value;
}

/** Forgets a token that the platform no longer takes; one that was fetched since stays. */
async function forgetToken(key: string, value: string): Promise<void> {
	const entry = tokens.get(key);
	if (entry && (await entry.token).value === value && tokens.get(key) === entry) tokens.delete(key);
}

/**
 * Does something with the credential's access token. Where the platform says that the token has ended
 * (it may end it early), a new one is fetched and the work done once more; never twice.
 */
export async function withToken<T>(
	key: string,
	fetchToken: () => Promise<AccessToken>,
	work: (token: string) => Promise<T>,
): Promise<T> {
	const token = await accessToken(key, fetchToken);
	return await work(token).catch(async (error) => {
		if (failureOf(error)?.class !== 'tokenExpired') throw error;
		await forgetToken(key, token);
		return await work(await accessToken(key, fetchToken));
	});
}
