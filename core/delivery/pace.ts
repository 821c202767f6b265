/**
 * Of what a limit held back of one target, as many go in this time as the widest limit lets through (Feishu's
 * robots: 100 a minute): the others would only be refused again.
 */
const LIMITED_AT_ONCE = 5;
const LIMITED_MS = 3_000;

/** How many messages of each target went lately that a limit had held back. */
export class Pace {
	private readonly times = new Map<string, number[]>();

	/** Whether one more may go now; it then counts. */
	take(target: string, now: number): boolean {
		const recent = (this.times.get(target) ?? []).filter((at) => isRecent(at, now));
		if (recent.length >= LIMITED_AT_ONCE) return false;
		this.times.set(target, [...recent, now]);
		return true;
	}

	/** Forgets the targets that nothing was sent to lately. */
	sweep(now: number): void {
		for (const [target, times] of this.times) {
			if (!isRecent(times.at(-1)!, now)) this.times.delete(target);
		}
	}
}

/** A time to come is none: the clock has been set back since, and nothing may wait until it is there again. */
const isRecent = (at: number, now: number): boolean => at > now - LIMITED_MS && at <= now;
