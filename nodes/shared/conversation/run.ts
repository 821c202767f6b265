import type { IExecuteFunctions } from 'n8n-workflow';
import { Slots } from './slots';

/**
 * One execution of an answering node, with all its items. n8n passes the items on to the next node when the last of
 * them is done. So the delivery queue, which is behind the node's error output, gets an item that has failed only
 * when the whole run is over.
 */
export class Run {
	readonly slots: Slots;
	/**
	 * An item of this run has failed and goes to the delivery queue when the run is over. Until then its other items
	 * must not wait for what other runs hand over: two runs could wait for each other for ever.
	 */
	isAwaited = false;
	/** Settles when the items are passed on; not cancelled: the queue gets those that have failed. */
	readonly over: Promise<{ isCancelled: boolean }>;
	private settle!: (over: { isCancelled: boolean }) => void;

	/** @param atOnce how many of its items may be answered at once */
	constructor(atOnce: number) {
		this.slots = new Slots(atOnce);
		this.over = new Promise((resolve) => (this.settle = resolve));
	}

	end(isCancelled: boolean): void {
		this.settle({ isCancelled });
	}
}

/** Does the work of a node's execution in a run that ends with it. */
export async function inRun<T>(
	ctx: IExecuteFunctions,
	atOnce: number,
	work: (run: Run) => Promise<T>,
): Promise<T> {
	const run = new Run(atOnce);
	try {
		return await work(run);
	} finally {
		run.end(ctx.getExecutionCancelSignal()?.aborted === true);
	}
}
