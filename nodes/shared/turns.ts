import { UserError, sleep, type IExecuteFunctions } from 'n8n-workflow';
import type { Failure } from '../../protocol/errors';
import { Entry, Lane, type Answered, type Answering } from './lane';
import { Seen } from './seen';

/**
 * Who answers when.
 *
 * 1. An answer is claimed: whoever brings the same message again, after a redelivery or a recovery, waits
 *    for the answer that is under way, or learns that there is one. A failure makes the claim free again.
 * 2. The answers of one conversation take turns, in the order of their questions. A turn ends whatever
 *    becomes of it, and when its time is over at the latest.
 * 3. Messages that may be collected and wait one behind the other become one question: the newest of them
 *    is answered. Where that fails each of them fails, so that every execution keeps its own messages.
 */
export class Turns {
	private readonly lanes = new Map<string, Lane>();
	private readonly claims = new Map<string, Entry>();
	private readonly answered = new Seen(undefined, 0);

	/**
	 * Answers a message when it is its turn.
	 * @throws what `answer` throws; `Cancelled`; `Overtime`
	 */
	async take(answering: Answering): Promise<Answered> {
		const { claim, signal } = answering;
		for (;;) {
			if (this.answered.has(claim, Date.now())) return answeredBefore(answering);
			const other = this.claims.get(claim);
			if (!other) break;
			await unlessAborted(other.over, signal);
			// That another execution was cancelled says nothing about this message.
			if (!other.cancelled) return repeated(await other.outcome);
		}
		const entry = new Entry(answering);
		this.claims.set(claim, entry);
		this.enter(entry);
		try {
			return await unlessAborted(entry.outcome, signal);
		} finally {
			if (entry.cancelled) this.leave(entry);
		}
	}

	/** Conversations and messages under way: what is kept of those that are over is not counted. */
	get size(): number {
		return this.lanes.size + this.claims.size;
	}

	private enter(entry: Entry): void {
		const { lane: key } = entry.answering;
		const known = this.lanes.get(key);
		const lane = known ?? new Lane();
		lane.enter(entry);
		if (known) return;
		this.lanes.set(key, lane);
		void this.work(key, lane);
	}

	/** A turn that has begun ends by itself. */
	private leave(entry: Entry): void {
		const waited = this.lanes.get(entry.answering.lane)?.leave(entry);
		if (waited) this.fail(entry, new Cancelled());
	}

	private async work(key: string, lane: Lane): Promise<void> {
		for (let { head } = lane; head; { head } = lane) {
			const { slots } = head.answering;
			// Waiting, however short, lets all items of a run in before the first has its turn.
			await slots.take();
			try {
				await this.turn(lane);
			} finally {
				slots.give();
			}
		}
		this.lanes.delete(key);
	}

	/** Answers what is next; never throws. */
	private async turn(lane: Lane): Promise<void> {
		const group = lane.next();
		const newest = group.at(-1);
		if (!newest) return;
		const { answering } = newest;
		const question = group.map((entry) => entry.answering.text).join('\n\n');
		const answer = (async () => await answering.answer(question))();
		try {
			const answered = await inTime(answer, answering.maxMs);
			for (const entry of group) {
				this.succeed(entry, entry === newest ? answered : mergedInto(answering, answered));
			}
		} catch (error) {
			if (error instanceof Overtime) void this.noteLate(answer, group);
			// A cancelled execution does not take other executions' messages with it.
			const others = newest.cancelled ? group.filter(({ cancelled }) => !cancelled) : [];
			for (const entry of others) lane.enter(entry);
			for (const entry of group) if (!others.includes(entry)) this.fail(entry, error);
		}
	}

	private succeed(entry: Entry, answered: Answered): void {
		const { claim } = entry.answering;
		this.answered.add(claim, Date.now());
		this.claims.delete(claim);
		entry.succeed(answered);
	}

	private fail(entry: Entry, error: unknown): void {
		this.claims.delete(entry.answering.claim);
		entry.fail(error);
	}

	/** An answer that nobody waited for any more is an answer all the same. */
	private async noteLate(answer: Promise<Answered>, group: Entry[]): Promise<void> {
		const arrived = await answer.then(
			() => true,
			() => false,
		);
		if (!arrived) return;
		for (const { answering } of group) this.answered.add(answering.claim, Date.now());
	}
}

const ofProcess = new Turns();

/** Production shares one; a manual run stands beside it and neither waits for it nor is remembered. */
export function turnsOf(ctx: IExecuteFunctions): Turns {
	return ctx.getMode() === 'manual' ? new Turns() : ofProcess;
}

/** The execution ended before the message's turn. */
export class Cancelled extends UserError {
	constructor() {
		super('The execution was cancelled');
	}
}

/** A turn took longer than it may; what it does may still arrive. */
export class Overtime extends UserError {
	readonly context: { failure: Failure };

	constructor(maxMs: number) {
		const message = `There was no answer within ${Math.round(maxMs / 1000)} seconds`;
		super(message);
		this.context = {
			failure: {
				class: 'unknownOutcome',
				code: 'OVERTIME',
				message,
				cure: 'Look into the conversation whether the answer arrived after all.',
			},
		};
	}
}

/** Made once: an error for every message would be what turns cost most. */
const OVER = new Error('The turn is over');

async function inTime<T>(work: Promise<T>, maxMs: number): Promise<T> {
	const done = new AbortController();
	const limit = sleep(maxMs, done.signal).then(() => {
		throw new Overtime(maxMs);
	});
	try {
		return await Promise.race([work, limit]);
	} finally {
		done.abort(OVER);
	}
}

async function unlessAborted<T>(outcome: Promise<T>, signal?: AbortSignal): Promise<T> {
	if (!signal) return await outcome;
	let abort = (): void => undefined;
	const aborted = new Promise<never>((_, reject) => {
		abort = () => reject(new Cancelled());
	});
	if (signal.aborted) abort();
	else signal.addEventListener('abort', abort);
	try {
		return await Promise.race([outcome, aborted]);
	} finally {
		signal.removeEventListener('abort', abort);
	}
}

function repeated({ delivery, ...rest }: Answered): Answered {
	return { ...rest, delivery: { ...delivery, already: true } };
}

function mergedInto({ messageId }: Answering, { delivery }: Answered): Answered {
	return { delivery: { ...delivery, mergedInto: messageId } };
}

/** Which answer it was is not kept: that there was one is. */
function answeredBefore({ platform }: Answering): Answered {
	const at = new Date().toISOString();
	return { delivery: { platform, via: '', messageIds: [], parts: 0, already: true, at } };
}
