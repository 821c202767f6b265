'use strict';
const { pause } = require('../../machine/signals.js');

/** @import { Arena } from '../arena.js' */
/** @import { Report } from '../scenarios.js' */

/** People who write at the same time. */
const AT_ONCE = 60;
const SETTLE_MS = 120_000;
/** Shorter than most turns: while the bot answers one question, the next ones arrive. */
const PAUSE_MS = 200;

/**
 * People write one question after the other, without waiting for answers.
 *
 * @param {Arena} arena
 * @param {{ conversations: number, messages: number, settleMs?: number }} scale
 * @param {Report} report
 */
async function run(arena, { conversations, messages, settleMs = SETTLE_MS }, report) {
	const { people, random, system } = arena;
	// So many conversations at once are more than the platforms let one bot answer.
	await system.sandbox.call('PUT', '/limits', { enabled: false });
	let next = 0;
	const write = async () => {
		while (next < conversations) {
			next += 1;
			const chat = people.conversation();
			for (let question = 0; question < messages; question++) {
				await people.ask(chat, { thinkMs: random.pick([150, 400, 1_200]) });
				await pause(random.between(0, PAUSE_MS));
			}
			if (next % AT_ONCE === 0) await report({ progress: `${next} of ${conversations} people` });
		}
	};
	await Promise.all(Array.from({ length: AT_ONCE }, write));
	await arena.settle(settleMs);
	await arena.quiet();
}

module.exports = {
	name: 'order',
	title: 'Questions come faster than answers',
	rules: { none: ['inversions'], turnsEndWith: 'answer' },
	run,
	controls: [{ off: ['turns'], violation: 'overlaps' }],
};
