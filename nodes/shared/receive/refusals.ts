import { LeastRecentlyUsed, MAX_CREDENTIALS } from '../../../core/common/leastRecentlyUsed';
import { ConnectionFailure } from './connection/stream';

/** A credential that failed is tried again after this time, also where nobody changes it. */
export const TRY_AGAIN_MS = 5 * 60_000;

interface Refusal {
	failure: ConnectionFailure;
	/** By `performance.now()`. */
	until: number;
}

/** By the key of a credential. */
const refusals = new LeastRecentlyUsed<Refusal>(MAX_CREDENTIALS);

/**
 * Tries a credential, for a trigger that does so by itself: what the platform said against it lately is said again,
 * and the platform is not asked. Whoever has a hundred triggers on one app would ask it a hundred times.
 * @throws what `attempt` throws
 */
export async function tried<T>(key: string, attempt: () => Promise<T>): Promise<T> {
	const known = refusals.get(key);
	if (known && performance.now() < known.until) throw known.failure;
	refusals.delete(key);
	const outcome = attempt();
	outcome.catch((failure: unknown) => {
		if (!(failure instanceof ConnectionFailure)) return;
		refusals.set(key, { failure, until: performance.now() + TRY_AGAIN_MS });
	});
	return await outcome;
}
