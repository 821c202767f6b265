'use strict';
const { table } = require('../machine/table.js');
const { percentile } = require('./figures.js');
const { STATES } = require('./idle.js');

/** What was wanted of an n8n that has nothing to do. */
const MOST_CPU = 10;
const MOST_LATE_MS = 1500;
const MOST_RECOVERY_MS = 5000;

/** @typedef {[good: boolean, what: string, figures: string]} Verdict */
/** @typedef {{ engine: string, seconds: number, cpu: Record<string, number>, lateMs: number[], retries: number, recoveryMs?: number }} Idle */

/**
 * @param {Idle} result
 * @param {string} name of a state
 */
const above = ({ cpu }, name) => (cpu[name] ?? NaN) - (cpu.none ?? NaN);

/**
 * @param {Idle} result
 * @returns {Verdict[]}
 */
function idleVerdicts(result) {
	const { engine, lateMs, retries, recoveryMs } = result;
	const own = above(result, 'delivery');
	const latest = Math.max(...lateMs);
	return [
		[
			own <= MOST_CPU,
			`${engine}: retry, store, recovery and announcements idle at ${MOST_CPU} ms of processor time a second or less`,
			`${own.toFixed(1)} ms`,
		],
		[
			lateMs.length === retries && latest <= MOST_LATE_MS,
			`${engine}: what waits a second is tried within ${MOST_LATE_MS / 1000} s of its due time`,
			`${lateMs.length} of ${retries} arrived, p50 ${percentile(lateMs, 0.5)} ms, latest ${latest} ms`,
		],
		[
			recoveryMs !== undefined && recoveryMs <= MOST_RECOVERY_MS,
			`${engine}: after a crash, recovery begins within ${MOST_RECOVERY_MS / 1000} s of n8n's readiness`,
			recoveryMs === undefined ? 'not within a minute' : `${recoveryMs} ms`,
		],
	];
}

/**
 * @param {Idle[]} results
 * @returns {string} Markdown
 */
function idleText(results) {
	const head = ['what runs', ...results.map(({ engine }) => engine)];
	const rows = STATES.map(({ name, title }) => [
		name === 'none' ? title : `+ ${title}`,
		...results.map((result) =>
			(name === 'none' ? (result.cpu.none ?? NaN) : above(result, name)).toFixed(1),
		),
	]);
	const seconds = results[0]?.seconds;
	return `## Idle

Processor time of an n8n that has nothing to do, in ms a second: first without any workflow that starts by itself, then what
each group adds. The tables hold what an hour leaves behind (600 deliveries sent at a later attempt, 40 dead ones that were
announced, 10 that wait for hours, crashed executions that were recovered). Retry, store, recovery and announcements are
measured for ${seconds} s. Heartbeat, metrics and the rest work by the clock, once a minute at most; the first three wake when
something is due ([how](life-of-a-message.md#what-wakes-the-workflows)).

${table(head, rows)}`;
}

module.exports = { idleText, idleVerdicts };
