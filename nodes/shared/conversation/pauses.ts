import { sleep } from 'n8n-workflow';
import type { Run } from './run';

/**
 * How long a conversation waits for the delivery queue, which sends what a limit held back and says so. Where many
 * wait the queue takes a while: Feishu lets through 1000 a minute. Where it runs in another process it says nothing,
 * and the conversation goes on after this time.
 */
const QUEUE_MS = 3 * 60_000;
/** Where nobody keeps it: people who wait are not left alone for longer, whatever the platform asks for. */
const MAX_REST_MS = 70_000;
/** Where pauses that are over begin to be looked for. */
const MANY_PAUSES = 1000;

interface Pause {
	/** Ms of a clock that never goes back: nobody waits for one that was set. */
	until: number;
	/** The failure, without the answer that is unsent: for others. */
	reason: unknown;
	/** By its answer key, what the delivery queue is to send before the conversation goes on, and who has it. */
	readonly awaited: Map<string, Set<Held>>;
	/** Aborted when whoever waits has to look again. */
	change: AbortController;
}

/** An answer that the delivery queue is to send, and the runs that hand it over; none where the queue has it. */
interface Held {
	answerKey: string;
	runs: Iterable<Run>;
}

/** Which conversations pause, because an answer was over a limit, and what each of them waits for. */
export class Pauses {
	private readonly byConversation = new Map<string, Pause>();

	/** Why a conversation pauses; undefined where it does not. */
	reasonOf(conversationKey: string): unknown {
		return this.current(conversationKey)?.reason;
	}

	/** The conversation waits for its limit: nobody keeps what that held back. */
	rest(conversationKey: string, ms: number, reason: unknown): void {
		this.pause(conversationKey, Math.min(ms, MAX_REST_MS), reason);
	}

	/**
	 * The conversation waits until the delivery queue has sent an answer. The queue gets it when the runs are over
	 * that have it, and never where all of them are cancelled. Another run may come that has it, too.
	 */
	hold(conversationKey: string, held: Held, reason: unknown): void {
		const { answerKey, runs } = held;
		const pause = this.pause(conversationKey, QUEUE_MS, reason);
		const all = pause.awaited.get(answerKey) ?? new Set();
		pause.awaited.set(answerKey, all.add(held));
		lookAgain(pause);
		const ends = Promise.all([...runs].map(async ({ over }) => await over));
		void ends.then((each) => {
			if (this.current(conversationKey)?.awaited.get(answerKey) !== all) return;
			const isLost = each.length > 0 && each.every(({ isCancelled }) => isCancelled);
			if (isLost) all.delete(held);
			if (all.size === 0) this.release(conversationKey, answerKey);
			else if (!isLost) this.pause(conversationKey, QUEUE_MS, reason);
		});
	}

	/** An answer is not waited for any more; where it was the last one, the conversation goes on. */
	release(conversationKey: string, answerKey: string): void {
		const pause = this.byConversation.get(conversationKey);
		if (!pause) return;
		pause.awaited.delete(answerKey);
		if (pause.awaited.size === 0) this.byConversation.delete(conversationKey);
		lookAgain(pause);
	}

	/** Whether the conversation does not go on yet. */
	holds(conversationKey: string, mayPass: () => boolean): boolean {
		return this.current(conversationKey) !== undefined && !mayPass();
	}

	/**
	 * Resolves when the conversation goes on.
	 * @param mayPass whether whoever is next need not wait for that
	 */
	async over(conversationKey: string, mayPass: () => boolean): Promise<void> {
		for (;;) {
			const pause = this.current(conversationKey);
			if (!pause || mayPass()) return;
			const ms = pause.until - performance.now();
			await sleep(ms, pause.change.signal).catch(() => undefined);
		}
	}

	private current(conversationKey: string): Pause | undefined {
		const pause = this.byConversation.get(conversationKey);
		return pause && pause.until > performance.now() ? pause : undefined;
	}

	private pause(conversationKey: string, ms: number, reason: unknown): Pause {
		const now = performance.now();
		this.forgetOld(now);
		const pause = this.current(conversationKey) ?? {
			until: now,
			reason,
			awaited: new Map(),
			change: new AbortController(),
		};
		pause.until = Math.max(pause.until, now + ms);
		pause.reason = reason;
		this.byConversation.set(conversationKey, pause);
		return pause;
	}

	private forgetOld(now: number): void {
		if (this.byConversation.size < MANY_PAUSES) return;
		for (const [key, { until }] of this.byConversation) {
			if (until <= now) this.byConversation.delete(key);
		}
	}
}

function lookAgain(pause: Pause): void {
	pause.change.abort();
	pause.change = new AbortController();
}
