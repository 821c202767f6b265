'use strict';
const { linesOf, ratio } = require('./cells.js');
const { figure, percentile } = require('./figures.js');
const { streamVerdicts, verdictOf } = require('./streamVerdicts.js');

/** @import { MeasuredCell, Results } from './cells.js' */
/** @import { Idle } from './idle.js' */
/** @import { Engine } from './plan.js' */
/** @import { Reliability } from './reliability.js' */
/** @import { Verdict } from './streamVerdicts.js' */
/** @import { Words } from './words.js' */

/** By HTTP. */
const BURST_MAX_MS = 1000;
/** What was wanted of an n8n that has nothing to do. */
const MOST_CPU = 10;
const MOST_LATE_MS = 1500;
const MOST_RECOVERY_MS = 5000;

/** @type {Engine[]} */
const ENGINES = ['lazy', 'default'];

/**
 * Messages of our sides, how many of them were acknowledged and never answered, and how many answered twice.
 *
 * @param {Pick<Results, 'cells' | 'reliability'>} results
 */
function harm({ cells, reliability }) {
	const runs = cells.flatMap(({ side, figures }) => (side === 'floor' ? [] : [figures]));
	if (reliability) {
		const { duplicates, ownStarts, restart } = reliability;
		runs.push(...Object.values(duplicates.fresh).flat(), ...Object.values(ownStarts.cases));
		runs.push(restart.before, restart.fresh);
	}
	const repeats = reliability
		? [...Object.values(reliability.duplicates.redelivered), reliability.restart.after]
		: [];
	/**
	 * @template T
	 * @param {T[]} list
	 * @param {(each: T) => number} of
	 */
	const sum = (list, of) => list.reduce((total, each) => total + of(each), 0);
	return {
		messages: sum(runs, (run) => run.count),
		lost: sum(runs, (run) => run.lost),
		twice: sum(runs, (run) => run.answeredTwice) + sum(repeats, (run) => run.answeredAgain),
	};
}

/**
 * What was wanted of callbacks, beside n8n's own nodes.
 *
 * @param {MeasuredCell[]} cells
 * @param {Engine} engine
 * @param {Words} words
 * @returns {Verdict[]}
 */
function httpVerdicts(cells, engine, words) {
	const bursts = linesOf(cells, { engine, load: 'burst' }).flatMap(
		({ network, sides: { http } }) => {
			if (!http) return [];
			const slowest = http.acknowledgement.max ?? Infinity;
			const good = http.notAcknowledged === 0 && slowest < BURST_MAX_MS;
			return [{ good, shown: `${words.networks[network]} ${figure(slowest)} ms` }];
		},
	);
	const cpu = linesOf(cells, { engine }).flatMap(({ network, load, sides: { http, floor } }) => {
		if (http?.cpuPerAnswer === undefined || floor?.cpuPerAnswer === undefined) return [];
		const where = `${words.networks[network]} ${words.loads[load]}`;
		const shown = `${where} ${ratio(http.cpuPerAnswer, floor.cpuPerAnswer)}`;
		return [{ good: http.cpuPerAnswer <= floor.cpuPerAnswer, shown }];
	});
	return [
		...verdictOf(words.byHttp(engine, words.wanted.burst(BURST_MAX_MS)), bursts),
		...verdictOf(words.byHttp(engine, words.wanted.belowFloor), cpu),
	];
}

/**
 * @param {Reliability} reliability
 * @param {Words} words
 * @returns {Verdict[]}
 */
function restartVerdict({ restart: { before, after, fresh } }, words) {
	const known = after.answeredAgain === 0 && after.figures.notAcknowledged === 0;
	const shown = words.restarted(before.count, after, fresh);
	return [[known && fresh.notAnswered === 0, words.wanted.restart, shown]];
}

/**
 * @param {Idle} idle
 * @param {Words} words
 * @returns {Verdict[]}
 */
function idleVerdicts({ cpu, lateMs, retries, recoveryMs }, words) {
	const own = (cpu.delivery ?? NaN) - (cpu.none ?? NaN);
	const latest = Math.max(...lateMs);
	const { wanted } = words;
	return [
		[own <= MOST_CPU, wanted.idle(MOST_CPU), `${own.toFixed(1)} ms`],
		[
			lateMs.length === retries && latest <= MOST_LATE_MS,
			wanted.due(MOST_LATE_MS / 1000),
			words.arrived(lateMs.length, retries, percentile(lateMs, 0.5) ?? NaN, latest),
		],
		[
			recoveryMs !== undefined && recoveryMs <= MOST_RECOVERY_MS,
			wanted.recovery(MOST_RECOVERY_MS / 1000),
			recoveryMs === undefined ? words.never : `${recoveryMs} ms`,
		],
	];
}

/**
 * What was wanted and whether these figures show it.
 *
 * @param {Results} results
 * @param {Words} words
 * @returns {Verdict[]}
 */
function verdicts({ cells, reliability, idle }, words) {
	const { messages, lost, twice } = harm({ cells, reliability });
	return [
		...ENGINES.flatMap((engine) => streamVerdicts(cells, engine, words)),
		...ENGINES.flatMap((engine) => httpVerdicts(cells, engine, words)),
		...(reliability ? restartVerdict(reliability, words) : []),
		...(idle ? idleVerdicts(idle, words) : []),
		[lost + twice === 0, words.wanted.noHarm, words.harmed(messages, lost, twice)],
	];
}

module.exports = { harm, idleVerdicts, verdicts };
