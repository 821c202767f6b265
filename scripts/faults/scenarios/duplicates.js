'use strict';
const { pause } = require('../../machine/signals.js');

/** @import { Arena } from '../arena.js' */
/** @import { Report } from '../scenarios.js' */
/** @import { Message } from '../arena.js' */
/** @typedef {{ afterMs: number, before: 'nothing' | 'kill' | 'restart' }} Phase what happens to n8n before the clocks are moved on */

const NEAREST_MS = 13;
const FARTHEST_MS = 6 * 3_600_000;
/** Repetitions that come sooner are waited for; for later ones the clocks are moved. */
const NEAR_MS = 3_000;
const SETTLE_MS = 60_000;
const AT_ONCE = 20;

/**
 * Works through a list, some at once.
 *
 * @template T
 * @param {T[]} list
 * @param {(value: T) => Promise<unknown>} work
 */
async function each(list, work) {
	// The workers share one iterator: each takes what is next.
	const values = list.values();
	const worker = async () => {
		for (const value of values) await work(value);
	};
	await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

/**
 * Somebody asks a question, which is delivered again as often as there are pauses. Those that are short
 * are waited for; which phase delivers the others, `later` notes.
 *
 * @param {Arena} arena
 * @param {Map<Phase, Message[]>} later
 */
async function askOften({ people, random, system }, later) {
	const pauses = Array.from({ length: random.whole(1, 4) }, () =>
		random.scale(NEAREST_MS, FARTHEST_MS),
	);
	const message = await people.ask(people.conversation(), { times: random.whole(1, 2) });
	for (const ms of pauses.filter((each) => each > NEAR_MS)) {
		const [, messages] = [...later].find(([{ afterMs }]) => ms <= afterMs) ?? [];
		messages?.push(message);
	}
	let waited = 0;
	for (const ms of pauses.filter((each) => each <= NEAR_MS).sort((a, b) => a - b)) {
		await pause(ms - waited);
		waited = ms;
		await system.sandbox.call('POST', '/deliver', { messageId: message.id });
	}
}

/**
 * Every question is delivered 2 to 5 times, 13 ms to 6 h apart. The last of the phases is after 6 h.
 *
 * @param {Arena} arena
 * @param {{ messages: number, phases: Phase[], settleMs?: number }} scale
 * @param {Report} report
 */
async function run(arena, { messages, phases, settleMs = SETTLE_MS }, report) {
	const { sandbox } = arena.system;
	await sandbox.call('PUT', '/limits', { enabled: false });
	/** @type {Map<Phase, Message[]>} */
	const later = new Map(phases.map((phase) => [phase, []]));
	await each(Array.from({ length: messages }), async () => await askOften(arena, later));
	await arena.settle(settleMs);
	try {
		for (const [{ afterMs, before }, due] of later) {
			if (before === 'kill') {
				await arena.kill();
				await arena.start();
			}
			if (before === 'restart') await arena.restart();
			await arena.shiftClocks(afterMs);
			await each(due, async ({ id }) => await sandbox.call('POST', '/deliver', { messageId: id }));
			await report({ progress: `${Math.round(afterMs / 60_000)} min later` });
		}
		await arena.settle(settleMs);
		await arena.quiet();
	} finally {
		await arena.resetClocks();
	}
}

module.exports = {
	name: 'duplicates',
	title: 'Every message is delivered 2 to 5 times, 13 ms to 6 h apart',
	rules: {},
	run,
	controls: [{ off: ['de-duplication'], violation: 'twice' }],
};
