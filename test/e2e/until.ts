import { pause } from '../until';

export { pause };

/** A machine may be busy: nothing here is judged by how long it takes. */
const PATIENCE_MS = 90_000;
/** Long enough for an answer that should not come. */
const GRACE_MS = 1_500;
const BETWEEN_MS = 200;

/**
 * Looks again and again until there is something, and it is as it has to be.
 * @throws after `ms`, with what was seen last
 */
export async function until<T>(
	what: string,
	read: () => Promise<T | undefined> | T | undefined,
	holds: (value: T) => boolean = () => true,
	ms = PATIENCE_MS,
): Promise<T> {
	const end = Date.now() + ms;
	for (;;) {
		const value = await read();
		if (value !== undefined && holds(value)) return value;
		if (Date.now() > end) {
			throw new Error(`${what}: not within ${ms / 1000} s; it is ${JSON.stringify(value)}`);
		}
		await pause(BETWEEN_MS);
	}
}

/** Looks again and again, for as long as something that should not come could come. */
export async function holdsOn(look: () => Promise<void>, ms = GRACE_MS): Promise<void> {
	const end = Date.now() + ms;
	while (Date.now() < end) {
		await look();
		await pause(BETWEEN_MS);
	}
	await look();
}
