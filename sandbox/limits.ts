import type { Clock } from './clock.ts';

/** At most `count` in any `windowMs`; breaking it refuses everything for `penaltyMs` more. */
export interface SimulatedLimit {
	count: number;
	windowMs: number;
	penaltyMs?: number;
}

/** `exceeded`: this call broke the limit. `penalty`: an earlier one did, and the platform still sulks. */
export type LimitVerdict = 'ok' | 'exceeded' | 'penalty';

/** Sliding windows per key on the sandbox clock. Refused calls do not count towards the window. */
export function createLimits(clock: Clock) {
	const windows = new Map<string, { times: number[]; penaltyUntil: number }>();
	let enabled = true;

	return {
		take(key: string, limit: SimulatedLimit): LimitVerdict {
			if (!enabled) return 'ok';
			const now = clock.now();
			const window = windows.get(key) ?? { times: [], penaltyUntil: 0 };
			windows.set(key, window);
			if (now < window.penaltyUntil) return 'penalty';
			window.times = window.times.filter((time) => time > now - limit.windowMs);
			if (window.times.length >= limit.count) {
				window.penaltyUntil = now + (limit.penaltyMs ?? 0);
				return 'exceeded';
			}
			window.times.push(now);
			return 'ok';
		},
		/** Off for load tests that measure the bot rather than the platform's patience. */
		set(values: { enabled: boolean }) {
			enabled = values.enabled;
		},
		state: () => ({ enabled }),
		reset() {
			windows.clear();
			enabled = true;
		},
	};
}
