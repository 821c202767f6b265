import { sleep } from 'n8n-workflow';
import type { Priority } from '../../../core/delivery/delivery';
import type { Excess, Limits } from '../../../core/delivery/limits';
import type { Charge } from '../../../protocol/limits';
import { Cancelled } from '../errors';
import { unlessAborted } from '../waiting';

/** What a request counts towards, and how long it may wait until it may be made. */
export interface Limit {
	charges: readonly Charge[];
	priority: Priority;
	/** Left out: it is refused at once where it would exceed a limit. */
	patienceMs?: number;
}

interface Waiting extends Limit {
	/** Ms of a clock that never goes back. */
	until: number;
	done(excess?: Excess): void;
}

/**
 * Those who wait until a limit lets them through, in their order; who counts towards something else passes them.
 * Where a limit is of a second, to wait for it costs far less than to keep the message and send it later.
 */
export class LimitLine {
	private waiting: Waiting[] = [];
	/** By the same clock: nobody in the line may go before. */
	private wakeAt = Infinity;
	/** Aborted when somebody may go earlier than was known, or nobody waits any more. */
	private nap?: AbortController;

	constructor(private readonly limits: Limits) {}

	/**
	 * @param signal gives up the place in the line
	 * @returns undefined where it was charged; else what it would exceed still
	 * @throws Cancelled
	 */
	async charge(limit: Limit, signal?: AbortSignal): Promise<Excess | undefined> {
		if (signal?.aborted) throw new Cancelled();
		const { charges, priority, patienceMs = 0 } = limit;
		const now = performance.now();
		// Whoever comes asks for itself alone: to ask for all would cost more the longer the line is.
		if (now >= this.wakeAt) this.look();
		const excess = this.limits.charge(charges, priority, now);
		const until = now + patienceMs;
		if (!excess || now + excess.waitMs > until) return excess;
		let place!: Waiting;
		const outcome = new Promise<Excess | undefined>((done) => {
			place = { ...limit, until, done };
		});
		this.waiting.push(place);
		this.wakeBy(now + excess.waitMs);
		return await unlessAborted(outcome, signal).catch((error) => {
			this.waiting = this.waiting.filter((each) => each !== place);
			if (this.waiting.length === 0) this.nap?.abort();
			throw error;
		});
	}

	private wakeBy(at: number): void {
		const isEarlier = at < this.wakeAt;
		if (isEarlier) this.wakeAt = at;
		if (!this.nap) void this.serve();
		else if (isEarlier) this.nap.abort();
	}

	private async serve(): Promise<void> {
		while (this.waiting.length > 0) {
			this.nap = new AbortController();
			const waitMs = Math.ceil(this.wakeAt - performance.now());
			await sleep(waitMs, this.nap.signal).catch(() => undefined);
			if (performance.now() >= this.wakeAt) this.look();
		}
		this.nap = undefined;
		this.wakeAt = Infinity;
	}

	/** Lets through whoever may. Each keeps its place before all that wait behind it for the same. */
	private look(): void {
		const now = performance.now();
		this.wakeAt = Infinity;
		this.waiting = this.waiting.filter(({ charges, priority, until, done }) => {
			const excess = this.limits.charge(charges, priority, now);
			const waits = excess !== undefined && now + excess.waitMs <= until;
			if (waits) this.wakeAt = Math.min(this.wakeAt, now + excess.waitMs);
			else done(excess);
			return waits;
		});
	}
}
