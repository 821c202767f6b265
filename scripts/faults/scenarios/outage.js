'use strict';
const { pause } = require('../../machine/signals.js');

/** @import { Arena } from '../arena.js' */
/** @import { Report } from '../scenarios.js' */

/** How the answering calls of the platforms, and the model, go wrong: one after the other. */
const TROUBLES = [
	{ status: 429, headers: { 'retry-after': '2' } },
	{ status: 500 },
	{ cut: true },
	// The platform has taken the message, and its answer is lost on the way.
	{ cut: true, after: true },
	{ hang: true },
];
const CALLS = [
	{ service: 'dingtalk', kind: 'reply' },
	{ service: 'feishu', kind: 'reply' },
	{ service: 'wecom', kind: 'send' },
	{ service: 'wecom', kind: 'reply' },
	{ service: 'model', kind: 'chat' },
];
const EVERY_MS = 1_000;
/** The deadline of an answer, and a little to see by how much it was missed. */
const SETTLE_MS = 11 * 60_000;

/**
 * The platforms and the model fail for `seconds`, while people write `messages` questions. Those that
 * hang are waited for up to two minutes: `hang: false` leaves that out.
 *
 * @param {Arena} arena
 * @param {{ seconds: number, messages: number, hang?: boolean, settleMs?: number }} scale
 * @param {Report} report
 */
async function run(arena, { seconds, messages, hang = true, settleMs = SETTLE_MS }, report) {
	const troubles = TROUBLES.filter((trouble) => hang || !trouble.hang);
	const { people, random, system } = arena;
	const { sandbox } = system;
	const asking = Promise.all(
		Array.from({ length: messages }, async () => {
			await pause(random.between(0, seconds * 1000));
			await people.ask(people.conversation(), { thinkMs: 50 });
		}),
	);
	for (const trouble of troubles) {
		await sandbox.call('DELETE', '/faults');
		for (const call of CALLS) {
			// A model that has done the work and not said so is asked again: nothing was repeated.
			await sandbox.call('POST', '/faults', { ...call, times: -1, ...trouble });
		}
		const until = Date.now() + (seconds * 1000) / troubles.length;
		while (Date.now() < until) await pause(EVERY_MS);
		await report({ progress: `trouble: ${JSON.stringify(trouble)}` });
	}
	await asking;
	// A busy n8n tries the last ones late: they are to meet trouble, too.
	await arena.quiet();
	await sandbox.call('DELETE', '/faults');
	await arena.settle(settleMs);
	await arena.quiet();
}

module.exports = {
	name: 'outage',
	title: 'Platforms and model answer 429, 500, nothing, and cut',
	rules: { none: ['dead', 'uncertain'], deadlineMs: 10 * 60_000 },
	run,
	controls: [{ off: ['retries'], violation: 'waiting' }],
};
