'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { pause } = require('../machine/signals.js');

/** n8n reads its clock file ten times a second. */
const READ_MS = 300;

/** @typedef {ReturnType<typeof createClockFile>} ClockFile */

/**
 * The clock of n8n, moved by a file; `env` is for n8n.
 *
 * @param {string} folder
 */
function createClockFile(folder) {
	const file = path.join(folder, 'clock-ahead-ms');
	fs.writeFileSync(file, '0');
	return {
		env: {
			NODE_OPTIONS: `--require=${path.join(__dirname, 'shiftedClock.js')}`,
			CLAWBOT_CLOCK_FILE: file,
		},
		/** @param {number} ms by which n8n's clock is ahead of this machine's from now on */
		async set(ms) {
			fs.writeFileSync(file, String(ms));
			await pause(READ_MS);
		},
	};
}

module.exports = { createClockFile };
