import { sleep } from 'n8n-workflow';
import { Cancelled, OutcomeUnknown } from './errors';

/* Waiting that comes to an end, and leaves neither timer nor listener behind. */

/** Made once: to make an error for every message is what would cost most here. */
const OVER = new Error('It is over');

/** @throws OutcomeUnknown; the work goes on */
export async function inTime<T>(work: Promise<T>, maxMs: number): Promise<T> {
	const done = new AbortController();
	const limit = sleep(maxMs, done.signal).then(() => {
		throw OutcomeUnknown.overtime(maxMs);
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
