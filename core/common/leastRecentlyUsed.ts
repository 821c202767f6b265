/** As many credentials as one process may know things about: more than anybody has. */
export const MAX_CREDENTIALS = 1000;

/**
 * A map with a bound: where it would hold more than `max` values, the one that was neither read nor written for the
 * longest time is forgotten. For what can be learned anew, such as what a process knows about each credential.
 */
export class LeastRecentlyUsed<Value extends NonNullable<unknown>> {
	/** In the order of their last use: the first one is forgotten next. */
	private readonly values = new Map<string, Value>();

	constructor(private readonly max: number) {}

	get size(): number {
		return this.values.size;
	}

	get(key: string): Value | undefined {
		const value = this.values.get(key);
		if (value !== undefined) this.set(key, value);
		return value;
	}

	set(key: string, value: Value): void {
		this.values.delete(key);
		for (const oldest of this.values.keys()) {
			if (this.values.size < this.max) break;
			this.values.delete(oldest);
		}
		this.values.set(key, value);
	}

	delete(key: string): void {
		this.values.delete(key);
	}
}
