'use strict';
const fs = require('node:fs');
const { execFileSync } = require('node:child_process');

const { pause } = require('../machine/signals.js');

/** @typedef {{ pid: number, parent: number, cpu: number }} ProcessUsage `cpu`: seconds so far */

/** n8n at rest uses about 5 ms of processor time a second; Linux counts in steps of 10 ms. */
const REST_SHARE = 0.04;
/** Over how long it is judged, and for how long it is waited for at most. */
const AFTER_RUN = { sampleMs: 500, limitMs: 8_000 };
/** n8n, or a workflow that starts by itself: its first 20 s cost more than its next minutes. */
const AFTER_START = { sampleMs: 10_000, limitMs: 60_000 };

/**
 * `mm:ss.hh` or `[dd-]hh:mm:ss`, as `ps` prints a processor time, in seconds.
 *
 * @param {string} text
 */
function cpuSeconds(text) {
	const [days, rest = ''] = text.includes('-') ? text.split('-') : ['0', text];
	const clock = rest.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
	return Number(days) * 86_400 + clock;
}

/** @returns {ProcessUsage[]} */
function processesByPs() {
	const output = execFileSync('ps', ['-axo', 'pid=,ppid=,time='], { encoding: 'utf8' });
	return output
		.trim()
		.split('\n')
		.map((line) => {
			const [pid, parent, time = ''] = line.trim().split(/\s+/);
			return { pid: Number(pid), parent: Number(parent), cpu: cpuSeconds(time) };
		});
}

/** What Linux counts in, a second, on every platform that Node runs on. */
const TICKS = 100;

/** @returns {ProcessUsage[]} */
function processesByProc() {
	return fs
		.readdirSync('/proc')
		.filter((name) => /^\d+$/.test(name))
		.flatMap((pid) => {
			let stat;
			try {
				stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
			} catch {
				// It has ended since.
				return [];
			}
			// The name in brackets may hold anything, spaces and brackets too.
			const fields = stat
				.slice(stat.lastIndexOf(')') + 2)
				.split(' ')
				.map(Number);
			// utime, stime, and those of children that have ended (proc(5): fields 14 to 17).
			const ticks = fields.slice(11, 15).reduce((sum, value) => sum + value, 0);
			return [{ pid: Number(pid), parent: fields[1] ?? 0, cpu: ticks / TICKS }];
		});
}

/**
 * Processor seconds so far of a process and all below it.
 *
 * @param {number} pid
 */
function cpuOf(pid) {
	const all = process.platform === 'linux' ? processesByProc() : processesByPs();
	const tree = new Set([pid]);
	// A child may be listed before its parent.
	for (let size = 0; size !== tree.size; ) {
		size = tree.size;
		for (const each of all) if (tree.has(each.parent)) tree.add(each.pid);
	}
	return all.reduce((sum, { pid: each, cpu }) => (tree.has(each) ? sum + cpu : sum), 0);
}

/**
 * Watches a process tree; the returned function gives its processor seconds since then.
 *
 * @param {number} pid
 */
function watch(pid) {
	const before = cpuOf(pid);
	return () => cpuOf(pid) - before;
}

/**
 * Until the process tree rests: what a run has left to do belongs to that run, not to the next one.
 *
 * @param {number} pid
 * @param {{ sampleMs: number, limitMs: number }} [after]
 */
async function untilAtRest(pid, { sampleMs, limitMs } = AFTER_RUN) {
	const limit = Date.now() + limitMs;
	for (let before = cpuOf(pid); Date.now() < limit; ) {
		await pause(sampleMs);
		const cpu = cpuOf(pid);
		if (cpu - before <= (REST_SHARE * sampleMs) / 1000) return;
		before = cpu;
	}
}

module.exports = { AFTER_START, cpuOf, cpuSeconds, untilAtRest, watch };
