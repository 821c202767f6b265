import type { ConnectionTiming } from './timing';

/** Counts the frames that bring nothing: pings, refused frames, unknown topics. */
export class Flood {
	private since = -Infinity;
	private count = 0;

	constructor(private readonly limit: ConnectionTiming['flood']) {}

	/** @returns whether these are too many */
	add(nowMs: number): boolean {
		if (nowMs - this.since >= this.limit.withinMs) {
			this.since = nowMs;
			this.count = 0;
		}
		this.count += 1;
		return this.count > this.limit.frames;
	}
}
