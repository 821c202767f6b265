import { sleep, type IExecuteFunctions } from 'n8n-workflow';
import { Entry, Lane, type Answered, type Answering } from './lane';
import { outAlready } from '../send/outgoing';
import { Seen } from '../receive/seen';
import { failureOf } from '../http/transport';
import { Cancelled, Overtime, inTime, unlessAborted } from './waiting';

/**
 * The delivery queue sends what a limit held back before the next answer, and says so. Where many wait it
 * takes a while: Feishu lets through 1000 a minute. Where it does not say so, because it is another process,
 * the conversation goes on after this.
 */
const QUEUE_MS = 3 * 60_000;
/** Where nobody keeps it: people who wait are not left alone for longer, whatever the platform asks for. */
const MAX_PAUSE_MS = 70_000;
/** Where pauses that are over begin to be looked for. */
const MANY_PAUSES = 1000;

/**
 * Who answers when.
 *
 * 1. An answer is claimed: whoever brings the same message again, after a redelivery or a recovery, waits
 *    for the answer that is under way, or learns that there is one. A failure makes the claim free again.
 * 2. The answers of one conversation take turns, in the order of their questions. A turn ends whatever
 *    becomes of it, and when its time is over at the latest.
 * 3. A conversation whose answer was over a limit pauses until the delivery queue has sent that answer: the
 *    next one would be over the limit, too, or would overtake it.
 * 4. Messages that may be collected and wait one behind the other become one question: the newest of them
 *    is answered. Where that fails each of them fails, so that every execution keeps its own messages.
 */
export class Turns {
	private readonly lanes = new Map<string, Lane>();
	private readonly claims = new Map<string, Entry>();
	private readonly answered = new Seen(undefined, 0);
	private readonly pauses = new Map<string, Pause>();

	/**
	 * Answers a message when it is its turn.
	 * @throws what `answer` throws; `Cancelled`; `Overtime`
	 */
	async take(answering: Answering): Promise<Answered> {
		const { claim, signal } = answering;
		for (;;) {
			if (this.answered.has(claim, Date.now())) {
				return { delivery: outAlready(answering.platform) };
			}
			const other = this.claims.get(claim);
			if (!other) break;
			await unlessAborted(other.over, signal);
			// That another execution was cancelled says nothing about this message.
			if (!other.cancelled) return repeated(await other.outcome);
		}
		// It is what its conversation waits for, and goes first by its age.
		if (answering.isRetry) this.retried(answering.lane);
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
			await this.afterPause(key);
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
		const earlier = group.slice(0, -1).map((entry) => entry.answering.claim);
		const answer = (async () => await answering.answer(question, earlier))();
		try {
			const answered = await inTime(answer, answering.maxMs);
			for (const entry of group) {
				this.succeed(entry, entry === newest ? answered : mergedInto(answering, answered));
			}
		} catch (error) {
			if (error instanceof Overtime) void this.noteLate(answer, group);
			this.pause(answering.lane, error, answering.isKept);
			// A cancelled execution does not take other executions' messages with it.
			const others = newest.cancelled ? group.filter(({ cancelled }) => !cancelled) : [];
			for (const entry of others) lane.enter(entry);
			for (const entry of group) if (!others.includes(entry)) this.fail(entry, error);
		}
	}

	/**
	 * What the delivery queue kept of a conversation was tried again: where it is over a limit still, the
	 * conversation waits on, else it goes on.
	 */
	retried(lane: string, error?: unknown): void {
		const pause = this.pauses.get(lane);
		this.pauses.delete(lane);
		this.pause(lane, error, true);
		pause?.over.abort();
	}

	private pause(lane: string, error: unknown, isKept: boolean): void {
		const failure = failureOf(error);
		if (failure?.class !== 'rateLimited') return;
		const now = performance.now();
		if (this.pauses.size >= MANY_PAUSES) {
			for (const [other, { until }] of this.pauses) if (until <= now) this.pauses.delete(other);
		}
		const ms = isKept ? QUEUE_MS : Math.min(failure.retryAfterMs ?? 0, MAX_PAUSE_MS);
		this.pauses.set(lane, { until: now + ms, over: new AbortController() });
	}

	private async afterPause(lane: string): Promise<void> {
		for (let pause = this.pauses.get(lane); pause; pause = this.pauses.get(lane)) {
			const ms = pause.until - performance.now();
			if (ms <= 0) return;
			const over = (): void => undefined;
			await sleep(ms, pause.over.signal).catch(over);
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

interface Pause {
	/** Ms of a clock that never goes back: nobody waits for one that was set. */
	until: number;
	/** Aborted when the conversation goes on earlier. */
	over: AbortController;
}

const ofProcess = new Turns();

/** Production shares one; a manual run stands beside it and neither waits for it nor is remembered. */
export function turnsOf(ctx: IExecuteFunctions): Turns {
	return ctx.getMode() === 'manual' ? new Turns() : ofProcess;
}

function repeated({ delivery, ...rest }: Answered): Answered {
	return { ...rest, delivery: { ...delivery, already: true } };
}

function mergedInto({ messageId }: Answering, { delivery }: Answered): Answered {
	return { delivery: { ...delivery, mergedInto: messageId } };
}
