'use strict';
const { killAll, stopAll } = require('./processes.js');
const { failureText } = require('./steps.js');

/**
 * @typedef {object} Script
 * @property {number} exitCode what Ctrl-C ends with: 130 until the script says otherwise
 * @property {() => void} onEnd cleans up, synchronously
 */

/**
 * Runs a script whose processes must never outlive it. `main` returns the exit code (0 when left out).
 * A failure is printed once and ends with code 1.
 *
 * @param {(script: Script) => Promise<number | void>} main
 */
function runScript(main) {
	/** @type {Script} */
	const script = { exitCode: 130, onEnd: () => {} };
	/** @type {number | undefined} */
	let stoppedAt;

	/** @param {number} code */
	async function end(code) {
		await stopAll(12_000);
		script.onEnd();
		process.exit(code);
	}

	/** @param {string} signal */
	function onSignal(signal) {
		if (stoppedAt === undefined) {
			stoppedAt = Date.now();
			process.stdout.write(`\nStopping (${signal}) …\n`);
			void end(script.exitCode);
		} else if (Date.now() - stoppedAt > 1_000) {
			// Within a second it is npm that passes the same Ctrl-C on; later it is an impatient person.
			killAll();
			process.exit(130);
		}
	}

	/** @param {unknown} error */
	async function fail(error) {
		if (stoppedAt !== undefined) return;
		stoppedAt = Date.now();
		process.stderr.write(`\n${failureText(error)}\n`);
		await end(1);
	}

	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, onSignal);
	process.on('uncaughtException', fail);
	// npm runs scripts through a shell; a signal to npm ends that shell and never reaches the script.
	const { ppid } = process;
	const watch = setInterval(() => {
		if (process.env.npm_lifecycle_event && process.ppid !== ppid) {
			clearInterval(watch);
			onSignal('npm is gone');
		}
	}, 500);
	watch.unref();
	main(script).then(async (code) => {
		if (stoppedAt === undefined) await end(code ?? 0);
	}, fail);
}

module.exports = { runScript };
