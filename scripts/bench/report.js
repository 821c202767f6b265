'use strict';
const { table } = require('../machine/table.js');
const { linesOf } = require('./cells.js');
const { cellTable } = require('./cellTable.js');
const { figure } = require('./figures.js');
const { STATES } = require('./idle.js');
const { ENGINES, NETWORKS, partOf } = require('./plan.js');
const { verdicts } = require('./verdicts.js');

/** @import { PlacedCell, Results } from './cells.js' */
/** @import { Figures } from './figures.js' */
/** @import { Idle } from './idle.js' */
/** @import { Engine, NetworkName } from './plan.js' */
/** @import { Reliability } from './reliability.js' */
/** @import { Words } from './words.js' */

/** @param {number[]} values */
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * @param {Reliability['duplicates']} duplicates
 * @param {Words} words
 */
function duplicateTable({ fresh, redelivered }, { tables }) {
	/** @type {('empty' | 'full')[]} */
	const names = ['empty', 'full'];
	const first = names.map((name) => {
		/** @param {(run: Figures) => number | undefined} read */
		const of = (read) => figure(mean(fresh[name].map((run) => read(run) ?? NaN)));
		return [
			tables.fresh[name],
			of((run) => run.acknowledgement.p50),
			of((run) => run.acknowledgement.p95),
			figure(Math.max(...fresh[name].map((run) => run.acknowledgement.max ?? NaN))),
			of((run) => run.cpuPerAnswer),
			String(fresh[name].reduce((sum, run) => sum + run.notAcknowledged, 0)),
			'',
		];
	});
	const again = names.map((name) => {
		const { figures, answeredAgain } = redelivered[name];
		const { acknowledgement, cpuPerMessage, notAcknowledged } = figures;
		const times = [acknowledgement.p50, acknowledgement.p95, acknowledgement.max, cpuPerMessage];
		return [
			tables.redelivered[name],
			...times.map(figure),
			String(notAcknowledged),
			String(answeredAgain),
		];
	});
	return table(tables.duplicateColumns, [...first, ...again]);
}

/**
 * @param {Reliability['ownStarts']} ownStarts
 * @param {Words} words
 */
function reliabilityTable({ idleCpu, cases }, { tables }) {
	const rows = Object.entries(tables.cases).flatMap(([name, title]) => {
		const run = cases[name];
		if (!run) return [];
		const { acknowledgement, overhead, cpuPerAnswer } = run;
		const figures = [acknowledgement.p50, overhead.p50, overhead.p95, cpuPerAnswer].map(figure);
		return [[title, ...figures, idleCpu[name] === undefined ? '' : figure(idleCpu[name])]];
	});
	return table(tables.reliabilityColumns, rows);
}

/**
 * @param {Idle} idle
 * @param {Words} words
 */
function idleTable({ cpu }, { tables }) {
	const none = cpu.none ?? NaN;
	const rows = STATES.map(({ name }) => [
		tables.states[name] ?? name,
		((cpu[name] ?? NaN) - (name === 'none' ? 0 : none)).toFixed(1),
	]);
	return table(tables.idleColumns, rows);
}

/**
 * @param {Results} results
 * @param {Words} words
 */
const verdictList = (results, words) =>
	verdicts(results, words)
		.map(([good, what, figures]) => {
			const mark = good ? '✓' : `✗ **${words.texts.notReached}**`;
			return `- ${mark} ${what}: ${figures}.`;
		})
		.join('\n');

/**
 * The tables of one engine and one network.
 *
 * @param {Results} results
 * @param {{ engine: Engine, network: NetworkName }} where
 * @param {Words} words
 */
function figuresOf({ cells, leftOut, idleCpu }, where, words) {
	const { engine, network } = where;
	const lines = linesOf(cells, where);
	if (lines.length === 0) return [];
	/** @param {PlacedCell} cell */
	const nameOf = ({ load, side }) => `${words.loads[load]} (${words.sides[side]})`;
	const missing = leftOut
		.filter((cell) => cell.engine === engine && cell.network === network)
		.map(nameOf);
	return [
		`### ${words.engineTitles[engine]}: ${words.networkTitles[network]}`,
		words.texts.idleCpu(figure(idleCpu[partOf(where)])),
		cellTable(lines, words),
		...(missing.length > 0 ? [words.texts.leftOut(missing.join('; '))] : []),
	];
}

/**
 * @param {Results} results
 * @param {Words} words
 */
function promises({ reliability, idle }, words) {
	const { texts, tables } = words;
	return [
		...(reliability
			? [
					`## ${texts.duplicates}`,
					tables.duplicates,
					duplicateTable(reliability.duplicates, words),
					`## ${texts.reliability}`,
					tables.reliability(reliability.ownStarts.names),
					reliabilityTable(reliability.ownStarts, words),
				]
			: []),
		...(idle ? [`## ${texts.idle}`, tables.idle(idle.seconds), idleTable(idle, words)] : []),
	];
}

/**
 * The whole report as Markdown, in one language.
 *
 * @param {Results} results
 * @param {Words} words
 * @param {string} pictureFile beside the page
 */
function report(results, words, pictureFile) {
	const { texts, picture } = words;
	const engines = /** @type {Engine[]} */ (Object.keys(ENGINES)).reverse();
	const networks = /** @type {NetworkName[]} */ (Object.keys(NETWORKS));
	const figures = engines.flatMap((engine) =>
		networks.flatMap((network) => figuresOf(results, { engine, network }, words)),
	);
	return [
		`# ${texts.title}`,
		texts.otherLanguage,
		`${texts.written} ${texts.machine}: ${results.machine}.`,
		`![${picture.alt}](${pictureFile})`,
		`## ${texts.wanted}`,
		verdictList(results, words),
		`## ${texts.method}`,
		words.method,
		`## ${texts.figures}`,
		...figures,
		...promises(results, words),
	]
		.join('\n\n')
		.concat('\n');
}

module.exports = { report };
