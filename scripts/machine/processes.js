'use strict';
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { StepFailure } = require('./steps.js');
const { endGroup, pause, send } = require('./signals.js');

/** @import { ChildProcess } from 'node:child_process' */
/** @import { Writable } from 'node:stream' */

/**
 * @typedef {object} Started a process in a group of its own
 * @property {ChildProcess} child
 * @property {number | undefined} pid undefined where it could not be started
 * @property {Promise<{ code: number | null, signal: NodeJS.Signals | null }>} exited
 * @property {() => string} output the end of stdout and stderr, 256 kB at most
 * @property {(graceMs?: number) => Started['exited']} stop ends it; after `graceMs` what is left is killed
 */

/**
 * @typedef {object} StartOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env] this process's own when left out
 * @property {string} [logFile] gets all output
 * @property {boolean} [show] the output goes to the terminal instead
 */

/** @type {Map<ChildProcess, Started>} */
const running = new Map();
/** @type {Writable | undefined} */
let guardInput;
let closing = false;

/** @param {string} line what guard.js reads */
function tellGuard(line) {
	if (!guardInput) {
		const guard = spawn(process.execPath, [path.join(__dirname, 'guard.js')], {
			detached: true,
			stdio: ['pipe', 'ignore', 'ignore'],
		});
		guard.stdin.on('error', () => {});
		guard.unref();
		// A pipe of Node's is a socket, which its type does not say.
		/** @type {import('node:net').Socket} */ (guard.stdin).unref();
		guardInput = guard.stdin;
	}
	guardInput.write(`${line}\n`);
}

/**
 * The last lines of an output, for an error message.
 *
 * @param {string} text
 */
const tail = (text, lines = 12) => text.trimEnd().split('\n').slice(-lines).join('\n');

/**
 * Keeps the end of an output, and all of it in `logFile`.
 *
 * @param {string} [logFile]
 */
function createKeeper(logFile) {
	const log = logFile ? fs.openSync(logFile, 'a', 0o600) : undefined;
	let kept = '';
	return {
		text: () => kept,
		/** @param {Buffer | string} chunk */
		keep(chunk) {
			try {
				if (log !== undefined) fs.writeSync(log, String(chunk));
			} catch {
				// A full disk must not end the servers for want of a log line.
			}
			kept = (kept + chunk).slice(-262_144);
		},
		close() {
			if (log !== undefined) fs.closeSync(log);
		},
	};
}

/**
 * Starts a process in a group of its own: Ctrl-C in the terminal reaches only the script, which
 * then ends its processes in order.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {StartOptions} [options]
 * @returns {Started}
 */
function start(command, args, { cwd, env, logFile, show = false } = {}) {
	if (closing) throw new StepFailure('stopped', '');
	const child = spawn(command, args, {
		cwd,
		env: env ?? process.env,
		detached: true,
		stdio: show ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
	});
	const { pid } = child;
	const output = createKeeper(logFile);
	child.stdout?.on('data', output.keep);
	child.stderr?.on('data', output.keep);

	/** @type {Started['exited']} */
	const exited = new Promise((resolve) => {
		/** @param {Awaited<Started['exited']>} result */
		const end = (result) => {
			if (!running.has(child)) return;
			running.delete(child);
			if (pid) tellGuard(`-${pid}`);
			output.close();
			resolve(result);
		};
		child.on('error', (error) => {
			output.keep(error.message);
			end({ code: -1, signal: null });
		});
		// Children that outlive their leader would hold its output open, and `close` would never come.
		if (pid) child.on('exit', () => send(-pid, 'SIGKILL'));
		child.on('close', (code, signal) => end({ code, signal }));
	});
	const started = {
		child,
		pid,
		exited,
		output: output.text,
		async stop(graceMs = 15_000) {
			if (running.has(child) && pid) await endGroup(pid, graceMs);
			return await exited;
		},
	};
	running.set(child, started);
	if (pid) tellGuard(`+${pid}`);
	return started;
}

/**
 * Runs a command to its end and returns its output; a failure names the command (or `title`) and its
 * last lines.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {StartOptions & { cure?: string, title?: string }} [options]
 */
async function run(command, args, { cure, title, ...options } = {}) {
	const { exited, output } = start(command, args, options);
	const { code, signal } = await exited;
	if (code !== 0) {
		throw new StepFailure(
			`${title ?? [path.basename(command), ...args].join(' ')} ended with ${signal ?? `code ${code}`}`,
			cure ?? 'Read the lines above; the cause is usually among them.',
			tail(output()),
		);
	}
	return output();
}

/**
 * Waits until a started server passes `test`; one that never does is ended, and its last lines are shown.
 *
 * @param {Started} server
 * @param {string} name
 * @param {() => unknown} test may be asynchronous
 */
async function untilReady(server, name, test, seconds = 120) {
	const limit = performance.now() + seconds * 1000;
	while (!(await test())) {
		if (hasEnded(server) || performance.now() > limit) {
			const details = tail(server.output());
			await server.stop(0);
			throw new StepFailure(`${name} did not start`, 'Read the lines above.', details);
		}
		await pause(50);
	}
}

/** @param {Started} server */
const hasEnded = ({ child }) => child.exitCode !== null || child.signalCode !== null;

/**
 * Ends every process that this script started, all at once, and lets it start no other.
 *
 * @param {number} graceMs
 */
async function stopAll(graceMs) {
	closing = true;
	await Promise.all([...running.values()].map(async (started) => await started.stop(graceMs)));
}

/** Kills every process that this script started, without waiting: for a second Ctrl-C. */
function killAll() {
	for (const { pid } of running.values()) if (pid) send(-pid, 'SIGKILL');
}

module.exports = { hasEnded, killAll, run, start, stopAll, tail, untilReady };
