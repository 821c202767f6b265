import { sleep, type IExecuteFunctions } from 'n8n-workflow';
import { Cancelled, failureOf, SendError } from '../errors';
import { Seen } from '../receive/seen';
import { outAlready } from '../send/delivery';
import { ConversationQueue } from './queue';
import { Turn, type AnswerFields, type TurnRequest } from './turn';
import { inTime, unlessAborted } from '../waiting';

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
 * 1. Whoever brings an answer key again, after a redelivery or a recovery, waits for the answer that is under
 *    way, or learns that there is one. After a failure the key may have another turn.
 * 2. The answers of one conversation take turns, in the order of their questions. A turn ends whatever
 *    becomes of it, and when its time is over at the latest.
 * 3. A conversation whose answer was over a limit pauses until the delivery queue has sent that answer: the
 *    next one would be over the limit, too, or would overtake it. n8n hands that answer over when its whole run
 *    is done: what the same run has in conversations that pause goes to the queue with it, instead of waiting
 *    there for what it holds back itself.
 * 4. Messages that may be collected and wait one behind the other become one question: the newest of them
 *    is answered. Where that fails each of them fails, so that every execution keeps its own messages.
 */
export class Turns {
	private readonly queues = new Map<string, ConversationQueue>();
	private readonly underWay = new Map<string, Turn>();
	private readonly answered = new Seen(undefined, 0);
	private readonly pauses = new Map<string, Pause>();

	/**
	 * Answers a message when it is its turn.
	 * @throws what `answer` throws; Cancelled; OutcomeUnknown where the turn takes too long
	 */
	async take(request: TurnRequest): Promise<AnswerFields> {
		const { answerKey, conversationKey, run, signal } = request;
		for (;;) {
			if (this.answered.has(answerKey, Date.now())) {
				return { delivery: outAlready(request.platform) };
			}
			const other = this.underWay.get(answerKey);
			if (!other) break;
			other.runs.add(run);
			this.letGo(conversationKey);
			await unlessAborted(other.over, signal);
			// That another execution was cancelled says nothing about this message.
			if (!other.cancelled) return repeated(await other.outcome);
		}
		// It is what its conversation waits for, and goes first by its age.
		if (request.isRetry) this.retried(conversationKey);
		const turn = new Turn(request);
		this.underWay.set(answerKey, turn);
		this.enter(turn);
		try {
			return await unlessAborted(turn.outcome, signal);
		} finally {
			if (turn.cancelled) this.leave(turn);
		}
	}

	/** Conversations and messages under way: what is kept of those that are over is not counted. */
	get size(): number {
		return this.queues.size + this.underWay.size;
	}

	private enter(turn: Turn): void {
		const { conversationKey } = turn.request;
		const known = this.queues.get(conversationKey);
		const queue = known ?? new ConversationQueue();
		queue.enter(turn);
		this.queues.set(conversationKey, queue);
		this.letGo(conversationKey);
		if (!known) void this.work(conversationKey, queue);
	}

	/** A turn that has begun ends by itself. */
	private leave(turn: Turn): void {
		const waited = this.queues.get(turn.request.conversationKey)?.leave(turn);
		if (waited) this.fail(turn, new Cancelled());
	}

	private async work(key: string, queue: ConversationQueue): Promise<void> {
		for (let { head } = queue; head; { head } = queue) {
			const { slots } = head.request.run;
			await this.afterPause(key);
			// Waiting, however short, lets all items of a run in before the first has its turn.
			await slots.take();
			try {
				await this.answerNext(queue);
			} finally {
				slots.give();
			}
		}
		this.queues.delete(key);
	}

	/** Never throws. */
	private async answerNext(queue: ConversationQueue): Promise<void> {
		const group = queue.next();
		const newest = group.at(-1);
		if (!newest) return;
		const { request } = newest;
		const question = group.map((turn) => turn.request.text).join('\n\n');
		const collected = group.slice(0, -1).map((turn) => turn.request.answerKey);
		const answer = (async () => await request.answer(question, collected))();
		try {
			const fields = await inTime(answer, request.maxMs);
			for (const turn of group) {
				this.succeed(turn, turn === newest ? fields : mergedInto(request, fields));
			}
		} catch (error) {
			void this.noteLate(answer, group);
			this.pause(request.conversationKey, error, request.isKept);
			this.handOver(group, error);
			// A cancelled execution does not take other executions' messages with it.
			const others = newest.cancelled ? group.filter(({ cancelled }) => !cancelled) : [];
			for (const turn of others) queue.enter(turn);
			for (const turn of group) if (!others.includes(turn)) this.fail(turn, error);
		}
	}

	/**
	 * What the delivery queue kept of a conversation was tried again: where it is over a limit still, the
	 * conversation waits on, else it goes on.
	 */
	retried(conversationKey: string, error?: unknown): void {
		const pause = this.pauses.get(conversationKey);
		this.pauses.delete(conversationKey);
		this.pause(conversationKey, error, true);
		pause?.over.abort();
	}

	private pause(conversationKey: string, error: unknown, isKept: boolean): void {
		const failure = failureOf(error);
		if (failure?.class !== 'rateLimited') return;
		const now = performance.now();
		if (this.pauses.size >= MANY_PAUSES) {
			for (const [other, { until }] of this.pauses) if (until <= now) this.pauses.delete(other);
		}
		const ms = isKept ? QUEUE_MS : Math.min(failure.retryAfterMs ?? 0, MAX_PAUSE_MS);
		this.pauses.set(conversationKey, {
			until: now + ms,
			over: new AbortController(),
			reason: error instanceof SendError ? error.cause : error,
		});
	}

	/** What is over a limit is for the delivery queue, if anybody: n8n waits for all other items of its runs. */
	private handOver(group: Turn[], error: unknown): void {
		const kept = group.filter(({ request }) => request.isKept);
		if (kept.length === 0 || failureOf(error)?.class !== 'rateLimited') return;
		for (const { runs } of kept) for (const run of runs) run.isAwaited = true;
		for (const key of this.queues.keys()) this.letGo(key);
	}

	/** Those in a conversation that pauses whose run is waited for fail as that did for which it pauses. */
	private letGo(key: string): void {
		const pause = this.pauses.get(key);
		if (!pause || pause.until <= performance.now()) return;
		const isAwaited = ({ request, runs }: Turn): boolean =>
			request.isKept && [...runs].some((run) => run.isAwaited);
		const awaited = this.queues.get(key)?.takeOut(isAwaited) ?? [];
		for (const turn of awaited) this.fail(turn, pause.reason);
	}

	private async afterPause(key: string): Promise<void> {
		for (let pause = this.pauses.get(key); pause; pause = this.pauses.get(key)) {
			const ms = pause.until - performance.now();
			if (ms <= 0) return;
			const over = (): void => undefined;
			await sleep(ms, pause.over.signal).catch(over);
		}
	}

	private succeed(turn: Turn, fields: AnswerFields): void {
		const { answerKey } = turn.request;
		this.answered.add(answerKey, Date.now());
		this.underWay.delete(answerKey);
		turn.succeed(fields);
	}

	private fail(turn: Turn, error: unknown): void {
		this.underWay.delete(turn.request.answerKey);
		turn.fail(error);
	}

	/** An answer that nobody waited for any more is an answer all the same. */
	private async noteLate(answer: Promise<AnswerFields>, group: Turn[]): Promise<void> {
		const arrived = await answer.then(
			() => true,
			() => false,
		);
		if (!arrived) return;
		for (const { request } of group) this.answered.add(request.answerKey, Date.now());
	}
}

interface Pause {
	/** Ms of a clock that never goes back: nobody waits for one that was set. */
	until: number;
	/** Aborted when the conversation goes on earlier. */
	over: AbortController;
	/** The failure, without the answer that is unsent: for others. */
	reason: unknown;
}

const ofProcess = new Turns();

/** Production shares one; a manual run stands beside it and neither waits for it nor is remembered. */
export function turnsOf(ctx: IExecuteFunctions): Turns {
	return ctx.getMode() === 'manual' ? new Turns() : ofProcess;
}

function repeated({ delivery, ...rest }: AnswerFields): AnswerFields {
	return { ...rest, delivery: { ...delivery, already: true } };
}

function mergedInto({ messageId }: TurnRequest, { delivery }: AnswerFields): AnswerFields {
	return { delivery: { ...delivery, mergedInto: messageId } };
}
