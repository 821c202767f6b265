'use strict';
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { StepFailure } = require('./steps.js');
const { endGroup, pause, send } = require('./signals.js');

const running = new Map();
let guard;
let closing = false;

function tellGuard(line) {
	if (!guard) {
		guard = spawn(process.execPath, [path.join(__dirname, 'guard.js')], {
			detached: true,
			stdio: ['pipe', 'ignore', 'ignore'],
		});
		guard.stdin.on('error', () => {});
		guard.unref();
		guard.stdin.unref();
	}
	guard.stdin.write(`${line}\n`);
}

/** The last lines of an output, for an error message. */
const tail = (text, lines = 12) => text.trimEnd().split('\n').slice(-lines).join('\n');

/**
 * Starts a process in a group of its own: Ctrl-C in the terminal reaches only the script, which
 * then ends its processes in order.
 *
 * Returns `{ child, pid, exited, output(), stop(graceMs) }`: `exited` resolves with `{ code, signal
 * }`, `output()` is the end of stdout and stderr (256 kB at most); `logFile` gets all. With `show`
 * the output goes to the terminal instead.
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
	let output = '';
	const log = logFile ? fs.openSync(logFile, 'a', 0o600) : undefined;
	const keep = (chunk) => {
		try {
			if (log !== undefined) fs.writeSync(log, chunk);
		} catch {
			// A full disk must not end the servers for want of a log line.
		}
		output = (output + chunk).slice(-262_144);
	};
	child.stdout?.on('data', keep);
	child.stderr?.on('data', keep);

	const exited = new Promise((resolve) => {
		const end = (result) => {
			if (!running.has(child)) return;
			running.delete(child);
			if (pid) tellGuard(`-${pid}`);
			if (log !== undefined) fs.closeSync(log);
			resolve(result);
		};
		child.on('error', (error) => {
			output += error.message;
			end({ code: -1, signal: null });
		});
		// Helpers that outlive their leader would hold its output open, and `close` would never come.
		child.on('exit', () => send(-pid, 'SIGKILL'));
		child.on('close', (code, signal) => end({ code, signal }));
	});
	const handle = {
		child,
		pid,
		exited,
		output: () => output,
		async stop(graceMs = 15_000) {
			if (running.has(child) && pid) await endGroup(pid, graceMs);
			return await exited;
		},
	};
	running.set(child, handle);
	if (pid) tellGuard(`+${pid}`);
	return handle;
}

/**
 * Runs a command to its end and returns its output; a failure names the command and its last lines.
 */
async function run(command, args, { cure, title, ...options } = {}) {
	const handle = start(command, args, options);
	const { code, signal } = await handle.exited;
	if (code !== 0) {
		throw new StepFailure(
			`${title ?? [path.basename(command), ...args].join(' ')} ended with ${signal ?? `code ${code}`}`,
			cure ?? 'Read the lines above; the cause is usually among them.',
			tail(handle.output()),
		);
	}
	return handle.output();
}

/** Waits until a started server passes `test`; one that never does is ended, and its last lines are shown. */
async function untilReady(server, name, test, seconds = 30) {
	const limit = Date.now() + seconds * 1000;
	while (!(await test())) {
		if (hasEnded(server) || Date.now() > limit) {
			const details = tail(server.output());
			await server.stop(0);
			throw new StepFailure(`${name} did not start`, 'Read the lines above.', details);
		}
		await pause(50);
	}
}

const hasEnded = ({ child }) => child.exitCode !== null || child.signalCode !== null;

/** Ends every process that this script started, all at once, and lets it start no other. */
async function stopAll(graceMs) {
	closing = true;
	await Promise.all([...running.values()].map(async (handle) => await handle.stop(graceMs)));
}

/** Kills every process that this script started, without waiting: for a second Ctrl-C. */
function killAll() {
	for (const { pid } of running.values()) if (pid) send(-pid, 'SIGKILL');
}

module.exports = { hasEnded, killAll, run, start, stopAll, tail, untilReady };
