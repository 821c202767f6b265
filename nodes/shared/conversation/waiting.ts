import { UserError, sleep } from 'n8n-workflow';
import type { Failure } from '../../../protocol/errors';

/* Waiting that comes to an end, and leaves neither timer nor listener behind. */

/** The execution ended before the message's turn. */
export class Cancelled extends UserError {
	constructor() {
		super('The execution was cancelled');
	}
}

/** A turn took longer than it may; what it does may still arrive. */
export class Overtime extends UserError {
	readonly context: { failure: Failure };

	constructor(maxMs: number) {
		const message = `There was no answer within ${Math.round(maxMs / 1000)} seconds`;
		super(message);
		this.context = {
			failure: {
				class: 'unknownOutcome',
				code: 'OVERTIME',
				message,
				cure: 'Look into the conversation whether the answer arrived after all.',
			},
		};
	}
}

/** Made once: to make an error for every message is what would cost most here. */
const OVER = new Error('It is over');

/** @throws Overtime; the work goes on */
export async function inTime<T>(work: Promise<T>, maxMs: number): Promise<T> {
	const done = new AbortController();
	const limit = sleep(maxMs, done.signal).then(() => {
		throw new Overtime(maxMs);
	});
	try {
		return await Promise.race([work, limit]);
	} finally {
		done.abort(OVER);
	}
}

/** @throws Cancelled */
export async function unlessAborted<T>(outcome: Promise<T>, signal?: AbortSignal): Promise<T> {
	if (!signal) return await outcome;
	let abort = (): void => undefined;
	const aborted = new Promise<never>((_, reject) => {
		abort = () => reject(new Cancelled());
	});
	if (signal.aborted) abort();
	else signal.addEventListener('abort', abort);
	try {
		return await Promise.race([outcome, aborted]);
	} finally {
		signal.removeEventListener('abort', abort);
	}
}
