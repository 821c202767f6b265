'use strict';
const { pause } = require('../../machine/signals.js');

const NEAREST_MS = 13;
const FARTHEST_MS = 6 * 3_600_000;
/** Repetitions that come sooner are waited for; for later ones the clocks are moved. */
const NEAR_MS = 3_000;
const SETTLE_MS = 60_000;
const AT_ONCE = 20;

/** Works through a list, some at once. */
async function each(list, work) {
	let next = 0;
	const worker = async () => {
		while (next < list.length) await work(list[next++]);
	};
	await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

/**
 * Every question is delivered 2 to 5 times, 13 ms to 6 h apart. `phases` say when the clocks are moved
 * on, and what happens to n8n before: `nothing`, `kill` or `restart`. The last one is after 6 h.
 */
async function run(arena, { messages, phases, settleMs = SETTLE_MS }, report) {
	const { people, random, system } = arena;
	await system.sandbox.call('PUT', '/limits', { enabled: false });
	const deliver = async ({ id }) =>
		await system.sandbox.call('POST', '/deliver', { messageId: id });
	const later = new Map(phases.map((phase) => [phase, []]));

	await each(Array.from({ length: messages }), async () => {
		const pauses = Array.from({ length: random.whole(1, 4) }, () =>
			random.scale(NEAREST_MS, FARTHEST_MS),
		);
		const message = await people.ask(people.conversation(), { times: random.whole(1, 2) });
		const soon = pauses.filter((ms) => ms <= NEAR_MS).sort((a, b) => a - b);
		for (const ms of pauses.filter((each) => each > NEAR_MS)) {
			later.get(phases.find(({ afterMs }) => ms <= afterMs)).push(message);
		}
		let waited = 0;
		for (const ms of soon) {
			await pause(ms - waited);
			waited = ms;
			await deliver(message);
		}
	});
	await arena.settle(settleMs);
	try {
		for (const phase of phases) {
			if (phase.before === 'kill') {
				await arena.kill();
				await arena.start();
			}
			if (phase.before === 'restart') await arena.restart();
			await arena.shiftClocks(phase.afterMs);
			await each(later.get(phase), deliver);
			await report({ progress: `${Math.round(phase.afterMs / 60_000)} min later` });
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
	control: { off: ['de-duplication'], violation: 'twice' },
};
