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
	/** Aborted when somebody comes, who may wait for less. */
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
		if (patienceMs === 0) return this.limits.charge(charges, priority, now);
		let place!: Waiting;
		const outcome = new Promise<Excess | undefined>((done) => {
			place = { ...limit, until: now + patienceMs, done };
		});
		this.waiting.push(place);
		if (this.nap) this.nap.abort();
		else void this.serve();
		return await unlessAborted(outcome, signal).catch((error) => {
			this.waiting = this.waiting.filter((each) => each !== place);
			this.nap?.abort();
			throw error;
		});
	}

	private async serve(): Promise<void> {
		for (let waitMs = this.look(); waitMs < Infinity; waitMs = this.look()) {
			this.nap = new AbortController();
			await sleep(Math.ceil(waitMs), this.nap.signal).catch(() => undefined);
		}
		this.nap = undefined;
	}

	/**
	 * Lets through whoever may. Each keeps its place before all that wait behind it for the same.
	 * @returns after how many ms the next one may; Infinity where nobody waits
	 */
	private look(): number {
		const now = performance.now();
		let nextMs = Infinity;
		this.waiting = this.waiting.filter(({ charges, priority, until, done }) => {
			const excess = this.limits.charge(charges, priority, now);
			const waits = excess !== undefined && now + excess.waitMs <= until;
			if (waits) nextMs = Math.min(nextMs, excess.waitMs);
			else done(excess);
			return waits;
		});
		return nextMs;
	}
}
