import { createHash } from 'node:crypto';
import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { LeastRecentlyUsed, MAX_CREDENTIALS } from '../../../core/common/leastRecentlyUsed';

export interface AccessToken {
	value: string;
	lifeMs: number;
}

interface CachedToken {
	token: Promise<AccessToken & { until: number }>;
}

/** A token is replaced this long before it ends, so that none ends on its way. */
const MARGIN_MS = 5 * 60 * 1000;

/** One token per credential for the whole process: every execution and every item shares it. */
const tokens = new LeastRecentlyUsed<CachedToken>(MAX_CREDENTIALS);

/** A run reads a credential once, and every request of the run asks for its key. */
const keys = new WeakMap<ICredentialDataDecryptedObject, string>();

/** How requests are made, and where n8n's own nodes may send them: whoever changes these has the same credential. */
const WAYS: readonly string[] = ['keepAlive', 'allowedDomains', 'allowedHttpRequestDomains'];

/** Tells credentials apart without keeping their secrets: changed secrets are another credential. */
export function credentialKey(credential: ICredentialDataDecryptedObject): string {
	const known = keys.get(credential);
	if (known) return known;
	const own = Object.entries(credential).filter(([field]) => !WAYS.includes(field));
	const key = createHash('sha256').update(JSON.stringify(own)).digest('hex');
	keys.set(credential, key);
	return key;
}

/**
 * The access token of a credential; fetched once however many ask for it at the same time.
 * @param key `credentialKey` of the credential
 * @param fetchToken asks the platform for a new one
 */
export async function accessToken(
	key: string,
	fetchToken: () => Promise<AccessToken>,
): Promise<string> {
	const known = tokens.get(key);
	if (known) {
		const token = await known.token;
		if (Date.now() < token.until) return token.value;
		// Somebody else may have begun to fetch the next one meanwhile.
		if (tokens.get(key) !== known) return await accessToken(key, fetchToken);
	}
	const cached: CachedToken = {
		token: fetchToken().then((token) => ({
			...token,
			until: Date.now() + Math.max(token.lifeMs - MARGIN_MS, token.lifeMs / 2),
		})),
	};
	tokens.set(key, cached);
	// A failed fetch is not remembered: the next caller tries again.
	cached.token.catch(() => {
		if (tokens.get(key) === cached) tokens.delete(key);
	});
	return (await cached.token).value;
}

/** Forgets a token that the platform no longer takes; one that was fetched since stays. */
export async function forgetToken(key: string, value: string): Promise<void> {
	const cached = tokens.get(key);
	if (cached && (await cached.token).value === value && tokens.get(key) === cached) {
		tokens.delete(key);
	}
}
