'use strict';
const { pause } = require('../../machine/signals.js');
const { stages } = require('../stages.js');

/** @import { Arena } from '../arena.js' */
/** @import { Report } from '../scenarios.js' */
/** @import { Told } from '../facts.js' */

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

/**
 * Waits for the next fact for which `holds`, as long as a wave at most.
 *
 * @param {Arena} arena
 * @param {(told: Told) => unknown} holds
 */
async function fact(arena, holds) {
	await new Promise((resolve) => {
		const done = () => {
			clearTimeout(timer);
			forget();
			resolve(undefined);
		};
		const timer = setTimeout(done, WAVE_MS);
		const forget = arena.onFact((told) => {
			if (holds(told)) done();
		});
	});
}

/** @param {Told} told */
const acknowledged = ({ delivery }) => delivery?.acknowledged;

/**
 * @typedef {object} Wave of `count` questions
 * @property {number} count
 * @property {boolean} mayRepeat
 * @property {number} settleMs
 * @property {string[]} [moments] the kill comes at one of these; at any of `MOMENTS` when left out
 * @property {number} [thinkMs] how long the model thinks about each; see `people.ask`
 */

/** People who write in waves, and those who wait for the next question of one. */
class Crowd {
	/** @type {(() => void)[]} */
	#waiting = [];
	#arena;
	#chats;

	/** @param {Arena} arena */
	constructor(arena) {
		this.#arena = arena;
		this.#chats = Array.from({ length: CONVERSATIONS }, () => arena.people.conversation());
	}

	/** Waits until somebody has just begun to ask, as long as a wave at most. */
	async nextAsked() {
		await new Promise((resolve) => {
			this.#waiting.push(() => resolve(undefined));
			setTimeout(resolve, WAVE_MS);
		});
		await pause(this.#arena.random.between(0, 15));
	}

	/**
	 * Lets people write `count` questions within the wave; ends when all were delivered or refused. While
	 * n8n is down most of them wait: what DingTalk could not deliver it forgets, and would be no test.
	 *
	 * @param {number} count
	 * @param {number} [thinkMs] how long the model thinks about each; see `people.ask`
	 */
	async wave(count, thinkMs) {
		const { people, random } = this.#arena;
		await Promise.all(
			Array.from({ length: count }, async () => {
				await pause(random.between(0, WAVE_MS));
				while (this.#arena.isDown() && !random.chance(STILL_WRITE)) await this.#arena.up();
				const asked = people.ask(random.pick(this.#chats), { thinkMs });
				for (const tell of this.#waiting.splice(0)) tell();
				await asked;
			}),
		);
	}
}

/**
 * The moments to kill at, each counted from one that is random by itself.
 *
 * @type {{ name: string, wait: (arena: Arena, crowd: Crowd) => Promise<void> }[]}
 */
const MOMENTS = [
	{ name: 'at random', wait: async () => {} },
	{ name: 'before acknowledgement', wait: async (_, crowd) => await crowd.nextAsked() },
	{ name: 'after acknowledgement', wait: async (arena) => await fact(arena, acknowledged) },
	{
		name: 'during the model',
		async wait(arena) {
			await fact(arena, acknowledged);
			await pause(arena.random.between(5, 300));
		},
	},
	{ name: 'after the send', wait: async (arena) => await fact(arena, ({ answer }) => answer) },
];

/**
 * One wave in which n8n is killed, and now and then once more while it recovers. Returns the moments.
 *
 * @param {Arena} arena
 * @param {Crowd} crowd
 * @param {Wave} wave
 */
async function killOnce(arena, crowd, { count, mayRepeat, settleMs, moments: named, thinkMs }) {
	const { random } = arena;
	const asking = crowd.wave(count, thinkMs);
	const moment = random.pick(MOMENTS.filter(({ name }) => named?.includes(name) ?? true));
	const moments = [moment.name];
	await pause(random.between(200, WAVE_MS * 0.8));
	await moment.wait(arena, crowd);
	await arena.kill();
	await arena.start();
	if (mayRepeat && random.chance(AGAIN)) {
		await pause(random.between(0, 3_000));
		await arena.kill();
		moments.push('while it recovers');
		await arena.start();
		await crowd.wave(count, thinkMs);
	}
	await asking;
	await arena.settle(settleMs);
	return moments;
}

/**
 * What the kills hit: their moments, and the stages in which messages were.
 *
 * @param {Arena} arena
 * @param {string[]} chosen
 */
async function hits(arena, chosen) {
	const history = await arena.history();
	const failedStarts = history.lives.reduce((sum, life) => sum + (life.failedStarts ?? 0), 0);
	return { moments: tally(chosen), stages: stages(history), failedStarts };
}

/**
 * n8n is killed `kills` times while people write `messages` questions to all bots; the platforms
 * deliver again what was not acknowledged. After each kill everything is to be settled within a minute.
 *
 * @param {Arena} arena
 * @param {{ kills: number, messages: number, minutes: number } & Partial<Wave>} scale
 * @param {Report} report
 */
async function run(arena, { kills, messages, minutes, settleMs = SETTLE_MS, ...wave }, report) {
	await arena.system.sandbox.call('PUT', '/clock', { scheduleScale: SCHEDULE });
	const crowd = new Crowd(arena);
	/** @type {string[]} */
	const chosen = [];
	/** @param {number} done */
	const askedBy = (done) => Math.round((messages * done) / kills);
	const limit = Date.now() + minutes * 60_000;
	while (chosen.length < kills && Date.now() < limit) {
		const done = chosen.length;
		const count = askedBy(done + 1) - askedBy(done);
		const mayRepeat = done + 1 < kills;
		chosen.push(...(await killOnce(arena, crowd, { ...wave, count, mayRepeat, settleMs })));
		const progress = `${chosen.length} of ${kills} kills`;
		await report({ progress, told: await hits(arena, chosen) });
	}
	await arena.quiet();
	const missing = kills - chosen.length;
	const what = `${missing} kills short after ${minutes} min`;
	const violations = missing > 0 ? [{ kind: 'unfinished', what, marks: [] }] : [];
	return { ...(await hits(arena, chosen)), violations };
}

/** @param {string[]} names */
function tally(names) {
	/** @type {Record<string, number>} */
	const found = {};
	for (const name of names) found[name] = (found[name] ?? 0) + 1;
	return found;
}

module.exports = {
	name: 'kill',
	title: 'n8n is killed at random moments',
	rules: {},
	run,
	controls: [{ off: ['recovery'], violation: 'lost' }],
};
