import type { IExecuteFunctions } from 'n8n-workflow';
import type { SendContext } from './adapter';
import { recordOf, type Found, type SentRecord } from './sentRecord';

/*
 * Notes about answers that no key of the platform protects, so that none is shown twice after a crash. What
 * is noted when, and what a note then means: docs/life-of-a-message.md, "Answered once".
 */

/** Answers that this process is sending; none of these fails. */
const underWay = new Map<string, Promise<void>>();

/** What is noted of one answer while it is sent. */
export interface SentNote {
	/** What was noted before. */
	found: Found;
	/** The answer is out. */
	close(): Promise<void>;
	/** Nothing of it is out: whoever tries again may send it. */
	forget(): Promise<void>;
	/** Lets others in this process go on that have the same answer to send. */
	release(): void;
}

/**
 * Notes that an answer is about to be sent, and that the messages that were collected into it are answered
 * with it.
 * @param isUnprotected whether the answer itself is noted
 * @returns undefined where nothing is noted
 */
export async function openNote(
	context: SendContext,
	isUnprotected: boolean,
): Promise<SentNote | undefined> {
	const { ctx, seed, collected } = context;
	if (ctx.getMode() === 'manual' || (!isUnprotected && collected.length === 0)) return undefined;
	const record = recordOf(ctx);
	await Promise.all([
		...collected.map(async (key) => await record.hint(ctx, hintOf(key))),
		...collected.map(async (key) => await record.begin(ctx, collectedOf(key))),
	]);
	const release = isUnprotected ? await whenFree(`${record.node} ${seed}`) : () => {};
	const found = isUnprotected ? await record.begin(ctx, seed) : 'nothing';
	const isNoted = isUnprotected && found === 'nothing';
	const noted = [...(isNoted ? [seed] : []), ...collected.map(collectedOf)];
	const each = async (change: (seed: string) => Promise<void>): Promise<void> =>
		void (await Promise.all(noted.map(change)));
	return {
		found,
		close: async () => await each(async (one) => await record.close(ctx, one)),
		forget: async () => await each(async (one) => await record.forget(ctx, one)),
		release,
	};
}

/** Waits until nobody else in this process sends this answer. */
async function whenFree(answer: string): Promise<() => void> {
	for (let other = underWay.get(answer); other; other = underWay.get(answer)) await other;
	let end!: () => void;
	underWay.set(answer, new Promise<void>((resolve) => (end = resolve)));
	return () => {
		underWay.delete(answer);
		end();
	};
}

const collectedOf = (key: string): string => `collected ${key}`;
const hintOf = (key: string): string => `perhaps collected ${key}`;

/**
 * Whether a message was answered as part of a later one. n8n cannot be asked about its list without changing
 * it: a message that was never answered must not look as if it were after a crash right then. Therefore the
 * hint is asked about first, and a hint alone says nothing.
 */
export async function wasCollected(ctx: IExecuteFunctions, key: string): Promise<Found> {
	if (ctx.getMode() === 'manual') return 'nothing';
	const record: SentRecord = recordOf(ctx);
	const hinted = await record.hint(ctx, hintOf(key));
	const found = hinted ? await record.begin(ctx, collectedOf(key)) : 'nothing';
	// Asking has noted it.
	if (found === 'nothing') await record.forget(ctx, collectedOf(key), hintOf(key));
	return found;
}
