import { sleep } from 'n8n-workflow';
import type { Priority } from '../../../core/delivery/delivery';
import type { Excess, Limits } from '../../../core/delivery/limits';
import type { Charge } from '../../../protocol/limits';

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

/** Short beside the shortest window. */
const LOOK_EVERY_MS = 50;

/**
 * Those who wait until a limit lets them through, in their order; who counts towards something else passes them.
 * Where a limit is of a second, to wait for it costs far less than to keep the message and send it later.
 */
export class LimitLine {
	private waiting: Waiting[] = [];
	private isLooking = false;

	constructor(private readonly limits: Limits) {}

	/** @returns undefined where it was charged; else what it would exceed still */
	async charge(limit: Limit): Promise<Excess | undefined> {
		const { charges, priority, patienceMs = 0 } = limit;
		const now = performance.now();
		if (patienceMs === 0) return this.limits.charge(charges, priority, now);
		const outcome = new Promise<Excess | undefined>((done) => {
			this.waiting.push({ ...limit, until: now + patienceMs, done });
		});
		this.look();
		if (!this.isLooking) void this.keepLooking();
		return await outcome;
	}

	/** Each keeps its place before all that come later and count towards the same. */
	private look(): void {
		const now = performance.now();
		this.waiting = this.waiting.filter(({ charges, priority, until, done }) => {
			const excess = this.limits.charge(charges, priority, now);
			if (excess && now + excess.waitMs <= until) return true;
			done(excess);
			return false;
		});
	}

	private async keepLooking(): Promise<void> {
		this.isLooking = true;
		while (this.waiting.length > 0) {
			await sleep(LOOK_EVERY_MS);
			this.look();
		}
		this.isLooking = false;
	}
}
