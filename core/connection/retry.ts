import { drawBackoff, type Random } from '../common/backoff';
import type { ConnectionFailure } from './failure';
import { wishedMs, type ConnectionTiming, type ConnectionWishes } from './timing';

/** What of a failure says when to try again. */
export type RetryReason = Pick<ConnectionFailure, 'failureClass' | 'retryAfterMs'>;

/**
 * When to try again: back-off with full jitter, as far as the platform wishes no other; slowly where a person
 * must act; never sooner than the platform asked for, and never later than the slowest.
 */
export class Retries {
	/** The next attempt; undefined where none is planned. */
	dueAt?: number;
	/** In a row, without a steady connection between them. */
	private failures = 0;
	private isExplained = false;
	private returnWithinMs = 0;
	private retryEveryMs = 0;

	constructor(
		private readonly timing: ConnectionTiming,
		private readonly random: Random,
	) {}

	wish({ returnWithinMs, retryEveryMs }: ConnectionWishes): void {
		if (returnWithinMs !== undefined) this.returnWithinMs = wishedMs(returnWithinMs);
		if (retryEveryMs !== undefined) this.retryEveryMs = wishedMs(retryEveryMs);
	}

	plan({ failureClass, retryAfterMs }: RetryReason, nowMs: number): void {
		const [shortest, longest] = this.timing.slowMs;
		this.failures += 1;
		const drawn =
			failureClass === 'unreachable'
				? drawBackoff(this.ceilings(), this.failures, this.random)
				: shortest + this.random() * (longest - shortest);
		// Those that were told to wait do not all come back at once either.
		const asked = wishedMs(retryAfterMs) * (1 + this.random() / 10);
		this.dueAt = nowMs + Math.min(Math.max(drawn, asked), longest);
	}

	/** A connection was ready for long enough: the next failure is the first one. */
	reset(): void {
		this.failures = 0;
		this.isExplained = false;
	}

	/** Whether a refused handshake is still to be explained: once in a row of failures. */
	explain(): boolean {
		const isFirst = !this.isExplained;
		this.isExplained = true;
		return isFirst;
	}

	/** The platform may lengthen the waits, up to the longest of ours. */
	private ceilings(): number[] {
		const { returnWithinMs, retryEveryMs } = this;
		const most = this.timing.backoffMs.at(-1)!;
		return this.timing.backoffMs.map((ms, index) =>
			Math.min(most, Math.max(ms, index === 0 ? returnWithinMs : retryEveryMs)),
		);
	}
}
