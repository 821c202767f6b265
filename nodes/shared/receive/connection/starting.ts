import { sleep } from 'n8n-workflow';

/*
 * When n8n starts, or becomes the one that has the triggers, it starts its workflows one after the other, and tells
 * no node when the last one is there. A message that came between two that are on one app would start the first and
 * be acknowledged: the other would never get it.
 */

/** Longer than n8n takes from one workflow to the next, and as short as people wait without wondering. */
const QUIET_MS = 3_000;

let joining = 0;
/** By `performance.now()`. */
let quietAt = -Infinity;

/** n8n starts a trigger by itself: until it has joined its connection, and a little longer, others may follow. */
export async function whileStarting<T>(join: () => Promise<T>): Promise<T> {
	joining += 1;
	try {
		return await join();
	} finally {
		joining -= 1;
		quietAt = performance.now() + QUIET_MS;
	}
}

/** Whether more triggers may follow that want what comes. */
export const isStarting = (): boolean => joining > 0 || performance.now() < quietAt;

/** Resolves when n8n's triggers are there. */
export async function untilStarted(): Promise<void> {
	while (isStarting()) await sleep(joining > 0 ? QUIET_MS : quietAt - performance.now());
}
