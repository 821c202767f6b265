/** How many may do something at once; the others wait in their order. */
export class Slots {
	private readonly queue: Array<() => void> = [];
	private free: number;

	/** @param count at least one, whatever an expression gives: with none everybody would wait for ever */
	constructor(count: number) {
		this.free = count >= 1 ? count : 1;
	}

	async take(): Promise<void> {
		if (this.free > 0) this.free--;
		else await new Promise<void>((resolve) => this.queue.push(resolve));
	}

	give(): void {
		const next = this.queue.shift();
		if (next) next();
		else this.free++;
	}
}
