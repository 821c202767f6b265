'use strict';
const { randomBytes } = require('node:crypto');
const { freePorts } = require('../machine/ports.js');
const { sandboxAccounts } = require('../system/sandbox.js');
const { StepFailure } = require('../machine/steps.js');
const { startSystem } = require('../system/system.js');
const { STREAM, connect, measureLoads } = require('./loads.js');
const { idle, measure, redeliver } = require('./measure.js');
const { ENGINES, burst } = require('./plan.js');
const { HTTP_PLATFORMS, floor, ours, stream } = require('./sides.js');
const {
	NOTE_BYTES,
	copyBy,
	copyWithNote,
	floorCredential,
	floorWorkflow,
	startingByThemselves,
} = require('./workflows.js');

/** @import { SystemOptions } from '../system/system.js' */
/** @import { Figures } from './figures.js' */
/** @import { Line, Note } from './loads.js' */
/** @import { Measured, Redelivered, System } from './measure.js' */
/** @import { Engine, Plan } from './plan.js' */
/**
 * @typedef {object} EngineResult
 * @property {Engine} engine
 * @property {number} [idleCpu] ms of processor time a second
 * @property {Line[]} lines
 * @property {string[]} leftOut
 * @property {Awaited<ReturnType<typeof measureDuplicates>>} [duplicates]
 * @property {Awaited<ReturnType<typeof measureReliability>>} [reliability]
 * @property {{ before: Figures, after: Redelivered, fresh: Figures }} [restart]
 */

/** The workflow whose note of seen messages is empty, and the one with a full note. */
const NOTES = { empty: ours('-Empty'), full: ours('-Full') };
/** @type {(keyof typeof NOTES)[]} */
const NOTE_NAMES = ['empty', 'full'];

/** Each message starts an execution of its own, also where they arrive together. */
const ONE_EACH = { executions: 'onePerMessage' };

/**
 * @param {Engine} engine
 * @param {SystemOptions} options
 */
async function startWith(engine, options) {
	const { sandbox: sandboxPort } = await freePorts('sandbox');
	const origin = `http://127.0.0.1:${sandboxPort}`;
	const account = sandboxAccounts(origin).clawBotModelApi;
	const system = await startSystem({
		...options,
		sandboxPort,
		env: ENGINES[engine].env,
		extraCredentials: [floorCredential(account.apiKey)],
		extraWorkflows: [
			floorWorkflow(account.baseUrl),
			copyWithNote('Empty'),
			copyWithNote('Full', randomBytes(NOTE_BYTES).toString('base64')),
			copyBy('HttpEach', 'httpCallback', ONE_EACH),
			copyBy('Stream', 'stream'),
			copyBy('StreamEach', 'stream', ONE_EACH),
		],
	});
	// The platforms' patience is not what is measured.
	await system.sandbox.call('PUT', '/limits', { enabled: false });
	return system;
}

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
 * @param {Plan} plan
 * @param {Note} note
 */
async function measureDuplicates(system, plan, note) {
	const { load, rounds } = plan.notes;
	/** @type {Record<keyof typeof NOTES, Measured[]>} */
	const runs = { empty: [], full: [] };
	for (let round = 0; round < rounds; round++) {
		// Turned round each time, so that what else the machine does hits both.
		for (const name of round % 2 === 0 ? NOTE_NAMES : [...NOTE_NAMES].reverse()) {
			note(`${load.title}, ${name} note of seen messages`);
			runs[name].push(await measure(system, NOTES[name], load));
		}
	}
	await assertNoteIsFull(system);
	/** @param {keyof typeof NOTES} name */
	const again = async (name) => {
		note(`the same messages redelivered, ${name} note`);
		const messages = runs[name].flatMap((run) => run.messages);
		return await redeliver(system, NOTES[name], messages, runs[name].length * load.durationMs);
	};
	/** @type {Record<keyof typeof NOTES, Redelivered>} */
	const redelivered = { empty: await again('empty'), full: await again('full') };
	return { load, runs, redelivered };
}

/**
 * What the workflows cost that start by themselves to look for waiting, crashed and dead messages, and what the
 * record costs by which WeCom's answers are known after a crash.
 *
 * @param {System} system
 * @param {Plan} plan
 * @param {Note} note
 */
async function measureReliability(system, plan, note) {
	const { load } = plan.notes;
	/** @type {Record<string, Measured>} */
	const cases = {};
	/** @type {Record<string, number>} */
	const idleCpu = {};
	const own = startingByThemselves();
	note('an answer of WeCom, with its record');
	cases.wecom = await measure(system, ours(), { ...load, platforms: ['wecom'] });
	for (const state of ['on', 'off']) {
		note(`${load.title}, workflows that start by themselves ${state}`);
		if (state === 'off') for (const { id } of own) await system.n8n.api.deactivate(id);
		idleCpu[state] = await idle(system, plan.reliability.idleSeconds);
		cases[state] = await measure(system, ours(), load);
	}
	for (const { id } of own) await system.n8n.api.activate(id);
	return { load, names: own.map(({ name }) => name), idleCpu, cases };
}

/**
 * Messages acknowledged before a restart, delivered again after it; then new ones, while n8n is still cold.
 *
 * @param {System} system
 * @param {Note} note
 */
async function measureRestart(system, note) {
	const load = { count: 20, durationMs: 1000, platforms: HTTP_PLATFORMS };
	note('messages before and after a restart');
	const before = await measure(system, ours(), load);
	await system.n8n.restart();
	const after = await redeliver(system, ours(), before.messages, load.durationMs);
	const fresh = await measure(system, ours(), burst(500, 2000));
	return { before, after, fresh };
}

/**
 * Everything that is measured on one n8n.
 *
 * @param {Engine} engine
 * @param {Plan} plan
 * @param {SystemOptions} options
 * @param {Note} note
 */
async function runEngine(engine, plan, options, note) {
	note('starting n8n and the sandbox');
	const system = await startWith(engine, options);
	try {
		note('warming up');
		await connect(system, STREAM);
		for (const side of [floor, ours(), stream]) await measure(system, side, plan.warmUp);
		const idleCpu = await idle(system, plan.idleSeconds);
		/** @type {EngineResult} */
		const result = { engine, idleCpu, ...(await measureLoads(system, engine, plan, note)) };
		// What de-duplication does is the same with either engine: once is enough.
		if (engine === 'lazy') {
			result.duplicates = await measureDuplicates(system, plan, note);
			result.reliability = await measureReliability(system, plan, note);
			result.restart = await measureRestart(system, note);
			result.lines.push({ title: '500 in 2 s, just after a start', ours: result.restart.fresh });
		}
		return result;
	} finally {
		await system.stop();
	}
}

module.exports = { runEngine };
