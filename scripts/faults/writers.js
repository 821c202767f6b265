'use strict';
const { pause } = require('../machine/signals.js');
const { BOTS } = require('./connections.js');

/** @import { Message } from './arena.js' */
/** @import { Stage } from './troubles.js' */

const CONVERSATIONS = 60;
/** Share of the people who write while there is no connection. */
const STILL_WRITE = 0.3;
/** So many of those that were answered come once more after each trouble. */
const REPEATED = 5;
/** After a restart a workflow knows its newest 16,384 messages (docs/nodes.md): these are well among them. */
const KNOWN = 4_000;

/** Those who write to one platform's bot. */
class Writers {
	/** @type {Message[]} */
	asked = [];
	#stage;
	#thinkMs;
	#chats;

	/**
	 * @param {Stage} stage
	 * @param {string} platform
	 * @param {number} thinkMs how long the model takes for each question
	 */
	constructor(stage, platform, thinkMs) {
		this.#stage = stage;
		this.#thinkMs = thinkMs;
		this.platform = platform;
		const bot = BOTS[/** @type {keyof typeof BOTS} */ (platform)];
		this.#chats = Array.from({ length: CONVERSATIONS }, () =>
			stage.arena.people.conversation(platform, bot),
		);
	}

	/**
	 * `count` questions, spread over a time; ends when each was delivered or refused once. What DingTalk could
	 * not deliver it forgets, and would be no test: most people wait for a connection.
	 *
	 * @param {number} count
	 * @param {number} withinMs
	 */
	async write(count, withinMs) {
		const { people, random } = this.#stage.arena;
		await Promise.all(
			Array.from({ length: count }, async (_, index) => {
				await pause((withinMs * (index + random.between(0, 1))) / count);
				if (!random.chance(STILL_WRITE)) await this.#stage.live(this.platform);
				this.asked.push(await people.ask(random.pick(this.#chats), { thinkMs: this.#thinkMs }));
			}),
		);
	}

	/**
	 * The platform delivers some of its messages once more that were answered. Returns their marks.
	 *
	 * @returns {Promise<string[]>}
	 */
	async repeat() {
		const { facts, random, system } = this.#stage.arena;
		const answered = new Set(facts.answers.flatMap(({ marks }) => marks));
		const known = this.asked.slice(-KNOWN).filter(({ mark }) => answered.has(mark));
		const chosen = Array.from({ length: known.length > 0 ? REPEATED : 0 }, () =>
			random.pick(known),
		);
		for (const { id: messageId } of chosen) {
			await system.sandbox.call('POST', '/deliver', { messageId, by: 'stream' });
		}
		return chosen.map(({ mark }) => mark);
	}
}

module.exports = { Writers };
