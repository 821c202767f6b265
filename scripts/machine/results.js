'use strict';

/**
 * @typedef {object} JestResult the part of jest's `--json` that counts
 * @property {boolean} success
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {number} numPendingTests
 * @property {number} numTodoTests
 * @property {number} numRuntimeErrorTestSuites
 */

/**
 * Sums up jest's JSON result. A test file that could not run counts as one failure: it would have
 * contributed no test at all. Returns `{ line, ok }`; no test run is a failure too.
 *
 * @param {JestResult | undefined} result
 */
function summarize(result) {
	const passed = result?.numPassedTests ?? 0;
	const failed = (result?.numFailedTests ?? 0) + (result?.numRuntimeErrorTestSuites ?? 0);
	const skipped = (result?.numPendingTests ?? 0) + (result?.numTodoTests ?? 0);
	const line = `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
	return { line, ok: Boolean(result?.success) && passed > 0 && failed === 0 };
}

module.exports = { summarize };
