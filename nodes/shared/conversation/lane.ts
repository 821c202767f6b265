import { byteLength } from '../../../protocol/text';
import type { Delivery } from '../send/outgoing';

/* What waits for its turn in one conversation. */

/** What answering adds to an item. */
export interface Answered {
	delivery: Delivery;
	[field: string]: unknown;
}

/** One item that wants to answer its message. */
export interface Answering {
	/** Tells this answer from all others, and is the same when the message comes again. */
	claim: string;
	/** The conversation, and the bot in it: one answer at a time. */
	lane: string;
	platform: string;
	messageId: string;
	/** When the message was written and when it was received, ms since 1970; NaN where that is not known. */
	times: readonly [sentAt: number, receivedAt: number];
	text: string;
	/** Messages that wait one behind the other with the same one become one question. Left out: never. */
	collect?: string;
	/** Of the run: how many it answers at once. Only a turn takes one, never an item that waits. */
	slots: Slots;
	/** Whether the delivery queue gets what fails. */
	isKept: boolean;
	/** Whether the delivery queue brings it back. */
	isRetry: boolean;
	/** How long the turn may take. */
	maxMs: number;
	/** Aborted when the item's execution is cancelled. */
	signal?: AbortSignal;
	/** Answers `text`: the message's own, or that of several; `earlier` holds the claims of the others. */
	answer(text: string, earlier: string[]): Promise<Answered>;
}

/** What waits, and what becomes of it. */
export class Entry {
	readonly outcome: Promise<Answered>;
	/** Settles with `outcome`, and never fails. */
	readonly over: Promise<void>;
	succeed!: (answered: Answered) => void;
	fail!: (error: unknown) => void;

	constructor(readonly answering: Answering) {
		this.outcome = new Promise((resolve, reject) => {
			this.succeed = resolve;
			this.fail = reject;
		});
		const done = (): void => undefined;
		this.over = this.outcome.then(done, done);
	}

	get cancelled(): boolean {
		return this.answering.signal?.aborted ?? false;
	}
}

/** Limits of one question: more waits for the turn after. */
const MAX_COLLECTED = 20;
const MAX_COLLECTED_BYTES = 30_000;

export class Lane {
	private readonly waiting: Entry[] = [];

	get head(): Entry | undefined {
		return this.waiting[0];
	}

	/** Puts a message where it belongs by its time: one execution may have overtaken another. */
	enter(entry: Entry): void {
		let at = this.waiting.length;
		while (at > 0 && isBefore(entry, this.waiting[at - 1] as Entry)) at--;
		this.waiting.splice(at, 0, entry);
	}

	/** @returns whether it still waited */
	leave(entry: Entry): boolean {
		const at = this.waiting.indexOf(entry);
		if (at >= 0) this.waiting.splice(at, 1);
		return at >= 0;
	}

	/** Takes out those whose turn is next: one message, or several that become one question. */
	next(): Entry[] {
		const [first] = this.waiting;
		if (!first) return [];
		let count = 1;
		let bytes = byteLength(first.answering.text);
		for (; count < Math.min(this.waiting.length, MAX_COLLECTED); count++) {
			const { collect, text } = (this.waiting[count] as Entry).answering;
			bytes += byteLength(text);
			if (!collect || collect !== first.answering.collect || bytes > MAX_COLLECTED_BYTES) break;
		}
		return this.waiting.splice(0, count);
	}
}

/** By the platform's clock; WeCom's knows whole seconds only, so then by ours. */
function isBefore({ answering: a }: Entry, { answering: b }: Entry): boolean {
	if (a.times[0] !== b.times[0]) return a.times[0] < b.times[0];
	return a.times[1] < b.times[1];
}

/** How many may do something at once; the others wait in their order. */
export class Slots {
	private readonly queue: Array<() => void> = [];
	private free: number;

	/** @param count at least one, whatever an expression gives: with none everybody would wait for ever */
	constructor(count: number) {
		this.free = count >= 1 ? count : 1;
	}

	async take(): Promise<void> {
		if (this.free > 0) this.free--;
		else await new Promise<void>((resolve) => this.queue.push(resolve));
	}

	give(): void {
		const next = this.queue.shift();
		if (next) next();
		else this.free++;
	}
}
