'use strict';
const { pause } = require('../machine/signals.js');
const { StepFailure } = require('../machine/steps.js');
const { measure } = require('./measure.js');
const { LOADS, NETWORKS } = require('./plan.js');
const { NO_KEEP_ALIVE, SIDES, STREAM, STREAM_PLATFORMS } = require('./sides.js');
const { untilAtRest } = require('./usage.js');

/** @import { Figures } from './figures.js' */
/** @import { System } from './measure.js' */
/** @import { Network } from './network.js' */
/** @import { Cell, PlannedLoad } from './plan.js' */
/** @typedef {(text: string) => void} Note says what is being done */

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
 * Gives the connections to one workflow after the other. Until it is first asked, both have some.
 *
 * @param {System} system
 */
function createConnector(system) {
	const { api } = system.n8n;
	/** @type {string | undefined} */
	let connected;
	/** @param {string} id */
	return async (id) => {
		if (connected === id) return await untilConnected(system);
		await api.deactivate(id === STREAM ? NO_KEEP_ALIVE : STREAM);
		await pause(OUTLIVE_MS);
		await api.activate(id);
		await untilConnected(system);
		// What n8n still does about the publication is no load.
		await untilAtRest(system.n8n.pid);
		connected = id;
	};
}

/**
 * Sends loads to sides, one after the other. Those whose turn comes after `limit` (ms since 1970) are left out.
 *
 * @param {{ system: System, network?: Network, connect: (id: string) => Promise<void> }} bench
 * @param {Cell[]} cells
 * @param {{ limit: number, note: Note }} run
 */
async function measureCells({ system, network, connect }, cells, { limit, note }) {
	/** @type {(Cell & { figures: Figures })[]} */
	const measured = [];
	/** @type {Cell[]} */
	const leftOut = [];
	for (const [index, cell] of cells.entries()) {
		if (Date.now() > limit) {
			leftOut.push(cell);
			continue;
		}
		note(`${index + 1} of ${cells.length}: ${cell.load}, ${cell.side}, ${cell.network}`);
		const side = SIDES[cell.side];
		const load = /** @type {PlannedLoad} */ (LOADS[cell.load]);
		await network?.setRoundTrip(NETWORKS[cell.network].rttMs);
		if (side.connected) await connect(side.connected);
		if (load.afterStart) {
			await system.n8n.restart();
			if (side.connected) await connect(side.connected);
		}
		const { figures } = await measure(system, side, load);
		measured.push({ ...cell, figures });
	}
	return { measured, leftOut };
}

module.exports = { createConnector, measureCells };
