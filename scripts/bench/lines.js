'use strict';
const { table } = require('../machine/table.js');
const { figure } = require('./figures.js');

/** @import { Figures } from './figures.js' */
/** @import { Line } from './loads.js' */
/** @typedef {[title: string, of: (run: Figures) => number | undefined]} Column how to find its value */

/* The table of the loads: each side's figures, and how they compare. */

/**
 * One figure as a multiple of another, two digits; nothing where one of them is none.
 *
 * @param {number | undefined} own
 * @param {number | undefined} other
 */
function ratio(own = NaN, other = NaN) {
	if (!Number.isFinite(own) || !Number.isFinite(other) || other === 0) return '';
	return `×${Number((own / other).toPrecision(2))}`;
}

/** @type {('p50' | 'p95' | 'p99' | 'max')[]} */
const SPREAD = ['p50', 'p95', 'p99', 'max'];
/** @type {Column[]} */
const TIMES = [
	['done/s', (run) => run.perSecond],
	...SPREAD.map((key) => /** @type {Column} */ ([`ack ${key}`, (run) => run.acknowledgement[key]])),
	...SPREAD.map((key) => /** @type {Column} */ ([`ans ${key}`, (run) => run.answer[key]])),
	['CPU ms', (run) => run.cpuPerMessage],
	['RSS MB', (run) => run.rssPeak / 2 ** 20],
];
/** @type {Column[]} */
const COUNTS = [
	['no ack', (run) => run.notAcknowledged],
	['no answer', (run) => run.notAnswered],
	['twice', (run) => run.answeredTwice],
];

/** @param {Figures} run */
const valuesOf = (run) => [
	...TIMES.map(([, of]) => figure(of(run))),
	...COUNTS.map(([, of]) => String(of(run))),
];

/**
 * @param {Figures} own
 * @param {Figures} other
 */
const ratiosOf = (own, other) => [
	...TIMES.map(([, of]) => ratio(of(own), of(other))),
	...COUNTS.map(() => ''),
];

/** @param {Line} line */
function loadRows({ title, floor, ours, stream }) {
	const rows = [
		...(floor ? [['floor', ...valuesOf(floor)]] : []),
		...(ours ? [['ours', ...valuesOf(ours)]] : []),
		...(stream ? [['stream', ...valuesOf(stream)]] : []),
		...(ours && floor ? [['ours ÷ floor', ...ratiosOf(ours, floor)]] : []),
		...(ours && stream ? [['stream ÷ ours', ...ratiosOf(stream, ours)]] : []),
	];
	return rows.map(([name, ...values], index) => [
		index === 0 ? `${title}: ${name}` : `  ${name}`,
		...values,
	]);
}

/** @param {Line[]} lines */
const loadTable = (lines) =>
	table(['load', ...[...TIMES, ...COUNTS].map(([title]) => title)], lines.flatMap(loadRows));

module.exports = { loadTable, ratio };
