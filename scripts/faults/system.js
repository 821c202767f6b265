'use strict';
const path = require('node:path');
const { startSystem } = require('../system/system.js');
const { door } = require('../workflows/door.js');
const { Arena, DELIVER } = require('./arena.js');
const { createClockFile } = require('./clocks.js');

/** @import { SystemOptions } from '../system/system.js' */

/**
 * A system for scenarios, in a folder that exists, and the arena on it. Its n8n has a clock that can be
 * moved, and a workflow of another team that sends.
 *
 * @param {string} folder
 * @param {{ seed: number, options?: SystemOptions }} about
 */
async function startArena(folder, { seed, options = {} }) {
	const clock = createClockFile(folder);
	const system = await startSystem({
		folder: path.join(folder, 'system'),
		extraWorkflows: [door(DELIVER, { answer: 'atOnce' })],
		env: clock.env,
		...options,
	});
	const arena = new Arena(system, { seed, clock });
	return {
		arena,
		async stop() {
			await arena.close();
			await system.stop();
		},
	};
}

module.exports = { startArena };
