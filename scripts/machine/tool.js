'use strict';
const { failureText } = require('./steps.js');

/**
 * Runs a short script that starts nothing which could outlive it. A failure is printed once and ends
 * with code 1.
 *
 * @param {() => unknown} main may be asynchronous
 */
async function runTool(main) {
	try {
		await main();
	} catch (error) {
		process.stderr.write(`${failureText(error)}\n`);
		process.exitCode = 1;
	}
}

module.exports = { runTool };
