'use strict';

/**
 * What was thrown, as an error; `code` is that of a failed system call, e.g. `ENOSPC`.
 *
 * @param {unknown} thrown
 * @returns {NodeJS.ErrnoException}
 */
function errorOf(thrown) {
	// Not `instanceof Error`: jest and the web's interfaces have classes of their own.
	const isError = typeof thrown === 'object' && thrown !== null && 'message' in thrown;
	return isError ? /** @type {NodeJS.ErrnoException} */ (thrown) : new Error(String(thrown));
}

/**
 * Why a request of `fetch` failed: its own message is only "fetch failed".
 *
 * @param {unknown} thrown
 */
function fetchReason(thrown) {
	const error = errorOf(thrown);
	const { code, message } = errorOf(error.cause ?? error);
	// What the web's interfaces throw has a number for a code.
	return typeof code === 'string' ? code : message;
}

module.exports = { errorOf, fetchReason };
