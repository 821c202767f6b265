import { Slots } from './slots';

/**
 * One run of a node. n8n passes its items on together, when the last of them is done: the delivery queue gets
 * one that failed no sooner.
 */
export class Run {
	readonly slots: Slots;
	/** Whether an item of it is for the delivery queue, and others wait until that has sent it. */
	isAwaited = false;

	/** @param atOnce how many of its items may be answered at once */
	constructor(atOnce: number) {
		this.slots = new Slots(atOnce);
	}
}
