'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { table } = require('../machine/table.js');

/** @import { Violation } from './checker.js' */
/** @import { Drain } from './drains.js' */
/**
 * @typedef {object} Result of a scenario, as it stands
 * @property {object} [scale]
 * @property {string} [progress] in words, while it is played
 * @property {unknown} [told] what the scenario itself says
 * @property {Record<string, number>} [counts]
 * @property {Drain[]} [drains]
 * @property {Violation[]} [violations]
 * @property {unknown} [evidence] of the violations
 * @property {{ off: string[], violation: string, found: string[], seen: boolean }[]} [controls]
 * @property {boolean} [done]
 * @property {string} [skipped] why it was not played
 */
/** @typedef {ReturnType<typeof createResults>} Results */

/** @type {[title: string, count: string][]} */
const COUNTS = [
	['written', 'written'],
	['not ack’d', 'notAcknowledged'],
	['start page', 'toStartPage'],
	['forgotten', 'forgotten'],
	['answered', 'answered'],
	['merged', 'merged'],
	['dead', 'dead'],
	['uncertain', 'uncertain'],
	['open', 'open'],
	['lost', 'lost'],
	['twice', 'twice'],
	['no key', 'twiceWithoutKey'],
	['inverted', 'inversions'],
	['at once', 'overlaps'],
];

/**
 * The slowest drain in seconds; a dash where nothing was killed.
 *
 * @param {Drain[]} drains
 */
function slowest(drains) {
	const known = drains.flatMap(({ drainMs }) => (drainMs === undefined ? [] : [drainMs]));
	return known.length > 0 ? `${(Math.max(...known) / 1000).toFixed(1)} s` : '–';
}

/** @param {Result} result */
function verdictOf({ violations = [], done, skipped }) {
	if (skipped) return 'not simulated';
	if (violations.length > 0) return '✗';
	return done ? '✓' : '…';
}

/** @param {Result} result */
const controlsOf = ({ controls }) => {
	if (!controls) return '–';
	const missed = controls.filter(({ seen }) => !seen).flatMap(({ off }) => off);
	return missed.length > 0 ? `✗ holds without ${missed.join(', ')}` : 'fails, as it must';
};

/**
 * The results of a run, kept in a file that is whole at any time: a run that is cut off has left what
 * it saw.
 *
 * @param {string} file
 * @param {object} about the run
 */
function createResults(file, about) {
	/** @type {Record<string, Result>} */
	const scenarios = {};
	const keep = () => {
		const next = `${file}.next`;
		fs.writeFileSync(next, `${JSON.stringify({ ...about, scenarios }, null, '\t')}\n`);
		fs.renameSync(next, file);
	};
	keep();
	return {
		file,
		/**
		 * `evidence` is much, and goes into a file of its own.
		 *
		 * @param {string} name of a scenario
		 * @param {Result} result
		 */
		put(name, { evidence, ...result }) {
			scenarios[name] = result;
			keep();
			if (!evidence) return;
			const place = path.join(path.dirname(file), `evidence-${name}.json`);
			fs.writeFileSync(place, JSON.stringify(evidence, null, '\t'));
		},
		table() {
			const rows = Object.entries(scenarios).map(([name, result]) => [
				name,
				...COUNTS.map(([, count]) => String(result.counts?.[count] ?? '–')),
				slowest(result.drains ?? []),
				verdictOf(result),
				controlsOf(result),
			]);
			const head = ['fault', ...COUNTS.map(([title]) => title), 'drained', 'holds', 'control'];
			const broken = Object.entries(scenarios).flatMap(([name, { violations = [] }]) =>
				violations.map(({ kind, what }) => `✗ ${name}: ${kind}, ${what}`),
			);
			return [table(head, rows), ...broken].join('\n');
		},
		/** Whether everything held that was to hold, and every control showed that it can fail. */
		good: () =>
			Object.values(scenarios).every(
				({ violations = [], controls = [] }) =>
					violations.length === 0 && controls.every(({ seen }) => seen),
			),
	};
}

module.exports = { createResults };
