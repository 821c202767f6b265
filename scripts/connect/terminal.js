'use strict';
const readline = require('node:readline');

/** @typedef {ReturnType<typeof createTerminal>} Terminal */

/** Where nothing can be written over, what is under way is told that often. */
const QUIET_MS = 30_000;

/** Names and answers are other people's: none may move the cursor, colour, or turn what stands there. */
const CONTROLS = /[^\P{Cc}\n]|[\u202a-\u202e\u2066-\u2069]/gu;

/** @param {string} text */
const plain = (text) => text.replace(CONTROLS, '');

/** Characters that take two columns: those of East Asia, and pictures. */
const WIDE =
	/[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}]/u;

/**
 * The beginning of a text that fits into so many columns.
 *
 * @param {string} text
 * @param {number} columns
 */
function fitting(text, columns) {
	let left = columns;
	const characters = [...text];
	const end = characters.findIndex((each) => (left -= WIDE.test(each) ? 2 : 1) < 0);
	return end === -1 ? text : characters.slice(0, end).join('');
}

/**
 * What a person types, line by line. What was typed before a question answers none: it is dropped.
 *
 * @param {NodeJS.ReadableStream} input
 */
function createAnswers(input) {
	/** @type {((line: string | undefined) => void) | undefined} */
	let answer;
	let isEnded = false;
	// Not readline's own terminal: it would keep Ctrl-C from the script.
	const lines = readline.createInterface({ input, terminal: false });
	lines.on('line', (line) => answer?.(line.trim()));
	lines.on('close', () => {
		isEnded = true;
		answer?.(undefined);
	});
	return {
		/** @returns {Promise<string | undefined>} undefined where nobody types any more */
		async next() {
			/** @type {string | undefined} */
			const line = await new Promise((resolve) => {
				answer = resolve;
				if (isEnded) resolve(undefined);
			});
			answer = undefined;
			return line;
		},
		close: () => lines.close(),
	};
}

/**
 * What a person reads: lines, and one below them that changes while they wait.
 *
 * @param {NodeJS.WriteStream} output
 */
function createScreen(output) {
	const isTerminal = Boolean(output.isTTY);
	let hasStatus = false;
	let statusAt = -Infinity;

	/** @param {string} text */
	function write(text) {
		if (hasStatus) output.write('\r\x1b[K');
		hasStatus = false;
		output.write(text);
	}

	/** @param {string} text */
	function say(text) {
		statusAt = -Infinity;
		write(`${plain(text)}\n`);
	}

	/**
	 * Shows what is under way, in place of what was shown of it before.
	 *
	 * @param {string} text
	 */
	function status(text) {
		if (isTerminal) {
			// A line that wraps could not be written over.
			write(fitting(plain(text), output.columns - 1));
			hasStatus = true;
		} else if (Date.now() - statusAt >= QUIET_MS) {
			write(`${plain(text)}\n`);
			statusAt = Date.now();
		}
	}

	return { isTerminal, write, say, status };
}

/**
 * The person at a terminal. A script without one gets its answers line by line; where there are none, every question is
 * left without an answer.
 *
 * @param {{ input?: NodeJS.ReadableStream, output?: NodeJS.WriteStream }} [streams]
 */
function createTerminal({ input = process.stdin, output = process.stdout } = {}) {
	const answers = createAnswers(input);
	const { isTerminal, write, say, status } = createScreen(output);

	/** @param {string} question */
	async function ask(question) {
		write(`${plain(question)} `);
		const line = await answers.next();
		// The person's own Enter ends the line, where they have typed one here.
		if (line === undefined || !isTerminal) write('\n');
		return line;
	}

	return {
		/** Its width; undefined where the text goes elsewhere. */
		get columns() {
			return isTerminal ? output.columns : undefined;
		},
		say,
		/** @param {string[]} lines with colours of their own */
		draw: (lines) => write(`${lines.join('\n')}\n`),
		status,
		ask,
		/** @param {string} question */
		confirm: async (question) => /^(y|yes|是)$/i.test((await ask(`${question} [y/N]`)) ?? ''),
		close: answers.close,
	};
}

module.exports = { createTerminal };
