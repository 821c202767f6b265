import { wishedMs, type ConnectionTiming, type ConnectionWishes } from './timing';

/** What has to be done about a silence. */
export type SilenceStep =
	/** Send a ping. */
	| 'ping'
	/** The ping was not answered: the connection is frozen. */
	| 'frozen'
	/** It cannot be pinged: only another connection tells whether it is frozen. */
	| 'doubtful';

/** Whoever pings more often than this is not served better. */
const SHORTEST_PING_MS = 5_000;

/**
 * Whether a connection lives, by when something was heard from it. Pings go out also where only we are silent:
 * a platform may take a client for dead that it never hears.
 */
export class Liveness {
	private heardAt: number;
	private sentAt: number;
	private pingedAt?: number;
	private pingEveryMs: number;

	constructor(
		nowMs: number,
		private readonly timing: ConnectionTiming,
		readonly canPing: boolean,
	) {
		this.heardAt = nowMs;
		this.sentAt = nowMs;
		this.pingEveryMs = timing.silenceMs;
	}

	/** The platform's wish for its pings. */
	wish({ pingEveryMs }: ConnectionWishes): void {
		const ms = wishedMs(pingEveryMs);
		if (ms === 0) return;
		this.pingEveryMs = Math.min(this.timing.silenceMs, Math.max(ms, SHORTEST_PING_MS));
	}

	heard(nowMs: number): void {
		this.heardAt = nowMs;
		this.pingedAt = undefined;
	}

	sent(nowMs: number): void {
		this.sentAt = nowMs;
	}

	/** When `step` has something to say. */
	dueAt(): number {
		if (this.pingedAt !== undefined) return this.pingedAt + this.timing.answerMs;
		if (!this.canPing) return this.heardAt + this.timing.silenceMs;
		return Math.min(this.heardAt, this.sentAt) + this.pingEveryMs;
	}

	/** What is to be done now; where that is a ping, it counts as sent. */
	step(nowMs: number): SilenceStep | undefined {
		if (nowMs < this.dueAt()) return undefined;
		if (!this.canPing) return 'doubtful';
		if (this.pingedAt !== undefined) return 'frozen';
		this.pingedAt = nowMs;
		this.sentAt = nowMs;
		return 'ping';
	}
}
