'use strict';
const { pause } = require('../machine/signals.js');
const { figuresOf, schedule } = require('./figures.js');
const { sendAll } = require('./load.js');
const { again, followAnswers, write } = require('./messages.js');
const { untilAtRest, usageOf, watch } = require('./usage.js');

/** @import { startSystem } from '../system/system.js' */
/** @import { Sent } from './load.js' */
/** @import { Message } from './messages.js' */
/** @typedef {Awaited<ReturnType<typeof startSystem>>} System */
/** @typedef {{ answersInPlace: boolean, urls: (n8nUrl: string) => Record<string, string> }} Side of the comparison */
/** @typedef {{ count: number, durationMs: number, platforms?: string[], modelDelayMs?: number }} Load */
/** @typedef {Awaited<ReturnType<typeof measure>>} Measured */
/** @typedef {Awaited<ReturnType<typeof redeliver>>} Redelivered */

const ALL_PLATFORMS = ['dingtalk', 'feishu', 'wecom'];

/**
 * A side of the comparison: where it takes messages in, and whether it answers in its acknowledgement
 * or by a request to the platform.
 *
 * @type {Side}
 */
const floor = {
	answersInPlace: true,
	urls: (n8nUrl) => ({ dingtalk: `${n8nUrl}/webhook/clawbot-bench-floor` }),
};

/**
 * One of our workflows, whose triggers have `suffix` at the end of their webhook ids.
 *
 * @returns {Side}
 */
const ours = (suffix = '') => ({
	answersInPlace: false,
	urls: (n8nUrl) =>
		Object.fromEntries(
			ALL_PLATFORMS.map((platform) => [
				platform,
				`${n8nUrl}/webhook/clawbot-answer-${platform}${suffix}/webhook`,
			]),
		),
});

/**
 * @param {Message[]} messages
 * @param {Record<string, string>} urls by platform
 * @param {number} durationMs
 */
function requestsFor(messages, urls, durationMs) {
	const times = schedule(messages.length, durationMs);
	return messages.map(({ id, platform, query, headers, body }, index) => {
		const url = new URL(urls[platform] ?? '');
		for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
		return { id, url: url.href, headers, body, afterMs: times[index] ?? 0 };
	});
}

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
	return new Map(good.map(({ id, end }) => [id, [end]]));
}

/**
 * Sends messages evenly over `durationMs` and waits for what becomes of them; `expected` answers at most.
 *
 * @param {System} system
 * @param {Side} side
 * @param {Message[]} messages
 * @param {{ durationMs: number, modelDelayMs?: number, expected: number }} load
 */
async function deliver(
	{ sandbox, n8n },
	side,
	messages,
	{ durationMs, modelDelayMs = 0, expected },
) {
	const platforms = [...new Set(messages.map(({ platform }) => platform))];
	const answers = await followAnswers(sandbox, platforms);
	const stop = watch(n8n.pid);
	const sent = await sendAll(requestsFor(messages, side.urls(n8n.url), durationMs));
	if (!side.answersInPlace) await answers.waitFor(expected);
	await untilAtRest(n8n.pid);
	const usage = stop();
	await answers.read();
	const times = side.answersInPlace ? answersInPlace(messages, sent) : answers.times;
	return figuresOf({ sent, answers: times, durationMs, modelDelayMs, usage });
}

/**
 * Lets people write a load of messages and returns its figures (figures.js), and the messages.
 *
 * @param {System} system
 * @param {Side} side `floor` or `ours()`
 * @param {Load} load
 */
async function measure(
	system,
	side,
	{ count, durationMs, platforms = ['dingtalk'], modelDelayMs = 0 },
) {
	await system.sandbox.call('PUT', '/model', { delayMs: modelDelayMs });
	const messages = await write(system.sandbox, platforms, count);
	const figures = await deliver(system, side, messages, {
		durationMs,
		modelDelayMs,
		expected: count,
	});
	return { ...figures, messages };
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
	return { ...figures, answeredAgain: figures.count - figures.notAnswered };
}

/**
 * Processor milliseconds a second of an n8n that has nothing to do.
 *
 * @param {System} system
 * @param {number} seconds
 */
async function idle(system, seconds) {
	const before = usageOf(system.n8n.pid).cpu;
	await pause(seconds * 1000);
	return ((usageOf(system.n8n.pid).cpu - before) * 1000) / seconds;
}

module.exports = { ALL_PLATFORMS, floor, idle, measure, ours, redeliver };
