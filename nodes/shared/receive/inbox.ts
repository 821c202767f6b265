import type { BotMessage } from '../../../protocol/message';
import { LiveNote, type Seen } from './seen';

/**
 * Admits the messages of one trigger node, each once.
 *
 * Many that arrive together are one batch:
 *
 * 1. The first message leads at once: it starts an execution.
 * 2. Messages that arrive before that start is over, or the pause after it that some starts ask for, gather
 *    in the next batch. Then the first of them leads: one execution with an item for each.
 * 3. The others follow: they are acknowledged when the leader's execution is stored, and refused when it
 *    could not be stored, so that the platform delivers them again.
 *
 * Storing an execution costs n8n about as much for a hundred messages as for one.
 *
 * Where each message is a batch by itself, it follows nobody, and leads when the message before it in its
 * conversation is stored: executions begin in the order of a conversation's messages.
 */

/** Upper limit of a batch: keeps an execution's data small enough to look at. */
const MAX_BATCH = 500;

/** What a workflow's static data holds of this: the note of seen messages that outlives a restart. */
export interface SeenNote {
	clawbotSeen?: unknown;
}

/** What becomes of a message that arrives. */
export type Admission =
	/** Known: acknowledge, start nothing. */
	| { role: 'duplicate' }
	/** Another message's execution has it: acknowledge if that one was stored. */
	| { role: 'follower'; stored: Promise<boolean> }
	/** Start an execution with the messages of the batch. */
	| { role: 'leader'; batch: Batch };

/** The messages that one execution takes. */
export class Batch {
	readonly messages = new Map<string, BotMessage>();
	/** Whether n8n stored the execution; settles when its start is over. */
	readonly stored: Promise<boolean>;
	/** Settles when the next batch may start. */
	readonly free: Promise<void>;
	private letNext!: () => void;
	private settle!: (stored: boolean) => void;
	private isStored = false;
	private pause?: Promise<unknown>;

	constructor(
		private readonly seen: Seen,
		private readonly forget: () => void,
	) {
		this.stored = new Promise((resolve) => (this.settle = resolve));
		this.free = new Promise((resolve) => (this.letNext = resolve));
	}

	/** n8n has stored the execution: from here on the messages are known. Writes them into the note. */
	markStored(note: SeenNote): void {
		if (this.isStored) return;
		this.isStored = true;
		const now = Date.now();
		for (const key of this.messages.keys()) this.seen.add(key, now);
		note.clawbotSeen = new LiveNote(this.seen);
	}

	/** Lets the next batch start before it is known whether this one was stored. */
	release(): void {
		this.letNext();
	}

	/** The next batch starts no sooner than this is over, however soon this one is stored. */
	holdNext(pause: Promise<unknown>): void {
		this.pause = pause;
	}

	/** The start is over, whatever became of it: the next batch may go. */
	close(): void {
		this.settle(this.isStored);
		this.forget();
		if (this.pause) void this.pause.then(this.letNext);
		else this.letNext();
	}
}

export class Inbox {
	/** Its execution is being started. */
	private current?: Batch;
	/** Gathers until the current one is over. */
	private next?: Batch;
	/** The newest batch of each conversation, where each message is a batch by itself. */
	private readonly newest = new Map<string, Batch>();
	/** Which batch has a message whose fate is not known yet, by the message's key. */
	private readonly underWay = new Map<string, Batch>();

	constructor(private readonly seen: Seen) {}

	/**
	 * Decides about a message. A leader must call the batch's `close` in every case, and `markStored`
	 * before that where n8n has stored the execution.
	 * @param key tells the message from every other of the workflow
	 */
	async admit(key: string, message: BotMessage, together = true): Promise<Admission> {
		if (this.seen.has(key, Date.now())) return { role: 'duplicate' };
		const underWay = this.underWay.get(key);
		if (underWay) return { role: 'follower', stored: underWay.stored };
		return together ? await this.gather(key, message) : await this.lead(key, message);
	}

	/** Notes messages that another process has taken in, and whose execution runs here. */
	remember(keys: string[], note: SeenNote): void {
		const now = Date.now();
		this.seen.merge(note.clawbotSeen, now);
		for (const key of keys) this.seen.add(key, now);
		note.clawbotSeen = new LiveNote(this.seen);
	}

	private async gather(key: string, message: BotMessage): Promise<Admission> {
		const { current, next } = this;
		if (next) {
			if (next.messages.size < MAX_BATCH) {
				this.put(key, message, next);
				return { role: 'follower', stored: next.stored };
			}
			await current?.free;
			return await this.admit(key, message);
		}
		const batch = this.open(key, message);
		void batch.free.then(() => {
			if (this.current === batch) this.current = undefined;
		});
		if (current) {
			this.next = batch;
			await current.free;
			this.next = undefined;
		}
		this.current = batch;
		return { role: 'leader', batch };
	}

	private async lead(key: string, message: BotMessage): Promise<Admission> {
		const { conversationId } = message;
		const before = this.newest.get(conversationId);
		const batch = this.open(key, message);
		this.newest.set(conversationId, batch);
		void batch.free.then(() => {
			if (this.newest.get(conversationId) === batch) this.newest.delete(conversationId);
		});
		await before?.free;
		return { role: 'leader', batch };
	}

	private open(key: string, message: BotMessage): Batch {
		const batch = new Batch(this.seen, () => {
			for (const each of batch.messages.keys()) this.underWay.delete(each);
		});
		this.put(key, message, batch);
		return batch;
	}

	private put(key: string, message: BotMessage, batch: Batch): void {
		batch.messages.set(key, message);
		this.underWay.set(key, batch);
	}
}
