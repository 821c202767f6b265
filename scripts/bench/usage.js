'use strict';
const fs = require('node:fs');
const { execFileSync } = require('node:child_process');

const { pause } = require('../machine/signals.js');

/** @typedef {{ pid: number, parent: number, cpu: number, rss: number }} ProcessUsage seconds so far, bytes now */

const SAMPLE_MS = 500;
const REST_LIMIT_MS = 8_000;
/** n8n at rest uses about 5 ms of processor time a second; Linux counts in steps of 10 ms. */
const REST_CPU_SECONDS = 0.02;

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
	const output = execFileSync('ps', ['-axo', 'pid=,ppid=,rss=,time='], { encoding: 'utf8' });
	return output
		.trim()
		.split('\n')
		.map((line) => {
			const [pid, parent, kilobytes, time = ''] = line.trim().split(/\s+/);
			return {
				pid: Number(pid),
				parent: Number(parent),
				cpu: cpuSeconds(time),
				rss: Number(kilobytes) * 1024,
			};
		});
}

// What Linux counts in: 100 ticks a second on every platform that Node runs on, and pages.
const TICKS = 100;
/** @type {number | undefined} */
let pageBytes;

/** @returns {ProcessUsage[]} */
function processesByProc() {
	pageBytes ??= Number(execFileSync('getconf', ['PAGESIZE'], { encoding: 'utf8' }));
	const bytes = pageBytes;
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
			const [parent = 0, pages = 0] = [fields[1], fields[21]];
			return [{ pid: Number(pid), parent, cpu: ticks / TICKS, rss: pages * bytes }];
		});
}

/**
 * Processor seconds so far and memory now (bytes) of a process and all below it.
 *
 * @param {number} pid
 */
function usageOf(pid) {
	const all = process.platform === 'linux' ? processesByProc() : processesByPs();
	const tree = new Set([pid]);
	// A child may be listed before its parent.
	for (let size = 0; size !== tree.size; ) {
		size = tree.size;
		for (const each of all) if (tree.has(each.parent)) tree.add(each.pid);
	}
	const members = all.filter((each) => tree.has(each.pid));
	/** @param {'cpu' | 'rss'} key */
	const sum = (key) => members.reduce((total, each) => total + each[key], 0);
	return { cpu: sum('cpu'), rss: sum('rss') };
}

/**
 * Watches a process tree; the returned function gives its processor seconds since then.
 *
 * @param {number} pid
 */
function watch(pid) {
	const before = usageOf(pid).cpu;
	return () => usageOf(pid).cpu - before;
}

/**
 * Until the process tree rests: what a run has left to do belongs to that run, not to the next one.
 *
 * @param {number} pid
 */
async function untilAtRest(pid) {
	const limit = Date.now() + REST_LIMIT_MS;
	for (let before = usageOf(pid).cpu; Date.now() < limit; ) {
		await pause(SAMPLE_MS);
		const { cpu } = usageOf(pid);
		if (cpu - before <= REST_CPU_SECONDS) return;
		before = cpu;
	}
}

module.exports = { cpuSeconds, untilAtRest, usageOf, watch };
