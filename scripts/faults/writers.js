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

/** Those who write to one platform's bot. */
class Writers {
	/** @type {Message[]} */
	asked = [];
	#stage;
	#chats;

	/**
	 * @param {Stage} stage
	 * @param {string} platform
	 */
	constructor(stage, platform) {
		this.#stage = stage;
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
				this.asked.push(await people.ask(random.pick(this.#chats), { thinkMs: 50 }));
			}),
		);
	}

	/** The platform delivers some of its messages once more. */
	async repeat() {
		const { random, system } = this.#stage.arena;
		for (let count = 0; count < REPEATED && this.asked.length > 0; count += 1) {
			const { id: messageId } = random.pick(this.asked);
			await system.sandbox.call('POST', '/deliver', { messageId, by: 'stream' });
		}
	}
}

module.exports = { Writers };
