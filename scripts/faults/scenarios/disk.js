'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { errorOf } = require('../../machine/errors.js');
const { run: command } = require('../../machine/processes.js');
const { pause } = require('../../machine/signals.js');

/** @import { Arena } from '../arena.js' */

const SIZE = '160m';
const FULL_MS = 15_000;
const SETTLE_MS = 90_000;
const CHUNK = Buffer.alloc(64 * 1024);

/**
 * A folder on a disk of its own, which can be filled without harm. Returns how to give it back, or
 * undefined where this user may not mount: then a full disk cannot be simulated.
 *
 * @param {string} folder
 */
async function prepare(folder) {
	try {
		await command('mount', ['-t', 'tmpfs', '-o', `size=${SIZE}`, 'tmpfs', folder]);
	} catch {
		return undefined;
	}
	return async () => await command('umount', ['--lazy', folder]);
}

/**
 * Takes all that is left of the disk.
 *
 * @param {string} file
 */
function fill(file) {
	const handle = fs.openSync(file, 'w');
	try {
		for (;;) fs.writeSync(handle, CHUNK);
	} catch (error) {
		if (errorOf(error).code !== 'ENOSPC') throw error;
	} finally {
		fs.closeSync(handle);
	}
}

/**
 * n8n's disk is full for a while: what cannot be stored is not acknowledged, and nothing is lost.
 *
 * @param {Arena} arena
 * @param {{ messages: number, settleMs?: number }} scale
 */
async function run(arena, { messages, settleMs = SETTLE_MS }) {
	const { people, random, system } = arena;
	/** @param {number} ms within which people write */
	const write = async (ms) =>
		await Promise.all(
			Array.from({ length: messages }, async () => {
				await pause(random.between(0, ms));
				await people.ask(people.conversation());
			}),
		);
	const first = write(3_000);
	await pause(1_500);
	const filler = path.join(system.folder, '..', 'filler');
	fill(filler);
	await Promise.all([first, write(FULL_MS)]);
	fs.rmSync(filler);
	await write(3_000);
	await arena.settle(settleMs);
	await arena.quiet();
}

module.exports = {
	name: 'disk',
	title: "n8n's disk is full for a while",
	rules: {},
	prepare,
	run,
};
