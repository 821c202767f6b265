'use strict';

/**
 * What people and workflows write carries a mark, `Q000001` for a question and `N000001` for a
 * notification. The simulated model repeats its question, so that every text on the way, a model's
 * request, an answer, a row of the store, tells which messages it is about.
 */
const MARK = /\b[QN]\d{6}\b/g;

/** @param {number} number */
const questionMark = (number) => `Q${String(number).padStart(6, '0')}`;
/** @param {number} number */
const notificationMark = (number) => `N${String(number).padStart(6, '0')}`;

/**
 * The marks in a text, in their order, each once.
 *
 * @param {unknown} text
 */
const marksIn = (text) => [...new Set(String(text ?? '').match(MARK) ?? [])];

/**
 * Lists by key: `keysOf` says under which keys a value stands.
 *
 * @template T
 * @param {T[]} values
 * @param {(value: T) => string[]} keysOf
 */
function grouped(values, keysOf) {
	/** @type {Map<string, T[]>} */
	const groups = new Map();
	for (const value of values) {
		for (const key of keysOf(value)) {
			const group = groups.get(key);
			if (group) group.push(value);
			else groups.set(key, [value]);
		}
	}
	return groups;
}

module.exports = { grouped, marksIn, notificationMark, questionMark };
