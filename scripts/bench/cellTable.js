'use strict';
const { table } = require('../machine/table.js');
const { ratio } = require('./cells.js');
const { figure } = require('./figures.js');

/** @import { Line } from './cells.js' */
/** @import { Figures } from './figures.js' */
/** @import { SideName } from './plan.js' */
/** @import { Words } from './words.js' */

/* The table of the loads: each side's figures, and how they compare. */

/** @type {SideName[]} */
const ORDER = ['floor', 'http', 'noKeepAlive', 'stream'];
/** @type {((run: Figures) => number | undefined)[]} */
const TIMES = [
	(run) => run.acknowledgement.p50,
	(run) => run.acknowledgement.p95,
	(run) => run.acknowledgement.p99,
	(run) => run.acknowledgement.max,
	(run) => run.overhead.p50,
	(run) => run.overhead.p95,
	(run) => run.overhead.p99,
	(run) => run.cpuPerAnswer,
];
/** @type {((run: Figures) => number)[]} */
const COUNTS = [(run) => run.notAcknowledged, (run) => run.lost, (run) => run.answeredTwice];
/** @type {((run: Figures) => number | undefined)[]} */
const COMPARED = [
	(run) => run.acknowledgement.p99,
	(run) => run.overhead.p95,
	(run) => run.cpuPerAnswer,
];

/**
 * Each figure of a side beside HTTP's and the floor's of the same load.
 *
 * @param {Figures} run
 * @param {Line['sides']} sides
 */
const ratiosOf = (run, { http, floor }) =>
	[http, floor].flatMap((other) =>
		COMPARED.map((of) => (other && other !== run ? ratio(of(run), of(other)) : '')),
	);

/**
 * @param {Line} line
 * @param {Words} words
 */
function rowsOf({ load, sides }, words) {
	const present = ORDER.flatMap((name) => {
		const run = sides[name];
		return run ? [{ name, run }] : [];
	});
	return present.map(({ name, run }) => [
		`${words.loads[load]}: ${words.sides[name]}`,
		...TIMES.map((of) => figure(of(run))),
		...COUNTS.map((of) => String(of(run))),
		...ratiosOf(run, sides),
	]);
}

/**
 * @param {Line[]} lines
 * @param {Words} words
 */
const cellTable = (lines, words) =>
	table(
		words.columns,
		lines.flatMap((line) => rowsOf(line, words)),
	);

module.exports = { cellTable };
