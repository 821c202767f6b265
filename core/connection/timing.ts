/** How long a connection waits for what. All in ms. */
export interface ConnectionTiming {
	/** A silence of this length is doubtful: it is pinged, or another connection is opened. */
	silenceMs: number;
	/** To answer a ping. */
	answerMs: number;
	/** From the request for an endpoint to the first sign that messages come. */
	attemptMs: number;
	/** An old connection may still take and acknowledge messages for this long beside the new one. */
	drainMs: number;
	/** A connection that was ready for this long is no failed attempt, whatever becomes of it then. */
	steadyMs: number;
	/** The longest wait after the first failure, the second …; the last one for all that follow. */
	backoffMs: readonly number[];
	/** The shortest and longest wait where a person must act. */
	slowMs: readonly [shortest: number, longest: number];
	/** So many frames that bring nothing, within so long, are a flood. */
	flood: { frames: number; withinMs: number };
}

/** Silence, answer and attempt together: whatever freezes is replaced within 90 s. */
export const CONNECTION_TIMING: ConnectionTiming = {
	silenceMs: 60_000,
	answerMs: 15_000,
	attemptMs: 15_000,
	drainMs: 5_000,
	steadyMs: 10_000,
	backoffMs: [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000],
	slowMs: [300_000, 600_000],
	flood: { frames: 600, withinMs: 60_000 },
};

/** What a platform wishes of its connections. Followed within the bounds of the timing. */
export interface ConnectionWishes {
	/** A ping at least so often; a shorter silence is pinged all the same. */
	pingEveryMs?: number;
	/** After a loss, the clients spread their return over this time. */
	returnWithinMs?: number;
	/** Between later attempts. */
	retryEveryMs?: number;
}

/** A time that somebody else has written: 0 for what is none. */
export const wishedMs = (ms: number | undefined): number => (ms !== undefined && ms > 0 ? ms : 0);
