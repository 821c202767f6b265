'use strict';
const { pause } = require('../../machine/signals.js');
const { Connections } = require('../connections.js');
const { answerBy } = require('../ways.js');

/** @import { Arena, Message } from '../arena.js' */
/** @import { Violation } from '../checker.js' */
/** @import { Report } from '../scenarios.js' */
/** @import { Way } from '../ways.js' */
/** @typedef {{ afterMs: number, before?: 'kill' | 'restart', way?: Way }} Rung of the ladder: what happens before Feishu delivers again */

const MINUTE_MS = 60_000;
/** Feishu's pauses, and a little. */
const [FIRST_MS, SECOND_MS, THIRD_MS, LAST_MS] = /** @type {const} */ ([
	20_000,
	6 * MINUTE_MS,
	61 * MINUTE_MS,
	361 * MINUTE_MS,
]);

/**
 * Each with messages of its own: all rungs by connection, and the last one by HTTP.
 *
 * @type {Rung[][]}
 */
const LADDERS = [
	[
		{ afterMs: FIRST_MS },
		{ afterMs: SECOND_MS, before: 'restart' },
		{ afterMs: THIRD_MS, before: 'kill' },
		{ afterMs: LAST_MS },
	],
	[
		{ afterMs: FIRST_MS, before: 'kill' },
		{ afterMs: SECOND_MS },
		{ afterMs: THIRD_MS },
		{ afterMs: LAST_MS, before: 'restart', way: 'httpCallback' },
	],
];

/** Feishu waits for 3 s: what comes later is acknowledged too late, and delivered again. */
const LATE = { kind: 'delivery', delayMs: 3_500, times: -1 };
const CONNECT_MS = 60_000;
const RUNG_MS = 60_000;

/**
 * Waits until something holds, as long as a rung takes at most.
 *
 * @param {() => Promise<boolean>} holds
 */
async function until(holds) {
	const limit = Date.now() + RUNG_MS;
	while (!(await holds()) && Date.now() < limit) await pause(300);
}

/**
 * @param {Arena} arena
 * @param {Message[]} messages
 */
async function answered(arena, messages) {
	await until(async () => {
		await arena.catchUp();
		const { answers } = arena.facts;
		return messages.every(({ mark }) => answers.some(({ marks }) => marks.includes(mark)));
	});
}

/**
 * By which ways each message was delivered so far.
 *
 * @param {Arena} arena
 * @param {Message[]} messages
 */
async function waysOf(arena, messages) {
	await arena.catchUp();
	const { deliveries } = arena.facts;
	return messages.map(({ id }) =>
		deliveries.filter((each) => each.id === id).map(({ by = 'httpCallback' }) => by),
	);
}

/**
 * n8n starts, and is ready: what comes before that waits in it, and the hours that follow would pass meanwhile.
 *
 * @param {Arena} arena
 * @param {Connections} connections
 * @param {'kill' | 'restart'} how it ends before
 */
async function startAnew(arena, connections, how) {
	if (how === 'kill') {
		await arena.kill();
		await arena.start();
	} else {
		await arena.restart();
	}
	await connections.live('dingtalk', { limitMs: CONNECT_MS });
	const { people } = arena;
	const first = await people.ask(people.conversation('dingtalk'), { thinkMs: 50 });
	await answered(arena, [first]);
}

/**
 * Messages come by another way from now on: a connection outlives its trigger by some seconds.
 *
 * @param {Arena} arena
 * @param {Connections} connections
 * @param {Way} way
 */
async function leave(arena, connections, way) {
	await answerBy(arena, way);
	await until(async () => (await connections.list()).every(({ service }) => service !== 'feishu'));
}

/**
 * Nobody acknowledges in time, from the first delivery to the one before the last.
 *
 * @param {Arena} arena
 * @param {Rung[]} rungs
 * @param {{ messages: number, aheadMs: number }} given
 * @returns {Promise<{ aheadMs: number, missed: string[] }>} how far the clocks are ahead then
 */
async function climb(arena, rungs, { messages, aheadMs }) {
	const { people, system } = arena;
	const connections = new Connections(system.sandbox);
	const isLive = async () => await connections.live('feishu', { limitMs: CONNECT_MS });
	await answerBy(arena, 'stream');
	await isLive();
	await connections.befall('feishu', 'delay', LATE);
	const asked = await Promise.all(
		Array.from({ length: messages }, async () =>
			people.ask(people.conversation('feishu'), { thinkMs: 50 }),
		),
	);
	await answered(arena, asked);
	let ahead = aheadMs;
	for (const [index, { afterMs, before, way }] of rungs.entries()) {
		if (before) await startAnew(arena, connections, before);
		if (way) await leave(arena, connections, way);
		else await isLive();
		if (index === rungs.length - 1) await system.sandbox.call('DELETE', '/stream-faults');
		ahead += afterMs;
		await arena.shiftClocks(ahead);
		await until(async () =>
			(await waysOf(arena, asked)).every(({ length }) => length >= index + 2),
		);
		// After a kill n8n learns again what it has answered, before the hour of the next rung passes.
		if (before) await arena.quiet();
	}
	const wanted = ['stream', ...rungs.map(({ way = 'stream' }) => way)].join();
	const went = await waysOf(arena, asked);
	const missed = asked.filter((_, index) => went[index]?.join() !== wanted);
	return { aheadMs: ahead, missed: missed.map(({ mark }) => mark) };
}

/**
 * Feishu delivers every message five times within six hours, as it does with those that are acknowledged too
 * late: by a connection, and by HTTP after that; n8n is restarted and killed between.
 *
 * @param {Arena} arena
 * @param {{ messages: number }} scale of each ladder
 * @param {Report} report
 */
async function run(arena, { messages }, report) {
	await arena.system.sandbox.call('PUT', '/limits', { enabled: false });
	let aheadMs = 0;
	/** @type {string[]} */
	const marks = [];
	try {
		for (const [index, rungs] of LADDERS.entries()) {
			const climbed = await climb(arena, rungs, { messages, aheadMs });
			({ aheadMs } = climbed);
			marks.push(...climbed.missed);
			await report({ progress: `${index + 1} of ${LADDERS.length} ladders` });
		}
		await arena.settle(RUNG_MS);
		await arena.quiet();
	} finally {
		await answerBy(arena, 'httpCallback');
		await arena.resetClocks();
	}
	/** @type {Violation[]} */
	const violations = [{ kind: 'rungs', what: `${marks.length} went other ways`, marks }];
	return { violations: marks.length > 0 ? violations : [] };
}

module.exports = {
	name: 'ladder',
	title: 'Feishu delivers every message five times within six hours, by connection and by HTTP',
	rules: { none: ['undecided', 'notAcknowledged'] },
	run,
	controls: [{ off: ['de-duplication'], violation: 'twice' }],
};
