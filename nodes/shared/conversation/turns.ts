import type { IExecuteFunctions } from 'n8n-workflow';
import { Cancelled, failureOf, SendError } from '../errors';
import { Seen } from '../receive/seen';
import { outAlready } from '../send/delivery';
import { Pauses } from './pauses';
import { ConversationQueue } from './queue';
import { Turn, type AnswerFields, type TurnRequest } from './turn';
import { inTime, unlessAborted } from '../waiting';

/**
 * Who answers when.
 *
 * 1. Whoever brings an answer key again, after a redelivery or a recovery, waits for the answer that is under
 *    way, or learns that there is one. After a failure the key may have another turn.
 * 2. The answers of one conversation take turns, in the order of their questions. A turn ends whatever
 *    becomes of it, and when its time is over at the latest.
 * 3. A conversation whose answer was over a limit pauses until the delivery queue has sent that answer: the
 *    next one would be over the limit, too, or would be read before it.
 *    n8n passes a failed item on to the queue only when all items of its run are done. If one of these waited in
 *    a conversation that pauses, the queue would wait for it, and it for the queue. So what the run has in such
 *    conversations fails at once and goes to the queue as well, and these conversations wait for that, too.
 * 4. Messages that may be collected and wait one behind the other become one question: the newest of them
 *    is answered. Where that fails each of them fails, so that every execution keeps its own messages.
 */
export class Turns {
	private readonly queues = new Map<string, ConversationQueue>();
	private readonly underWay = new Map<string, Turn>();
	private readonly answered = new Seen(undefined, 0);
	private readonly pauses = new Pauses();

	/**
	 * Answers a message when it is its turn.
	 * @throws what `answer` throws; Cancelled; OutcomeUnknown where the turn takes too long
	 */
	async take(request: TurnRequest): Promise<AnswerFields> {
		const { answerKey, conversationKey, run, signal } = request;
		// It is what its conversation waits for, and goes first by its age.
		if (request.isRetry) this.pauses.release(conversationKey, answerKey);
		for (;;) {
			if (this.answered.has(answerKey, Date.now())) {
				return { delivery: outAlready(request.platform) };
			}
			const other = this.underWay.get(answerKey);
			if (!other) break;
			other.runs.add(run);
			other.mayPass ||= request.isRetry;
			this.letGo(conversationKey);
			await unlessAborted(other.over, signal);
			// That another execution was cancelled says nothing about this message.
			if (!other.cancelled) return repeated(await other.outcome);
		}
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
		// What the delivery queue brings back is what others wait for.
		const mayPass = (): boolean => queue.head?.mayPass ?? true;
		while (queue.head) {
			await this.pauses.over(key, mayPass);
			const { run } = queue.head?.request ?? {};
			// Waiting, however short, lets all items of a run in before the first has its turn.
			await run?.slots.take();
			try {
				// Meanwhile another one may be next, and may have to wait.
				const isNext = queue.head?.request.run === run;
				if (isNext && !this.pauses.holds(key, mayPass)) await this.answerNext(queue);
			} finally {
				run?.slots.give();
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
			// A cancelled execution does not take other executions' messages with it.
			const others = newest.cancelled ? group.filter(({ cancelled }) => !cancelled) : [];
			for (const turn of others) queue.enter(turn);
			const failed = group.filter((turn) => !others.includes(turn));
			if (isOverLimit(error)) this.pauseAfter(failed, error);
			for (const turn of failed) this.fail(turn, error);
		}
	}

	/**
	 * The delivery queue has tried to send an answer of a conversation. Where that is over a limit still, the
	 * conversation waits on for it.
	 * @param error undefined where it is out
	 */
	retried(conversationKey: string, answerKey: string, error?: unknown): void {
		if (error === undefined) this.noteSent(conversationKey, answerKey);
		this.pauses.release(conversationKey, answerKey);
		if (isOverLimit(error))
			this.pauses.hold(conversationKey, { answerKey, runs: [] }, reasonOf(error));
	}

	/** Whoever has brought its message again meanwhile, and waits, has the answer. */
	private noteSent(conversationKey: string, answerKey: string): void {
		this.answered.add(answerKey, Date.now());
		const again = this.underWay.get(answerKey);
		const waited = again && this.queues.get(conversationKey)?.leave(again);
		if (waited) this.succeed(again, { delivery: outAlready(again.request.platform) });
	}

	/** Of messages that failed together; what a cancelled execution has is handed to nobody. */
	private pauseAfter(failed: Turn[], error: unknown): void {
		const kept = failed.filter(({ request, cancelled }) => request.isKept && !cancelled);
		const [newest] = failed.slice(-1) as [Turn];
		const { conversationKey } = newest.request;
		const reason = reasonOf(error);
		if (kept.length === 0) {
			return this.pauses.rest(conversationKey, failureOf(error)?.retryAfterMs ?? 0, reason);
		}
		const runs = kept.flatMap((turn) => [...turn.runs]);
		for (const run of runs) run.isAwaited = true;
		if (error instanceof SendError) {
			// One answer for all of them, which is the newest one's, whichever item brings it.
			const { answerKey } = newest.request;
			this.pauses.hold(conversationKey, { answerKey, runs }, reason);
		} else {
			for (const turn of kept) this.hold(turn, reason);
		}
		for (const key of this.queues.keys()) this.letGo(key);
	}

	/** Hands over what waits in a conversation that pauses, of runs whose end is waited for. */
	private letGo(conversationKey: string): void {
		const reason = this.pauses.reasonOf(conversationKey);
		if (reason === undefined) return;
		const isAwaited = ({ request, runs }: Turn): boolean =>
			request.isKept && [...runs].some((run) => run.isAwaited);
		const awaited = this.queues.get(conversationKey)?.takeOut(isAwaited) ?? [];
		for (const turn of awaited) {
			this.hold(turn, reason);
			this.fail(turn, reason);
		}
	}

	private hold({ request, runs }: Turn, reason: unknown): void {
		const { conversationKey, answerKey } = request;
		this.pauses.hold(conversationKey, { answerKey, runs }, reason);
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

const ofProcess = new Turns();

/** Production shares one; a manual run stands beside it and neither waits for it nor is remembered. */
export function turnsOf(ctx: IExecuteFunctions): Turns {
	return ctx.getMode() === 'manual' ? new Turns() : ofProcess;
}

const isOverLimit = (error: unknown): boolean => failureOf(error)?.class === 'rateLimited';

/** A failure without the answer that is unsent: it is told to other messages, too. */
const reasonOf = (error: unknown): unknown => (error instanceof SendError ? error.cause : error);

function repeated({ delivery, ...rest }: AnswerFields): AnswerFields {
	return { ...rest, delivery: { ...delivery, already: true } };
}

function mergedInto({ messageId }: TurnRequest, { delivery }: AnswerFields): AnswerFields {
	return { delivery: { ...delivery, mergedInto: messageId } };
}
