'use strict';
const { pause } = require('../machine/signals.js');
const { check, fates } = require('./checker.js');
const { observe } = require('./observer.js');
const { createPeople, modelRules } = require('./people.js');
const { createRandom } = require('./random.js');
const { SEND_PATH } = require('./sendWorkflow.js');
const { readExecutions, readRows } = require('./store.js');

/** A second answer comes within this, if at all, once everything is settled and nothing runs. */
const QUIET_MS = 2_000;
const EVERY_MS = 500;

/**
 * After a crash n8n may fail its first start on an execution that had not quite begun (n8n-io/n8n
 * #22064), and takes a shorter way the next time: what supervises it starts it again.
 */
const STARTS = 3;

/**
 * A system in which things go wrong, and all that is known of it: the ground on which scenarios are
 * played, one after the other.
 *
 * @param {object} system as `startSystem` gives it
 * @param {{ seed: number, clock: object }} options `clock` of n8n, see clocks.js
 */
function createArena(system, { seed, clock }) {
	const { n8n, sandbox } = system;
	const numbers = { conversation: 0, question: 0, notification: 0 };
	const random = createRandom(seed);
	let observer;
	let messages;
	let lives;
	let extraDeliveries;

	const life = (startedAt, failedStarts = 0) => ({
		startedAt,
		readyAt: Date.now(),
		failedStarts,
	});

	/** @returns {Promise<number>} how many starts failed before */
	async function startAgain() {
		for (let failed = 0; ; failed += 1) {
			try {
				await n8n.start();
				return failed;
			} catch (error) {
				if (failed + 1 === STARTS) throw error;
			}
		}
	}

	async function history() {
		await observer.catchUp();
		const { deliveries, ...facts } = observer.facts;
		return {
			messages,
			...facts,
			deliveries: [...deliveries, ...extraDeliveries],
			rows: await readRows(n8n.api),
			lives,
		};
	}

	/** Acknowledged messages of which nothing is known yet, or that still wait. */
	function open(made) {
		return fates(made).filter(
			({ acknowledgedAt, state }) =>
				acknowledgedAt !== undefined && (state === 'none' || state === 'waiting'),
		);
	}

	async function anythingRuns() {
		const running = await n8n.api.executions('?limit=1&status=running').catch(() => []);
		return running.length > 0;
	}

	return {
		system,
		random,
		/** Starts a new scenario: nothing has been said or gone wrong yet. */
		async begin() {
			await observer?.close();
			await sandbox.call('POST', '/reset');
			await sandbox.call('PUT', '/model', { rules: modelRules });
			observer = await observe(sandbox);
			messages = [];
			extraDeliveries = [];
			lives = [life(Date.now())];
			this.people = createPeople({ sandbox, random, numbers, messages });
			this.onFact = observer.onFact;
			this.facts = observer.facts;
		},
		/** Another workflow hands requests to `deliver-message`; their keys are their marks. */
		async send(requests) {
			const at = Date.now();
			const response = await fetch(`${n8n.url}/webhook/${SEND_PATH}`, {
				method: 'POST',
				headers: { 'content-type': 'application/json' },
				body: JSON.stringify({ requests }),
			}).catch(() => undefined);
			const end = Date.now();
			for (const { key } of requests) {
				messages.push({ id: key, mark: key });
				extraDeliveries.push({ id: key, at, end, acknowledged: response?.status === 200 });
			}
		},
		nextNotification: () => ++numbers.notification,
		/** Kills n8n at once, as a crash would. */
		async kill() {
			lives.at(-1).killedAt = Date.now();
			await n8n.kill();
		},
		isDown: () => lives.at(-1).killedAt !== undefined,
		/** Waits until n8n is not down. */
		async up() {
			while (this.isDown()) await pause(100);
		},
		/** Starts n8n again on its data, and waits until it takes messages. */
		async start() {
			const startedAt = Date.now();
			const failedStarts = await startAgain();
			lives.push(life(startedAt, failedStarts));
		},
		/** A message that is not answered with its own words is not the checker's. */
		forget(message) {
			messages.splice(messages.indexOf(message), 1);
		},
		/** From now on it is so much later, for n8n and for the platforms. */
		async shiftClocks(aheadMs) {
			await sandbox.call('PUT', '/clock', { offsetMs: aheadMs });
			await clock.set(aheadMs);
		},
		/** Back to this machine's time: no running process is made to see its clock go back. */
		async resetClocks() {
			await n8n.stop();
			await sandbox.call('PUT', '/clock', { offsetMs: 0 });
			await clock.set(0);
			await n8n.start();
		},
		/** Stops n8n as an operator does, and starts it again. */
		async restart() {
			await n8n.stop();
			await this.start();
		},
		history,
		progress() {
			const all = [...observer.facts.deliveries, ...extraDeliveries];
			const acknowledged = all.filter((each) => each.acknowledged);
			return {
				written: messages.length,
				acknowledged: new Set(acknowledged.map(({ id }) => id)).size,
				answers: observer.facts.answers.length,
			};
		},
		/** Waits until every acknowledged message is settled, `limitMs` at most. */
		async settle(limitMs) {
			const limit = Date.now() + limitMs;
			while (open(await history()).length > 0 && Date.now() < limit) await pause(EVERY_MS);
		},
		/** Waits until nothing runs any more, and an answer too many would have come. */
		async quiet(limitMs = 30_000) {
			const limit = Date.now() + limitMs;
			while ((await anythingRuns()) && Date.now() < limit) await pause(EVERY_MS);
			await pause(QUIET_MS);
		},
		/** The checker's opinion of what has happened so far. */
		async judge(rules) {
			return check(await history(), rules);
		},
		/** All that is known of some messages, for whoever looks for the cause. */
		async evidence(marks) {
			const made = await history();
			const about = (list) =>
				list.filter((each) => each.marks.some((mark) => marks.includes(mark)));
			return {
				fates: fates(made).filter(({ message }) => marks.includes(message.mark)),
				calls: about(made.calls),
				executions: about(await readExecutions(n8n.api)),
				lives,
			};
		},
		close: async () => await observer?.close(),
	};
}

module.exports = { createArena };
