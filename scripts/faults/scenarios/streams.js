'use strict';
const { pause } = require('../../machine/signals.js');
const { BOTS, Connections } = require('../connections.js');
const { executionsAfter, newestExecution } = require('../store.js');
const { disconnect, freeze, kill, outage } = require('../troubles.js');
const { ANSWER, answerBy } = require('../ways.js');
const { Writers } = require('../writers.js');

/** @import { Arena } from '../arena.js' */
/** @import { Violation } from '../checker.js' */
/** @import { Report } from '../scenarios.js' */
/** @import { Stage, Trouble } from '../troubles.js' */

/**
 * @typedef {object} StreamScale how often what happens to each platform
 * @property {number} messages of each platform
 * @property {number} [disconnects]
 * @property {number} [freezes]
 * @property {number} [outages]
 * @property {number} [kills]
 * @property {string[]} [platforms] all, where left out
 * @property {number} [thinkMs] of the model about each question
 * @property {number} [settleMs]
 * @property {number} [ladderMs] how long to wait at the end for what the platforms deliver again
 */

/**
 * Feishu's pauses are 15 s to 6 h, WeCom's three of a second: so that a message outlasts a frozen connection
 * and the end of the last trouble is near.
 */
const SCHEDULE = { feishu: 0.01, 'wecom-aibot': 30 };
/** Feishu's own would have the bot wait for half a minute each time. */
const WISHES = { reconnectNonce: 2, reconnectInterval: 5, pingInterval: 5 };
const THINK_MS = 50;
const SETTLE_MS = 75_000;
const CONNECT_MS = 60_000;
/** A message that nobody acknowledges is with the platform for so long. */
const LADDER_MS = 4 * 60_000;

/**
 * In a mixed order.
 *
 * @param {Arena} arena
 * @param {StreamScale} scale
 */
function plan({ random }, { disconnects = 0, freezes = 0, outages = 0, kills = 0 }) {
	/** @type {[Trouble, number][]} */
	const wanted = [
		[disconnect, disconnects],
		[freeze, freezes],
		[outage, outages],
		[kill, kills],
	];
	const all = wanted.flatMap(([trouble, count]) => Array.from({ length: count }, () => trouble));
	return all
		.map((trouble) => ({ trouble, place: random.between(0, 1) }))
		.sort((a, b) => a.place - b.place)
		.map(({ trouble }) => trouble);
}

/**
 * @param {Arena} arena
 * @param {string[]} platforms
 * @returns {Promise<Stage>}
 */
async function begin(arena, platforms) {
	const { sandbox } = arena.system;
	await sandbox.call('PUT', '/limits', { enabled: false });
	await sandbox.call('PUT', '/clock', { scheduleScale: SCHEDULE });
	await sandbox.call('PUT', '/stream-settings', { feishu: WISHES });
	await answerBy(arena, 'stream');
	const connections = new Connections(sandbox);
	for (const platform of platforms) {
		const isLive = await connections.live(platform, { limitMs: CONNECT_MS });
		if (!isLive) throw new Error(`${platform} has not connected`);
	}
	return {
		arena,
		connections,
		platforms,
		wishes: WISHES,
		async live(platform) {
			await arena.up();
			await connections.live(platform, { limitMs: CONNECT_MS });
		},
	};
}

/**
 * Some of what was answered is delivered once more: no execution may begin with it.
 *
 * @param {Arena} arena
 * @param {Writers[]} writers
 * @returns {Promise<Violation[]>}
 */
async function repeat(arena, writers) {
	const { api } = arena.system.n8n;
	// An answer may be out before its execution has ended, and n8n lists it.
	await arena.quiet();
	const before = await newestExecution(api);
	const repeated = (await Promise.all(writers.map((each) => each.repeat()))).flat();
	await arena.quiet();
	const begun = await executionsAfter(api, ANSWER, before);
	const fresh = new Set(
		begun.filter(({ mode }) => mode !== 'retry').flatMap((execution) => execution.marks),
	);
	const marks = repeated.filter((mark) => fresh.has(mark));
	return marks.length > 0 ? [{ kind: 'begunAgain', what: marks.join(', '), marks }] : [];
}

/**
 * Waits until the platforms have nothing to deliver again.
 *
 * @param {Arena} arena
 * @param {number} limitMs
 */
async function delivered(arena, limitMs) {
	const limit = Date.now() + limitMs;
	const { sandbox } = arena.system;
	while ((await sandbox.call('GET', '/clock')).pending > 0 && Date.now() < limit) await pause(500);
}

/**
 * People write by connection while the platforms announce disconnects, connections freeze, gateways are away
 * and n8n is killed; to all platforms at the same time.
 *
 * @param {Arena} arena
 * @param {StreamScale} scale
 * @param {Report} report
 */
async function run(arena, scale, report) {
	const {
		messages,
		platforms = Object.keys(BOTS),
		settleMs = SETTLE_MS,
		ladderMs = LADDER_MS,
		thinkMs = THINK_MS,
	} = scale;
	const troubles = plan(arena, scale);
	const stage = await begin(arena, platforms);
	const writers = platforms.map((platform) => new Writers(stage, platform, thinkMs));
	/** @type {Violation[]} */
	const violations = [];
	/** @type {string[]} */
	const told = [];
	try {
		for (const [index, trouble] of troubles.entries()) {
			const share = Math.ceil(messages / troubles.length);
			const writing = writers.map((each) => each.write(share, trouble.lastsMs));
			const met = await trouble.run(stage);
			await Promise.all(writing);
			await arena.settle(settleMs);
			told.push(...met.told);
			violations.push(...met.violations, ...(await repeat(arena, writers)));
			await report({ progress: `${index + 1} of ${troubles.length} troubles`, told });
		}
		await delivered(arena, ladderMs);
		await arena.settle(settleMs);
		await arena.quiet();
	} finally {
		await answerBy(arena, 'httpCallback');
	}
	return { told, violations };
}

module.exports = {
	name: 'streams',
	title: 'Connections are announced to end, freeze, find no gateway, and n8n is killed',
	rules: { none: ['undecided'] },
	run,
	controls: [
		{
			off: ['heartbeat'],
			violation: 'frozen',
			// What waits for its next delivery then is none of it.
			scale: { messages: 10, freezes: 1, platforms: ['feishu'], ladderMs: 0 },
		},
		{
			off: ['warm switch'],
			violation: 'gap',
			scale: { messages: 10, disconnects: 1, platforms: ['dingtalk'] },
		},
		{
			off: ['recovery'],
			violation: 'lost',
			// Whoever is killed after a second at the earliest has questions that the model thinks about.
			scale: { messages: 40, kills: 1, platforms: ['dingtalk'], thinkMs: 2_500, settleMs: 10_000 },
		},
		// Nobody sees a second answer: the process knows what it has answered, and after a restart the platform
		// for an hour, or the record, do. The ladder outlasts that.
		{
			off: ['de-duplication'],
			violation: 'begunAgain',
			scale: { messages: 10, disconnects: 1, platforms: ['dingtalk'] },
		},
	],
};
