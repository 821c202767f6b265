'use strict';
const { randomBytes } = require('node:crypto');
const { StepFailure } = require('../machine/steps.js');
const { startSystem } = require('../system/system.js');
const { idle, measure, redeliver } = require('./measure.js');
const { SIDES, ours } = require('./sides.js');
const { AFTER_START, untilAtRest } = require('./usage.js');
const { NOTE_BYTES, copyWithNote, startingByThemselves } = require('./workflows.js');

/** @import { SystemOptions } from '../system/system.js' */
/** @import { Figures } from './figures.js' */
/** @import { Note } from './loads.js' */
/** @import { Measured, Redelivered, System } from './measure.js' */
/** @typedef {Awaited<ReturnType<typeof measureReliability>>} Reliability */

/** 17 a second. */
const LOAD = { count: 136, durationMs: 8000 };
const ROUNDS = 2;
/** As long as the slowest of the schedules that come round all the time. */
const IDLE_SECONDS = 30;

/** The workflow whose note of seen messages is empty, and the one with a full note. */
const NOTES = { empty: ours('-Empty'), full: ours('-Full') };
/** @type {(keyof typeof NOTES)[]} */
const NOTE_NAMES = ['empty', 'full'];

/**
 * Without this the line "full note" would compare two empty ones.
 *
 * @param {System} system
 */
async function assertNoteIsFull(system) {
	const { staticData } = await system.n8n.api.workflow('clawbotBenchFull');
	const data = typeof staticData === 'string' ? JSON.parse(staticData) : staticData;
	const bytes = Buffer.from(data?.global?.clawbotSeen ?? '', 'base64').length;
	if (bytes === NOTE_BYTES) return;
	throw new StepFailure(
		`the note of seen messages holds ${bytes} bytes, not ${NOTE_BYTES}`,
		'See scripts/bench/workflows.js.',
	);
}

/**
 * What recognising a redelivered message costs, and what its memory costs every message.
 *
 * @param {System} system
 * @param {Note} note
 */
async function measureDuplicates(system, note) {
	/** @type {Record<keyof typeof NOTES, Measured[]>} */
	const runs = { empty: [], full: [] };
	for (let round = 0; round < ROUNDS; round++) {
		// Turned round each time, so that what else the machine does hits both.
		for (const name of round % 2 === 0 ? NOTE_NAMES : [...NOTE_NAMES].reverse()) {
			note(`${name} note of seen messages`);
			runs[name].push(await measure(system, NOTES[name], LOAD));
		}
	}
	await assertNoteIsFull(system);
	/** @param {keyof typeof NOTES} name */
	const again = async (name) => {
		note(`the same messages redelivered, ${name} note`);
		const messages = runs[name].flatMap((run) => run.messages);
		return await redeliver(system, NOTES[name], messages, ROUNDS * LOAD.durationMs);
	};
	/** @type {Record<keyof typeof NOTES, Redelivered>} */
	const redelivered = { empty: await again('empty'), full: await again('full') };
	/** @param {keyof typeof NOTES} name */
	const fresh = (name) => runs[name].map(({ figures }) => figures);
	return { fresh: { empty: fresh('empty'), full: fresh('full') }, redelivered };
}

/**
 * What the workflows cost that start by themselves to look for waiting, crashed and dead messages, and what the
 * record costs by which WeCom's answers are known after a crash.
 *
 * @param {System} system
 * @param {Note} note
 */
async function measureOwnStarts(system, note) {
	/** @type {Record<string, Figures>} */
	const cases = {};
	/** @type {Record<string, number>} */
	const idleCpu = {};
	const own = startingByThemselves();
	note('an answer of WeCom, with its record');
	const wecom = { ...SIDES.http, platforms: ['wecom'] };
	cases.wecom = (await measure(system, wecom, LOAD)).figures;
	for (const state of ['on', 'off']) {
		note(`workflows that start by themselves ${state}`);
		if (state === 'off') for (const { id } of own) await system.n8n.api.deactivate(id);
		await untilAtRest(system.n8n.pid, AFTER_START);
		idleCpu[state] = await idle(system, IDLE_SECONDS);
		cases[state] = (await measure(system, SIDES.http, LOAD)).figures;
	}
	for (const { id } of own) await system.n8n.api.activate(id);
	return { names: own.map(({ name }) => name), idleCpu, cases };
}

/**
 * Messages acknowledged before a restart, delivered again after it; then new ones.
 *
 * @param {System} system
 * @param {Note} note
 */
async function measureRestart(system, note) {
	const load = { count: 20, durationMs: 1000 };
	const all = { ...load, allPlatforms: true };
	note('messages before and after a restart');
	const before = await measure(system, SIDES.http, all);
	await system.n8n.restart();
	const after = await redeliver(system, SIDES.http, before.messages, load.durationMs);
	const fresh = await measure(system, SIDES.http, all);
	return { before: before.figures, after, fresh: fresh.figures };
}

/**
 * What promises cost, and that they hold over a restart: the same with either engine.
 *
 * @param {SystemOptions} options with the engine's settings
 * @param {Note} note
 */
async function measureReliability(options, note) {
	note('starting n8n and the platforms');
	const system = await startSystem({
		...options,
		extraWorkflows: [
			copyWithNote('Empty'),
			copyWithNote('Full', randomBytes(NOTE_BYTES).toString('base64')),
		],
	});
	try {
		await system.sandbox.call('PUT', '/limits', { enabled: false });
		await measure(system, SIDES.http, { count: 30, durationMs: 3000 });
		return {
			duplicates: await measureDuplicates(system, note),
			ownStarts: await measureOwnStarts(system, note),
			restart: await measureRestart(system, note),
		};
	} finally {
		await system.stop();
	}
}

module.exports = { measureReliability };
