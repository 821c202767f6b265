'use strict';
const { errorOf } = require('./errors.js');

/** @typedef {(text: string) => void} Progress says what a step is doing now, for who waits for it */
/** @typedef {ReturnType<typeof createSteps>} Steps */

/** A failure that a person can act on: `message` says what happened, `cure` what to do now. */
class StepFailure extends Error {
	/**
	 * @param {string} message
	 * @param {string} cure
	 * @param {string} [details] the end of a log
	 */
	constructor(message, cure, details = '') {
		super(message);
		this.name = 'StepFailure';
		this.cure = cure;
		this.details = details;
	}
}

/**
 * Milliseconds as a person reads them: `0.4 s`, `12 s`, `3 min 05 s`.
 *
 * @param {number} ms
 */
function duration(ms) {
	if (ms < 9_950) return `${(ms / 1000).toFixed(1)} s`;
	const seconds = Math.round(ms / 1000);
	if (seconds < 60) return `${seconds} s`;
	return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}

/** @type {Record<string, string>} */
const CURES = {
	ENOSPC: 'The disk is full. Free some space and start again.',
	EACCES: 'Give your user permission on that file or folder and start again.',
};

/** @typedef {NodeJS.ErrnoException & { step?: string, cure?: string, details?: string }} Failure */

/**
 * One failure as text: what, why (the end of a log), what to do.
 *
 * @param {unknown} thrown
 */
function failureText(thrown) {
	/** @type {Failure} */
	const error = errorOf(thrown);
	const lines = [`✗ ${error.step ? `${error.step}: ` : ''}${error.message}`];
	if (error.details) lines.push(...error.details.split('\n').map((line) => `    ${line}`));
	const cure = error.cure || CURES[error.code ?? ''];
	if (cure) lines.push(`  What to do: ${cure}`);
	if (!(error instanceof StepFailure) && error.stack) {
		lines.push(...error.stack.split('\n').slice(1, 6));
	}
	return lines.join('\n');
}

/**
 * Prints one line when a step ends, with its time, and one line each 15 s while it runs, so that
 * a long step is seen to live, in a terminal as well as in a log file.
 *
 * @param {(text: string) => unknown} [write]
 */
function createSteps(write = (text) => process.stdout.write(text)) {
	/** @param {string} text */
	const say = (text) => {
		write(`${text}\n`);
	};

	/**
	 * Does a part of the work and returns what it returns; a text is shown as its result.
	 *
	 * @template T
	 * @param {string} title
	 * @param {(progress: Progress) => Promise<T> | T} work
	 */
	async function step(title, work) {
		const began = Date.now();
		let doing = '';
		const alive = setInterval(() => {
			say(`  … ${title}${doing ? ` (${doing})` : ''}, ${duration(Date.now() - began)} so far`);
		}, 15_000);
		try {
			const result = await work((text) => {
				doing = text;
			});
			const remark = typeof result === 'string' ? `: ${result}` : '';
			say(`✓ ${title}${remark}  [${duration(Date.now() - began)}]`);
			return result;
		} catch (thrown) {
			/** @type {Failure} */
			const error = errorOf(thrown);
			error.step ??= title;
			throw error;
		} finally {
			clearInterval(alive);
		}
	}

	/**
	 * Waits for steps that run beside each other, until each has ended: one that fails ends none of the
	 * others. Every failure is shown, the last one by whoever catches it.
	 *
	 * @param {Array<Promise<unknown>>} running
	 */
	async function together(running) {
		const results = await Promise.allSettled(running);
		const failures = results.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
		const last = failures.pop();
		for (const failure of failures) say(failureText(failure));
		if (last !== undefined) throw last;
	}

	return { step, say, together };
}

module.exports = { StepFailure, createSteps, duration, failureText };
