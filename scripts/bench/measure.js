'use strict';
const { pause } = require('../machine/signals.js');
const { figuresOf } = require('./figures.js');
const { again, followAnswers, servicesOf, write } = require('./messages.js');
const { untilAtRest, watch } = require('./usage.js');

/** @import { startSystem } from '../system/system.js' */
/** @import { Sent } from './load.js' */
/** @import { Message } from './messages.js' */
/** @import { Side } from './sides.js' */
/** @typedef {Awaited<ReturnType<typeof startSystem>>} System */
/**
 * @typedef {object} Load
 * @property {number} count of messages
 * @property {number} durationMs
 * @property {boolean} [allPlatforms] by turns, or else the first one of its side
 */
/** @typedef {Awaited<ReturnType<typeof measure>>} Measured */
/** @typedef {Awaited<ReturnType<typeof redeliver>>} Redelivered */

/**
 * An acknowledgement counts as the answer where it quotes the question, as the model stub does.
 *
 * @param {Message[]} messages
 * @param {Sent[]} sent
 * @returns {Map<string, number[]>}
 */
function answersInPlace(messages, sent) {
	const texts = new Map(messages.map(({ id, text }) => [id, text]));
	const good = sent.filter(
		({ id, status, text }) => status === 200 && text.includes(texts.get(id) ?? id),
	);
	return new Map(good.map(({ id, end = NaN }) => [id, [end]]));
}

/**
 * Sends messages evenly over `durationMs` and waits for what becomes of them; `expected` answers at most.
 *
 * @param {System} system
 * @param {Side} side
 * @param {Message[]} messages
 * @param {{ durationMs: number, expected: number }} load
 */
async function deliver(system, side, messages, { durationMs, expected }) {
	const { sandbox, n8n } = system;
	const answers = await followAnswers(sandbox, servicesOf(messages));
	const stop = watch(n8n.pid);
	const sent = await side.send(system, messages, durationMs);
	if (!side.answersInPlace) await answers.waitFor(expected);
	await untilAtRest(n8n.pid);
	const cpuSeconds = stop();
	await answers.read();
	const times = side.answersInPlace ? answersInPlace(messages, sent) : answers.times;
	return figuresOf({ sent, answers: times, cpuSeconds });
}

/**
 * Lets people write a load of messages and returns its figures (figures.js), and the messages. The model answers at
 * once: its own time is none.
 *
 * @param {System} system
 * @param {Side} side
 * @param {Load} load
 */
async function measure(system, side, { count, durationMs, allPlatforms = false }) {
	const platforms = side.platforms.slice(0, allPlatforms ? undefined : 1);
	const messages = await write(system.sandbox, platforms, count);
	const figures = await deliver(system, side, messages, { durationMs, expected: count });
	return { figures, messages };
}

/**
 * Delivers messages that were answered before once more: none of them must be answered again.
 *
 * @param {System} system
 * @param {Side} side
 * @param {Message[]} messages
 * @param {number} durationMs
 */
async function redeliver(system, side, messages, durationMs) {
	const repeated = await again(system.sandbox, messages);
	const figures = await deliver(system, side, repeated, { durationMs, expected: 0 });
	return { figures, answeredAgain: figures.count - figures.notAnswered };
}

/**
 * Processor milliseconds a second of an n8n that has nothing to do.
 *
 * @param {System} system
 * @param {number} seconds
 */
async function idle(system, seconds) {
	const stop = watch(system.n8n.pid);
	await pause(seconds * 1000);
	return (stop() * 1000) / seconds;
}

module.exports = { idle, measure, redeliver };
