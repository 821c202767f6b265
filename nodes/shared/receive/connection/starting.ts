import { sleep } from 'n8n-workflow';

/*
 * When n8n starts, or becomes the one that has the triggers, it starts its workflows one after the other, and tells
 * no node when the last one is there. A message that came between two that are on one app would start the first and
 * be acknowledged: the other would never get it.
 */

/** Longer than n8n takes from one workflow to the next, and as short as people wait without wondering. */
const QUIET_MS = 3_000;
/** Where gateways that do not answer hold up the start, one after the other, nobody waits for longer. */
const MOST_MS = 60_000;

let joining = 0;
/** By `performance.now()`: the start's end, and its end at the latest. */
let quietAt = -Infinity;
let endAt = -Infinity;
/** Of all who wait. */
let quiet: Promise<void> | undefined;

/** n8n starts a trigger by itself: until it has joined its connection, and a little longer, others may follow. */
export async function whileStarting<T>(join: () => Promise<T>): Promise<T> {
	if (!isUnderWay()) endAt = performance.now() + MOST_MS;
	joining += 1;
	try {
		return await join();
	} finally {
		joining -= 1;
		quietAt = performance.now() + QUIET_MS;
	}
}

/** Whether messages have to wait: more triggers may follow that want them, or others wait still. */
export const isStarting = (): boolean => mayFollow() || quiet !== undefined;

/** Resolves when n8n's triggers are there; for all who wait at the same moment, in the order in which they came. */
export async function untilStarted(): Promise<void> {
	quiet ??= untilQuiet().finally(() => (quiet = undefined));
	await quiet;
}

const isUnderWay = (): boolean => joining > 0 || performance.now() < quietAt;

const mayFollow = (): boolean => isUnderWay() && performance.now() < endAt;

async function untilQuiet(): Promise<void> {
	while (mayFollow()) {
		const next = joining > 0 ? performance.now() + QUIET_MS : quietAt;
		await sleep(Math.min(next, endAt) - performance.now());
	}
}
