import { Upkeep } from '../../../core/connection/upkeep';
import type { UpkeepAction, UpkeepEvent } from '../../../core/connection/upkeepEvents';
import { unreachable } from '../../../core/connection/failure';
import { CONNECTION_TIMING, type ConnectionTiming } from '../../../core/connection/timing';

/** How the simulated platform behaves. All times in ms. */
export interface Platform {
	canPing: boolean;
	/** From the question to the address, from there to the open socket, from there to `ready`. */
	stepMs: number;
	/** Whether it answers anything at all. */
	isAway: boolean;
	/** Pings are answered, and sockets heard. */
	isFrozen: boolean;
}

export const SOUND: Platform = { canPing: true, stepMs: 100, isAway: false, isFrozen: false };

interface Live {
	isReady: boolean;
	/** It was frozen, and stays it. */
	isFrozen: boolean;
}

/** An `Upkeep` on a clock of its own, with a platform that is as the test wants it. */
export class Simulated {
	now = 0;
	readonly upkeep: Upkeep;
	platform: Platform;
	/** Links whose socket is open. */
	readonly live = new Map<number, Live>();
	readonly counts = { locate: 0, open: 0, ping: 0, end: 0 };
	/** When the gateway was asked. */
	readonly asked: number[] = [];
	/** Time without a ready link since the first one, and with two. */
	readonly lasted = { none: 0, two: 0 };
	private events: Array<{ at: number; event: UpkeepEvent }> = [];

	constructor(
		platform: Partial<Platform> = {},
		timing: ConnectionTiming = CONNECTION_TIMING,
		random = (): number => 0.5,
	) {
		this.platform = { ...SOUND, ...platform };
		this.upkeep = new Upkeep('Test Chat', timing, random);
	}

	get ready(): number[] {
		return [...this.live].filter(([, { isReady }]) => isReady).map(([link]) => link);
	}

	start(): this {
		this.tell({ kind: 'start' });
		return this;
	}

	tell(event: UpkeepEvent): void {
		if (event.kind === 'lost') this.live.delete(event.link);
		for (const action of this.upkeep.handle(event, this.now)) this.carryOut(action);
	}

	/** The platform cuts the link that serves. */
	cut(): void {
		const link = this.upkeep.servingLink;
		if (link !== undefined) this.tell({ kind: 'lost', link, failure: unreachable('cut') });
	}

	/** The links that are open hear and say nothing from now on. */
	freeze(): void {
		for (const live of this.live.values()) live.isFrozen = true;
	}

	run(ms: number): this {
		const end = this.now + ms;
		for (;;) {
			const next = this.events[0];
			const at = Math.min(next?.at ?? Infinity, this.upkeep.deadline ?? Infinity);
			if (at > end) break;
			this.pass(at);
			if (next?.at === at) {
				this.events.shift();
				this.happen(next.event);
			} else this.tell({ kind: 'due' });
		}
		this.pass(end);
		return this;
	}

	private pass(to: number): void {
		const { length } = this.ready;
		if (length === 0) this.lasted.none += to - this.now;
		if (length === 2) this.lasted.two += to - this.now;
		this.now = to;
	}

	private happen(event: UpkeepEvent): void {
		if (event.kind === 'opened') this.live.set(event.link, { isReady: false, isFrozen: false });
		const live = 'link' in event ? this.live.get(event.link) : undefined;
		if (event.kind === 'ready' && live) live.isReady = true;
		if (event.kind === 'heard' && (!live || live.isFrozen)) return;
		this.tell(event);
	}

	private later(steps: number, event: UpkeepEvent): void {
		this.events.push({ at: this.now + steps * this.platform.stepMs, event });
		this.events.sort((a, b) => a.at - b.at);
	}

	private carryOut({ kind, link }: UpkeepAction): void {
		const { isAway, isFrozen, canPing } = this.platform;
		this.counts[kind] += 1;
		if (kind === 'end') this.live.delete(link);
		if (kind === 'locate') {
			this.asked.push(this.now);
			const failure = unreachable('away');
			this.later(
				1,
				isAway ? { kind: 'lost', link, failure } : { kind: 'located', link, wishes: {} },
			);
		}
		if (kind === 'open') {
			this.later(1, { kind: 'opened', link, canPing, isReady: false });
			this.later(2, { kind: 'ready', link });
		}
		if (kind === 'ping' && !isFrozen) this.later(1, { kind: 'heard', link });
	}
}
