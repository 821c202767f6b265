'use strict';
const { pause } = require('../machine/signals.js');
const { throughDoor } = require('../workflows/door.js');
const { check } = require('./checker.js');
const { fates } = require('./fates.js');
const { observe } = require('./observer.js');
const { createPeople, modelRules } = require('./people.js');
const { createRandom } = require('./random.js');
const { readExecutions, readRows } = require('./store.js');

/** @import { startSystem } from '../system/system.js' */
/** @import { History, Rules, Verdict } from './checker.js' */
/** @import { ClockFile } from './clocks.js' */
/** @import { Delivery, Told } from './facts.js' */
/** @import { Observer } from './observer.js' */
/** @import { People } from './people.js' */

/**
 * @typedef {object} Message what was written to a bot, or handed in to be sent
 * @property {string} id
 * @property {string} mark
 * @property {string} [conversation] messages without one have no order
 */
/**
 * @typedef {object} Life of n8n, from a start on; times are ms since 1970
 * @property {number} startedAt
 * @property {number} readyAt
 * @property {number} [failedStarts]
 * @property {number} [killedAt]
 */

/** A second answer comes within this, if at all, once everything is settled and nothing runs. */
const QUIET_MS = 2_000;
const EVERY_MS = 500;

/** The bundled workflow to which others hand what is to be sent. */
const DELIVER = 'clawbotDeliver1';

/**
 * After a crash n8n may fail its first start on an execution that had not quite begun (n8n-io/n8n
 * #22064), and takes a shorter way the next time: what supervises it starts it again.
 */
const STARTS = 3;

/**
 * A system in which things go wrong, and all that is known of it: the ground on which scenarios are
 * played, one after the other. Each begins with `begin`.
 */
class Arena {
	/** Of the last conversation, question and notification. */
	#numbers = { conversation: 0, question: 0, notification: 0 };
	/** @type {Observer | undefined} */
	#observer;
	/** @type {People | undefined} */
	#people;
	/** @type {Message[]} */
	#messages = [];
	/** @type {Life[]} */
	#lives = [];
	/** Of notifications, which no platform delivers. @type {Delivery[]} */
	#notifications = [];
	#clock;

	/**
	 * @param {Awaited<ReturnType<typeof startSystem>>} system
	 * @param {{ seed: number, clock: ClockFile }} options `clock` of n8n
	 */
	constructor(system, { seed, clock }) {
		this.system = system;
		this.random = createRandom(seed);
		this.#clock = clock;
	}

	get #seen() {
		if (!this.#observer) throw new Error('no scenario has begun');
		return this.#observer;
	}

	get #life() {
		return /** @type {Life} */ (this.#lives.at(-1));
	}

	/** What has been seen so far. */
	get facts() {
		return this.#seen.facts;
	}

	/** Those who write to the bots. */
	get people() {
		if (!this.#people) throw new Error('no scenario has begun');
		return this.#people;
	}

	/**
	 * Tells a listener what is seen, at once. Returns how to end that.
	 *
	 * @param {(told: Told) => void} listener
	 */
	onFact(listener) {
		return this.#seen.onFact(listener);
	}

	/** Starts a new scenario: nothing has been said or gone wrong yet. */
	async begin() {
		const { sandbox } = this.system;
		await this.close();
		await sandbox.call('POST', '/reset');
		await sandbox.call('PUT', '/model', { rules: modelRules });
		this.#observer = await observe(sandbox);
		this.#messages = [];
		this.#notifications = [];
		this.#lives = [{ startedAt: Date.now(), readyAt: Date.now() }];
		this.#people = createPeople({
			sandbox,
			random: this.random,
			numbers: this.#numbers,
			messages: this.#messages,
		});
	}

	async close() {
		await this.#observer?.close();
	}

	/**
	 * Another workflow hands requests to `deliver-message`; their keys are their marks.
	 *
	 * @param {{ key: string, [field: string]: unknown }[]} requests
	 */
	async send(requests) {
		const at = Date.now();
		const { url } = this.system.n8n;
		const response = await throughDoor(url, DELIVER, requests).catch(() => undefined);
		const end = Date.now();
		for (const { key } of requests) {
			this.#messages.push({ id: key, mark: key });
			this.#notifications.push({ id: key, at, end, acknowledged: response?.status === 200 });
		}
	}

	nextNotification() {
		return ++this.#numbers.notification;
	}

	/**
	 * A message that is not answered with its own words is not the checker's.
	 *
	 * @param {Message} message
	 */
	forget(message) {
		this.#messages.splice(this.#messages.indexOf(message), 1);
	}

	/** Kills n8n at once, as a crash would. */
	async kill() {
		this.#life.killedAt = Date.now();
		await this.system.n8n.kill();
	}

	isDown() {
		return this.#life.killedAt !== undefined;
	}

	/** Waits until n8n is not down. */
	async up() {
		while (this.isDown()) await pause(100);
	}

	/** Starts n8n again on its data, and waits until it takes messages. */
	async start() {
		const startedAt = Date.now();
		const failedStarts = await this.#startAgain();
		this.#lives.push({ startedAt, readyAt: Date.now(), failedStarts });
	}

	/** Returns how many starts failed before. */
	async #startAgain() {
		for (let failed = 0; ; failed += 1) {
			try {
				await this.system.n8n.start();
				return failed;
			} catch (error) {
				if (failed + 1 === STARTS) throw error;
			}
		}
	}

	/** Stops n8n as an operator does, and starts it again. */
	async restart() {
		await this.system.n8n.stop();
		await this.start();
	}

	/**
	 * From now on it is so much later, for n8n and for the platforms.
	 *
	 * @param {number} aheadMs
	 */
	async shiftClocks(aheadMs) {
		await this.system.sandbox.call('PUT', '/clock', { offsetMs: aheadMs });
		await this.#clock.set(aheadMs);
	}

	/** Back to this machine's time: no running process is made to see its clock go back. */
	async resetClocks() {
		await this.system.n8n.stop();
		await this.shiftClocks(0);
		await this.system.n8n.start();
	}

	/** `facts` are up to now. */
	async catchUp() {
		await this.#seen.catchUp();
	}

	/** Everything up to now. @returns {Promise<History>} */
	async history() {
		await this.catchUp();
		const { deliveries, calls, answers, robotCalls, links } = this.facts;
		return {
			messages: this.#messages,
			deliveries: [...deliveries, ...this.#notifications],
			calls,
			answers,
			robotCalls,
			rows: await readRows(this.system.n8n.api),
			links,
			lives: this.#lives,
		};
	}

	progress() {
		const { deliveries, answers } = this.facts;
		const acknowledged = [...deliveries, ...this.#notifications].filter(
			(delivery) => delivery.acknowledged,
		);
		return {
			written: this.#messages.length,
			acknowledged: new Set(acknowledged.map(({ id }) => id)).size,
			answers: answers.length,
		};
	}

	/** Whether nothing is known yet of an acknowledged message, or it still waits. */
	async #isOpen() {
		return fates(await this.history()).some(
			({ acknowledgedAt, state }) =>
				acknowledgedAt !== undefined && ['none', 'waiting'].includes(state),
		);
	}

	async #anythingRuns() {
		const { api } = this.system.n8n;
		const running = await api.executions('?limit=1&status=running').catch(() => []);
		return running.length > 0;
	}

	/**
	 * Waits until every acknowledged message is settled, `limitMs` at most.
	 *
	 * @param {number} limitMs
	 */
	async settle(limitMs) {
		const limit = Date.now() + limitMs;
		while ((await this.#isOpen()) && Date.now() < limit) await pause(EVERY_MS);
	}

	/** Waits until nothing runs any more, and an answer too many would have come. */
	async quiet(limitMs = 30_000) {
		const limit = Date.now() + limitMs;
		while ((await this.#anythingRuns()) && Date.now() < limit) await pause(EVERY_MS);
		await pause(QUIET_MS);
	}

	/**
	 * The checker's opinion of what has happened so far.
	 *
	 * @param {Rules} rules
	 * @param {{ goesOn: boolean }} state whether more is to come
	 * @returns {Promise<Verdict>}
	 */
	async judge(rules, { goesOn }) {
		const seenAt = goesOn ? Date.now() : undefined;
		return check({ ...(await this.history()), seenAt }, rules);
	}

	/**
	 * All that is known of some messages, for whoever looks for the cause.
	 *
	 * @param {string[]} marks
	 */
	async evidence(marks) {
		const made = await this.history();
		/**
		 * @template {{ marks: string[] }} T
		 * @param {T[]} list
		 */
		const about = (list) => list.filter((each) => each.marks.some((mark) => marks.includes(mark)));
		return {
			fates: fates(made).filter(({ message }) => marks.includes(message.mark)),
			calls: about(made.calls),
			executions: about(await readExecutions(this.system.n8n.api)),
			lives: made.lives,
		};
	}
}

module.exports = { Arena, DELIVER };
