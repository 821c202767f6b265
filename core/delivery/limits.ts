import type { Failure } from '../../protocol/errors';
import type { Charge, RateWindow } from '../../protocol/limits';
import type { Priority } from './delivery';

/**
 * How fast the platforms let themselves be sent to, known before they say it: some punish an excess with
 * ten minutes' silence, others drop it without a word.
 *
 * A log of what was charged lets no window of the stated length ever hold more than allowed; a token bucket
 * would let nearly twice as much through. One log counts what one process sends, so several processes that
 * share a robot must share out its limit.
 */

/** How much of a window each may use, so that what is left is there for what is more urgent. */
const SHARES: Readonly<Record<Priority, number>> = { alert: 1, answer: 0.9, broadcast: 0.7 };

interface Account {
	/** When it was charged, oldest first. */
	times: number[];
	/** Of its longest window: older times do not count any more. */
	longestMs: number;
	/** The platform has said so. */
	blockedUntil: number;
}

/** What a charge would exceed, and for how long. */
export interface Excess {
	name: string;
	waitMs: number;
}

/** Longer than any penalty that is published: after this a message goes out to see whether it is over. */
const MAX_BLOCK_MS = 3_600_000;

/** Where keys that are not in use any more begin to be looked for. */
const MIN_SWEEP = 1000;

export class Limits {
	private readonly accounts = new Map<string, Account>();
	private sweepAt = MIN_SWEEP;

	/**
	 * Charges a message to everything that it counts towards, or to nothing.
	 * @param now ms of a clock that never goes back
	 * @returns undefined where it was charged; else what it would exceed: by then the same charge will pass,
	 * if nobody else is charged meanwhile
	 */
	charge(charges: readonly Charge[], priority: Priority, now: number): Excess | undefined {
		let excess: Excess | undefined;
		for (const charge of charges) {
			const waitMs = this.waitFor(charge, priority, now);
			if (waitMs > (excess?.waitMs ?? 0)) excess = { name: charge.name, waitMs };
		}
		if (excess) return excess;
		for (const { key, windows } of charges) this.note(key, windows, now);
		return undefined;
	}

	/** Nothing more is sent to what a platform's refusal speaks of, by anybody, before its time is over. */
	heed(charges: readonly Charge[], { code, retryAfterMs }: Failure, now: number): void {
		if (retryAfterMs === undefined) return;
		const until = now + Math.min(retryAfterMs, MAX_BLOCK_MS);
		const named = charges.filter(({ codes }) => codes?.includes(code));
		for (const { key } of named.length > 0 ? named : charges.filter(({ codes }) => !codes)) {
			const account = this.accountOf(key, now);
			account.blockedUntil = Math.max(account.blockedUntil, until);
		}
	}

	/** Keys that are remembered: no more than twice those in use, and `MIN_SWEEP`. */
	get size(): number {
		return this.accounts.size;
	}

	private waitFor({ key, windows }: Charge, priority: Priority, now: number): number {
		const account = this.accounts.get(key);
		if (!account) return 0;
		const { times, blockedUntil } = account;
		const waits = windows.map(({ max, ms }) => {
			const allowed = Math.max(1, Math.floor(max * SHARES[priority]));
			// Until this one has left the window, `allowed` are in it.
			const last = times.at(-allowed);
			return last === undefined ? 0 : last + ms - now;
		});
		return Math.max(0, blockedUntil - now, ...waits);
	}

	private note(key: string, windows: readonly RateWindow[], now: number): void {
		if (windows.length === 0) return;
		const account = this.accountOf(key, now);
		account.longestMs = Math.max(account.longestMs, ...windows.map(({ ms }) => ms));
		const first = account.times.findIndex((time) => time > now - account.longestMs);
		account.times.splice(0, first < 0 ? account.times.length : first);
		account.times.push(now);
	}

	private accountOf(key: string, now: number): Account {
		const known = this.accounts.get(key);
		if (known) return known;
		if (this.accounts.size >= this.sweepAt) this.sweep(now);
		const account: Account = { times: [], longestMs: 0, blockedUntil: 0 };
		this.accounts.set(key, account);
		return account;
	}

	private sweep(now: number): void {
		for (const [key, { times, longestMs, blockedUntil }] of this.accounts) {
			const idle = (times.at(-1) ?? -Infinity) + longestMs <= now && blockedUntil <= now;
			if (idle) this.accounts.delete(key);
		}
		this.sweepAt = Math.max(MIN_SWEEP, 2 * this.accounts.size);
	}
}
