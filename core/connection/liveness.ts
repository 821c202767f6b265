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
 * Whether a connection lives, by when something was heard from it. Where it can be pinged, that happens by the
 * clock, whatever else is said on it: a platform may count nothing but pings.
 */
export class Liveness {
	private heardAt: number;
	/** The start counts as a ping that was answered. */
	private pingedAt: number;
	private isAnswered = true;
	private pingEveryMs: number;

	constructor(
		nowMs: number,
		private readonly timing: ConnectionTiming,
		readonly canPing: boolean,
	) {
		this.heardAt = nowMs;
		this.pingedAt = nowMs;
		this.pingEveryMs = timing.silenceMs;
	}

	/** The platform's wish for its pings. */
	wish({ pingEveryMs }: ConnectionWishes): void {
		const ms = wishedMs(pingEveryMs);
		if (ms === 0) return;
		this.pingEveryMs = Math.min(this.timing.silenceMs, Math.max(ms, SHORTEST_PING_MS));
	}

	/** Whatever it was: who speaks is not frozen. */
	heard(nowMs: number): void {
		this.heardAt = nowMs;
		this.isAnswered = true;
	}

	/** When `step` has something to say. */
	dueAt(): number {
		if (!this.canPing) return this.heardAt + this.timing.silenceMs;
		return this.pingedAt + (this.isAnswered ? this.pingEveryMs : this.timing.answerMs);
	}

	/** What is to be done now; where that is a ping, it counts as sent. */
	step(nowMs: number): SilenceStep | undefined {
		if (nowMs < this.dueAt()) return undefined;
		if (!this.canPing) return 'doubtful';
		if (!this.isAnswered) return 'frozen';
		this.pingedAt = nowMs;
		this.isAnswered = false;
		return 'ping';
	}
}
