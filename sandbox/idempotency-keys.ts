import type { Clock } from './clock.ts';

/** Idempotency keys: the first result is remembered for a while and given again. */
export function createIdempotencyKeys(clock: Clock) {
	let seen = new Map<string, { expires: number; result: unknown }>();
	return {
		recall<T>(key: string): T | undefined {
			const kept = seen.get(key);
			return kept && kept.expires > clock.now() ? (kept.result as T) : undefined;
		},
		keep(key: string, result: unknown, lifeMs: number) {
			seen.set(key, { expires: clock.now() + lifeMs, result });
			if (seen.size > 50_000) seen.delete(seen.keys().next().value!);
		},
		reset() {
			seen = new Map();
		},
	};
}
