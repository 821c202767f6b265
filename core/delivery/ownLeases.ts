/** Whether this process holds a lease still, whatever the wall clock says. */
export type HoldsLease = (lease: string) => boolean;

/**
 * The leases that this process took, by a clock that only goes forward: where the wall clock is set forward, or
 * the machine slept, an attempt under way is not taken for one that never reported.
 */
export class OwnLeases {
	private readonly endsAt = new Map<string, number>();

	/** @param elapsedMs reads that clock */
	constructor(private readonly elapsedMs: () => number) {}

	take(lease: string, forMs: number): void {
		const now = this.elapsedMs();
		for (const [other, end] of this.endsAt) if (end <= now) this.endsAt.delete(other);
		this.endsAt.set(lease, now + forMs);
	}

	readonly holds: HoldsLease = (lease) => (this.endsAt.get(lease) ?? -Infinity) > this.elapsedMs();
}
