'use strict';
const { figure } = require('./figures.js');
const { idleVerdicts } = require('./idleReport.js');
const { streamVerdicts } = require('./streamVerdicts.js');

/** @import { Figures } from './figures.js' */
/** @import { Verdict } from './idleReport.js' */
/** @import { Redelivered } from './measure.js' */
/** @import { EngineResult } from './engine.js' */
/** @import { Result } from './report.js' */

/**
 * @param {EngineResult} result
 * @returns {Figures[]}
 */
const ownRuns = ({ lines, duplicates, reliability, restart }) => [
	...lines.flatMap(({ ours, stream }) => [ours, stream].filter((run) => run !== undefined)),
	...Object.values(duplicates?.runs ?? {}).flat(),
	...Object.values(reliability?.cases ?? {}),
	...(restart ? [restart.before] : []),
];
/**
 * @param {EngineResult} result
 * @returns {Redelivered[]}
 */
const repeats = ({ duplicates, restart }) => [
	...Object.values(duplicates?.redelivered ?? {}),
	...(restart ? [restart.after] : []),
];
/**
 * @template T
 * @param {T[]} list
 * @param {(value: T) => number} read
 */
const total = (list, read) => list.reduce((sum, each) => sum + read(each), 0);

/**
 * Messages that were acknowledged and never answered, and answers too many, over all of ours.
 *
 * @param {EngineResult[]} results
 */
function harm(results) {
	const runs = results.flatMap(ownRuns);
	return {
		messages: total(runs, (run) => run.count),
		lost: total(runs, (run) => run.lost),
		twice:
			total(runs, (run) => run.answeredTwice) +
			total(results.flatMap(repeats), (run) => run.answeredAgain),
	};
}

/**
 * @param {EngineResult} result
 * @returns {Verdict[]}
 */
function burstVerdict({ engine, lines }) {
	const ours = lines.find(({ title }) => title === '500 in 2 s')?.ours;
	if (!ours) return [];
	const { acknowledgement, notAcknowledged, notAnswered, answeredTwice } = ours;
	const quick = notAcknowledged === 0 && (acknowledgement.max ?? Infinity) < 1000;
	const once = notAnswered === 0 && answeredTwice === 0;
	return [
		[
			quick,
			`${engine}: all of 500 in 2 s acknowledged in under 1 s`,
			`slowest ${figure(acknowledgement.max)} ms, ${notAcknowledged} not acknowledged`,
		],
		[
			once,
			`${engine}: each of the 500 answered once`,
			`${notAnswered} not answered, ${answeredTwice} twice`,
		],
	];
}

/**
 * @param {EngineResult} result
 * @returns {Verdict[]}
 */
function cpuVerdict({ engine, lines }) {
	const compared = lines.flatMap(({ title, ours, floor }) =>
		ours && floor ? [{ title, value: ours.cpuPerMessage / floor.cpuPerMessage }] : [],
	);
	const less = engine === 'lazy';
	const good = compared.every(({ value }) => (less ? value < 1 : value <= 1));
	const shown = compared.map(({ title, value }) => `${title} ×${Number(value.toPrecision(2))}`);
	return [
		[
			good,
			`${engine}: CPU per message ${less ? 'below' : 'not above'} the floor's at every load`,
			shown.join(', '),
		],
	];
}

/**
 * @param {EngineResult} result
 * @returns {Verdict[]}
 */
function duplicateVerdict({ restart }) {
	if (!restart) return [];
	const { before, after, fresh } = restart;
	const known = after.answeredAgain === 0 && after.notAcknowledged === 0;
	const alive = fresh.notAnswered === 0;
	return [
		[
			known && alive,
			'messages acknowledged before a restart are recognised after it',
			`${before.count} delivered again: ${after.notAcknowledged} not acknowledged, ${after.answeredAgain} answered again; ${fresh.count} new ones: ${fresh.notAnswered} not answered`,
		],
	];
}

/**
 * What was wanted and whether these figures show it.
 *
 * @param {Result[]} results
 * @returns {Verdict[]}
 */
function verdicts(results) {
	const { messages, lost, twice } = harm(results);
	return [
		...results.flatMap(burstVerdict),
		...results.flatMap(cpuVerdict),
		...results.flatMap(streamVerdicts),
		...results.flatMap(duplicateVerdict),
		...results.flatMap(({ idle }) => idleVerdicts(idle)),
		[
			lost === 0 && twice === 0,
			'no message lost, none answered twice',
			`${messages} messages: ${lost} acknowledged and never answered, ${twice} answered twice`,
		],
	];
}

module.exports = { harm, verdicts };
