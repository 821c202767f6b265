'use strict';
const { pause } = require('../../machine/signals.js');
const { stages } = require('../stages.js');

/** WeCom tries three times within seconds, Feishu after 15 s, 5 min …: so that both outlast a restart. */
const SCHEDULE = { wecom: 4, 'wecom-aibot': 4, feishu: 0.3 };
const WAVE_MS = 5_000;
const CONVERSATIONS = 140;
/** A minute to drain and some to see by how much it took longer. */
const SETTLE_MS = 75_000;
/** Share of the people who write while n8n is down. */
const STILL_WRITE = 0.3;
/** Some kills come while n8n still makes up for the one before. */
const AGAIN = 0.15;

/** Waits for the next fact for which `holds`, `limitMs` at most. */
async function fact(arena, holds, limitMs) {
	await new Promise((resolve) => {
		const timer = setTimeout(done, limitMs);
		const forget = arena.onFact((told) => holds(told) && done());
		function done() {
			clearTimeout(timer);
			forget();
			resolve();
		}
	});
}

const acknowledged = ({ delivery }) => delivery?.acknowledged;

/** The moments to kill at, each counted from one that is random by itself. */
const MOMENTS = [
	{ name: 'at random', wait: async () => {} },
	{ name: 'before acknowledgement', wait: async (arena) => await arena.nextAsked() },
	{
		name: 'after acknowledgement',
		wait: async (arena) => await fact(arena, acknowledged, WAVE_MS),
	},
	{
		name: 'during the model',
		async wait(arena) {
			await fact(arena, acknowledged, WAVE_MS);
			await pause(arena.random.between(5, 300));
		},
	},
	{
		name: 'after the send',
		wait: async (arena) => await fact(arena, ({ answer }) => answer, WAVE_MS),
	},
];

/**
 * Lets people write `count` questions within the wave; ends when all were delivered or refused. While
 * n8n is down most of them wait: what DingTalk could not deliver it forgets, and would be no test.
 */
async function wave(arena, chats, count) {
	await Promise.all(
		Array.from({ length: count }, async () => {
			await pause(arena.random.between(0, WAVE_MS));
			while (arena.isDown() && !arena.random.chance(STILL_WRITE)) await arena.up();
			const asked = arena.people.ask(arena.random.pick(chats));
			for (const resolve of arena.waiting.splice(0)) resolve();
			await asked;
		}),
	);
}

/**
 * n8n is killed `kills` times while people write `messages` questions to all bots; the platforms
 * deliver again what was not acknowledged. After each kill everything is to be settled within a minute.
 *
 * @param {(result: object) => void} report is told the state after each kill
 */
async function run(arena, { kills, messages, minutes, settleMs = SETTLE_MS }, report) {
	const { random, system } = arena;
	await system.sandbox.call('PUT', '/clock', { scheduleScale: SCHEDULE });
	const chats = Array.from({ length: CONVERSATIONS }, () => arena.people.conversation());
	arena.waiting = [];
	arena.nextAsked = async () => {
		await new Promise((resolve) => {
			arena.waiting.push(resolve);
			setTimeout(resolve, WAVE_MS);
		});
		await pause(random.between(0, 15));
	};
	const chosen = [];
	const told = async () => {
		const history = await arena.history();
		const failedStarts = history.lives.reduce((sum, life) => sum + (life.failedStarts ?? 0), 0);
		return { moments: tally(chosen), stages: stages(history), failedStarts };
	};
	let done = 0;
	const limit = Date.now() + minutes * 60_000;
	while (done < kills && Date.now() < limit) {
		const share =
			Math.round((messages * (done + 1)) / kills) - Math.round((messages * done) / kills);
		const asking = wave(arena, chats, share);
		const moment = random.pick(MOMENTS);
		await pause(random.between(200, WAVE_MS * 0.8));
		await moment.wait(arena);
		await arena.kill();
		chosen.push(moment.name);
		done += 1;
		await arena.start();
		if (done < kills && random.chance(AGAIN)) {
			await pause(random.between(0, 3_000));
			await arena.kill();
			chosen.push('while it recovers');
			done += 1;
			await arena.start();
			await wave(arena, chats, share);
		}
		await asking;
		await arena.settle(settleMs);
		await report({ progress: `${done} of ${kills} kills`, told: await told() });
	}
	await arena.quiet();
	const missing = kills - done;
	const violations =
		missing > 0
			? [{ kind: 'unfinished', what: `${missing} kills short after ${minutes} min`, marks: [] }]
			: [];
	return { ...(await told()), violations };
}

function tally(names) {
	const found = {};
	for (const name of names) found[name] = (found[name] ?? 0) + 1;
	return found;
}

module.exports = {
	name: 'kill',
	title: 'n8n is killed at random moments',
	rules: {},
	run,
	control: { off: ['recovery'], violation: 'lost' },
};
