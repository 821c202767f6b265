'use strict';

/** @typedef {ReturnType<typeof createRandom>} Random */

/**
 * Numbers that look random and are the same for the same seed (mulberry32): a run that found a fault
 * can be made again.
 *
 * @param {number} seed
 */
function createRandom(seed) {
	let state = seed >>> 0;
	const next = () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
	/**
	 * @param {number} low
	 * @param {number} high
	 */
	const between = (low, high) => low + next() * (high - low);
	return {
		between,
		/**
		 * A whole number, both ends included.
		 *
		 * @param {number} low
		 * @param {number} high
		 */
		whole: (low, high) => Math.floor(between(low, high + 1)),
		/**
		 * @template T
		 * @param {readonly T[]} list not empty
		 */
		pick: (list) => /** @type {T} */ (list[Math.floor(next() * list.length)]),
		/** @param {number} share of all cases, 0 to 1 */
		chance: (share) => next() < share,
		/**
		 * Between two positive numbers; small ones as likely as great ones.
		 *
		 * @param {number} low
		 * @param {number} high
		 */
		scale: (low, high) => Math.exp(between(Math.log(low), Math.log(high))),
	};
}

module.exports = { createRandom };
