'use strict';

/** @import { Figures } from './figures.js' */
/** @import { Idle } from './idle.js' */
/** @import { Cell, Engine, NetworkName, SideName } from './plan.js' */
/** @import { Reliability } from './reliability.js' */
/** @typedef {Cell & { engine: Engine }} PlacedCell */
/** @typedef {PlacedCell & { figures: Figures }} MeasuredCell */
/**
 * @typedef {object} Results of a run, as they are kept
 * @property {string} machine in one line
 * @property {MeasuredCell[]} cells
 * @property {PlacedCell[]} leftOut
 * @property {Record<string, number>} idleCpu by part, ms of processor time a second
 * @property {Reliability} [reliability]
 * @property {Idle} [idle]
 */

/**
 * @typedef {object} Line one load of all its sides
 * @property {NetworkName} network
 * @property {string} load
 * @property {Partial<Record<SideName, Figures>>} sides
 */

/**
 * The cells of an engine, those of one load and network together, in the order in which they are first met.
 *
 * @param {MeasuredCell[]} cells
 * @param {Partial<PlacedCell>} where
 * @returns {Line[]}
 */
function linesOf(cells, where) {
	/** @type {Map<string, Line>} */
	const lines = new Map();
	for (const { engine, network, load, side, figures } of cells) {
		/** @type {PlacedCell} */
		const place = { engine, network, load, side };
		const wanted = Object.entries(where).every(
			([name, value]) => place[/** @type {keyof PlacedCell} */ (name)] === value,
		);
		if (!wanted) continue;
		const key = `${network} ${load}`;
		const line = lines.get(key) ?? { network, load, sides: {} };
		line.sides[side] = figures;
		lines.set(key, line);
	}
	return [...lines.values()];
}

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

module.exports = { linesOf, ratio };
