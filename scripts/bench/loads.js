'use strict';
const { pause } = require('../machine/signals.js');
const { StepFailure } = require('../machine/steps.js');
const { measure } = require('./measure.js');
const { STREAM_PLATFORMS, floor, ours, stream } = require('./sides.js');

/** @import { Figures } from './figures.js' */
/** @import { System } from './measure.js' */
/** @import { Engine, Plan, TitledLoad } from './plan.js' */
/** @import { Side } from './sides.js' */
/** @typedef {(text: string) => void} Note says what is being done */
/** @typedef {{ title: string, floor?: Figures, ours?: Figures, stream?: Figures }} Line of the report; `ours` by HTTP */
/** @typedef {'floor' | 'ours' | 'stream'} SideName */
/** @typedef {{ name: SideName, side: Side, load: TitledLoad }} Turn one load of one side */

/** Workflows that take messages by connection: one at a time, else each message starts both. */
const STREAM = 'clawbotBenchStream';
const STREAM_EACH = 'clawbotBenchStreamEach';
/** A connection serves a trigger that has ended for 5 s more. */
const OUTLIVE_MS = 6_000;
const CONNECTED_LIMIT_MS = 30_000;

/**
 * Until the app of each platform has its connection.
 *
 * @param {System} system
 */
async function untilConnected({ sandbox }) {
	const limit = Date.now() + CONNECTED_LIMIT_MS;
	for (;;) {
		const { connections } = await sandbox.call('GET', '/connections');
		const services = new Set(
			connections.map((/** @type {{ service: string }} */ one) => one.service),
		);
		if (services.size === STREAM_PLATFORMS.length) return;
		if (Date.now() > limit) {
			throw new StepFailure(
				`connected are only: ${[...services].join(', ') || 'none'}`,
				'See the log of n8n.',
			);
		}
		await pause(100);
	}
}

/**
 * Gives the connections to one workflow alone.
 *
 * @param {System} system
 * @param {string} id
 */
async function connect(system, id) {
	const { api } = system.n8n;
	await api.deactivate(id === STREAM ? STREAM_EACH : STREAM);
	await pause(OUTLIVE_MS);
	await api.activate(id);
	await untilConnected(system);
}

/**
 * Sends each load to its sides, as far as the time goes. Returns the lines, and what was left out.
 *
 * @param {System} system
 * @param {Turn[]} turns
 * @param {number} limit until when, in ms since 1970
 * @param {Note} note
 */
async function sendInTurn(system, turns, limit, note) {
	/** @type {Map<string, Line>} */
	const lines = new Map();
	/** @type {string[]} */
	const leftOut = [];
	for (const { name, side, load } of turns) {
		const { title } = load;
		if (Date.now() > limit) {
			leftOut.push(`${title} (${name})`);
			continue;
		}
		note(`${title}, ${name}`);
		const line = lines.get(title) ?? { title };
		lines.set(title, { ...line, [name]: await measure(system, side, load) });
	}
	return { lines, leftOut };
}

/**
 * @param {SideName} name
 * @param {Side} side
 * @param {TitledLoad[]} loads
 * @returns {Turn[]}
 */
const turnsOf = (name, side, loads) => loads.map((load) => ({ name, side, load }));

/**
 * By connection and by HTTP, turned round from load to load: what n8n learns and leaves behind, and what else the
 * machine does, hits both.
 *
 * @param {TitledLoad[]} loads
 * @param {Side} byHttp
 */
const bothWays = (loads, byHttp) =>
	loads.flatMap((load, index) => {
		const ways = [...turnsOf('stream', stream, [load]), ...turnsOf('ours', byHttp, [load])];
		return index % 2 === 0 ? ways : ways.reverse();
	});

/**
 * All loads of a plan, `STREAM` being connected. Ours come before the floor, whose bursts leave gigabytes behind that would burden what
 * follows.
 *
 * @param {System} system
 * @param {Engine} engine
 * @param {Plan} plan
 * @param {Note} note
 */
async function measureLoads(system, engine, plan, note) {
	const { beside, alone, byStream, each } = plan;
	const limit = Date.now() + plan.seconds * 1000;
	const together = [
		...bothWays(beside, ours()),
		...turnsOf('stream', stream, byStream),
		...turnsOf('ours', ours(), alone[engine]),
	];
	const first = await sendInTurn(system, together, limit, note);
	await connect(system, STREAM_EACH);
	const others = [...bothWays(each, ours('-HttpEach')), ...turnsOf('floor', floor, beside)];
	const second = await sendInTurn(system, others, limit, note);
	return merged(first, second, [...beside, ...alone[engine], ...byStream, ...each]);
}

/**
 * In the order of the loads.
 *
 * @param {Awaited<ReturnType<typeof sendInTurn>>} first
 * @param {Awaited<ReturnType<typeof sendInTurn>>} second
 * @param {TitledLoad[]} loads
 */
function merged(first, second, loads) {
	const titles = [...new Set(loads.map(({ title }) => title))];
	const lines = titles.map((title) => ({
		title,
		...first.lines.get(title),
		...second.lines.get(title),
	}));
	return {
		lines: lines.filter((line) => line.ours ?? line.stream),
		leftOut: [...first.leftOut, ...second.leftOut],
	};
}

module.exports = { STREAM, connect, measureLoads };
