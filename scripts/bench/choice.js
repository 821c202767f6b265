'use strict';
const { StepFailure, duration } = require('../machine/steps.js');
const { LOADS, PARTS, WARM_UP, secondsOf } = require('./plan.js');

/** @import { SideName } from './plan.js' */
/** @typedef {ReturnType<typeof chosen>} Choice */

/* Which parts of the benchmark a run is to measure. */

/** By what `--side` takes. @type {Record<string, SideName>} */
const SIDE_NAMES = {
	floor: 'floor',
	http: 'http',
	stream: 'stream',
	'no-keep-alive': 'noKeepAlive',
};
const LOAD_NAMES = Object.keys(LOADS).filter((name) => name !== WARM_UP);
/** Beside those that send loads. @type {Record<string, number>} seconds */
const OTHERS = { reliability: 300, idle: 330 };
const PART_NAMES = [...Object.keys(PARTS), ...Object.keys(OTHERS)];

/** @type {Record<string, string>} */
const ABOUT = {
	lazy: 'lazy engine, plain HTTP to the platforms',
	'lazy-tls': 'lazy engine, TLS to the platforms, round trips of 0 and 40 ms',
	default: "n8n's default engine, plain HTTP",
	'default-tls': "n8n's default engine, TLS, a round trip of 40 ms",
	reliability: 'what de-duplication, recovery and restarts cost, and that they hold',
	idle: 'what an n8n costs that has nothing to do, and how soon it does what is due',
};

/**
 * @param {string} option
 * @param {string | undefined} value a list with commas; all of them when left out
 * @param {string[]} known
 */
function listOf(option, value, known) {
	const names = value?.split(',') ?? known;
	const unknown = names.find((name) => !known.includes(name));
	if (unknown === undefined) return names;
	throw new StepFailure(`${option} ${unknown} is unknown`, `Known are ${known.join(', ')}.`);
}

/**
 * What the command line names; all of it when it names nothing.
 *
 * @param {{ only?: string, side?: string, load?: string }} values
 */
function chosen({ only, side, load }) {
	const names = listOf('--only', only, PART_NAMES);
	const sides = listOf('--side', side, Object.keys(SIDE_NAMES)).map((name) => SIDE_NAMES[name]);
	const loads = listOf('--load', load, LOAD_NAMES);
	const parts = Object.entries(PARTS).flatMap(([name, part]) => {
		const cells = part.cells.filter(
			(cell) => sides.includes(cell.side) && loads.includes(cell.load),
		);
		return names.includes(name) && cells.length > 0 ? [{ name, ...part, cells }] : [];
	});
	const ofLoads = side !== undefined || load !== undefined;
	const others = Object.keys(OTHERS).filter((name) => names.includes(name));
	return {
		parts,
		/** Whoever chooses sides or loads wants nothing that has none, unless it is named. */
		others: ofLoads && only === undefined ? [] : others,
		isWhole: !only && !side && !load,
	};
}

/** @param {Pick<Choice, 'parts' | 'others'>} choice */
const secondsFor = ({ parts, others }) =>
	[...parts.map(secondsOf), ...others.map((name) => OTHERS[name] ?? 0)].reduce(
		(sum, seconds) => sum + seconds,
		0,
	);

function help() {
	/** @param {string} name */
	const seconds = (name) => {
		const part = PARTS[name];
		return part ? secondsOf(part) : (OTHERS[name] ?? 0);
	};
	const parts = PART_NAMES.map(
		(name) => `  ${name.padEnd(12)} ${duration(seconds(name) * 1000).padStart(12)}  ${ABOUT[name]}`,
	);
	return `npm run bench [-- [--only PART,…] [--side SIDE,…] [--load LOAD,…]]

Without options it measures all of it and writes docs/performance.md, its Chinese page and their picture: about
${duration(secondsFor(chosen({})) * 1000)} on two cores with nothing else to do. A choice is written to .clawbot/performance/ instead.

PART, with what it takes:
${parts.join('\n')}
SIDE: ${Object.keys(SIDE_NAMES).join(', ')}
LOAD: ${LOAD_NAMES.join(', ')}
`;
}

module.exports = { chosen, help, secondsFor };
