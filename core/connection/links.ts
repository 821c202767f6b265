import { unreachable, type ConnectionFailure } from './failure';
import { Flood } from './flood';
import { Liveness } from './liveness';
import type { ConnectionTiming, ConnectionWishes } from './timing';

/* A link is one try to connect, and the socket that came of it. It opens, serves and drains. */

/** What stands still in each phase of an opening. */
const STEPS = {
	asking: 'said where to connect',
	opening: 'opened the connection',
	greeting: 'confirmed the connection',
} as const;

/** It is being made. */
export class OpeningLink {
	phase: keyof typeof STEPS = 'asking';
	/** What it is opened for has changed since the gateway was asked. */
	isOutdated = false;
	canPing = false;
	wishes: ConnectionWishes = {};
	readonly flood: Flood;
	/** The end of patience. */
	readonly until: number;

	constructor(
		readonly id: number,
		nowMs: number,
		private readonly timing: ConnectionTiming,
	) {
		this.flood = new Flood(timing.flood);
		this.until = nowMs + timing.attemptMs;
	}

	/** Why it has failed when patience has ended. */
	overtime(service: string): ConnectionFailure {
		const seconds = Math.round(this.timing.attemptMs / 1000);
		return unreachable(`${service} has not ${STEPS[this.phase]} within ${seconds} s`);
	}
}

/** Why another link shall take a serving one's place. */
export type LinkDoubt =
	/** It may be frozen, and no ping can tell. */
	| 'silent'
	/** The platform ends it soon. */
	| 'leaving'
	/** What it was opened for has changed. */
	| 'outdated';

/** Messages come by it. */
export class ServingLink {
	doubt?: LinkDoubt;
	/** It was ready for long enough to be no failed attempt. */
	isSteady = false;
	readonly id: number;
	readonly flood: Flood;
	readonly liveness: Liveness;
	private readonly steadyAt: number;

	constructor(
		{ id, flood, canPing, wishes }: OpeningLink,
		nowMs: number,
		timing: ConnectionTiming,
	) {
		this.id = id;
		this.flood = flood;
		this.liveness = new Liveness(nowMs, timing, canPing);
		this.liveness.wish(wishes);
		this.steadyAt = nowMs + timing.steadyMs;
	}

	/** When something is to be looked at; undefined where only others can help. */
	get dueAt(): number | undefined {
		if (!this.isSteady) return Math.min(this.steadyAt, this.silentAt ?? Infinity);
		return this.silentAt;
	}

	/** @returns whether it has just become steady */
	settle(nowMs: number): boolean {
		if (this.isSteady || nowMs < this.steadyAt) return false;
		this.isSteady = true;
		return true;
	}

	/** Where no ping can tell more, an attempt or the wait for it stands for the doubt. */
	private get silentAt(): number | undefined {
		return this.liveness.canPing || !this.doubt ? this.liveness.dueAt() : undefined;
	}
}

/** Another link has taken its place: it may still take and acknowledge messages for a moment. */
export interface DrainingLink {
	id: number;
	flood: Flood;
	until: number;
}
