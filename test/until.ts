import { setTimeout as pause } from 'node:timers/promises';

/** Node's own, since a test may hurry or stop the timers that it shares with what it tests. */
export { pause };

/** Counted, since its clock may stand still, too. */
const TRIES = 6_000;
const BETWEEN_MS = 10;

/** Waits for what another process or a timer brings about. @throws after a minute */
export async function until<T>(look: () => T | Promise<T>): Promise<NonNullable<T>> {
	for (let tries = 0; tries < TRIES; tries += 1) {
		const value = await look();
		if (value) return value;
		await pause(BETWEEN_MS);
	}
	throw new Error('waited for a minute in vain');
}
