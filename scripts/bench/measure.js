'use strict';
const { pause } = require('../lib/signals.js');
const { figuresOf, schedule } = require('./figures.js');
const { sendAll } = require('./load.js');
const { again, ledgerEnd, readAnswers, write } = require('./messages.js');
const { usageOf, watch } = require('./usage.js');

const ALL_PLATFORMS = ['dingtalk', 'feishu', 'wecom'];

/** The bare n8n beside ours: where it takes messages in, and how its answers are read. */
const floor = {
	name: 'floor',
	urls: (n8nUrl) => ({ dingtalk: `${n8nUrl}/webhook/clawbot-bench-floor` }),
	/** It answers in its acknowledgement. */
	answers: async (_sandbox, _platforms, _since, sent, messages) => {
		const texts = new Map(messages.map(({ id, text }) => [id, text]));
		const good = sent.filter(({ id, status, text }) => status === 200 && text.includes(texts.get(id)));
		return new Map(good.map(({ id, end }) => [id, [end]]));
	},
};

/** One of our workflows, whose triggers have `suffix` at the end of their webhook ids. */
const ours = (name = 'ours', suffix = '') => ({
	name,
	urls: (n8nUrl) =>
		Object.fromEntries(
			ALL_PLATFORMS.map((platform) => [platform, `${n8nUrl}/webhook/clawbot-answer-${platform}${suffix}/webhook`]),
		),
	answers: async (sandbox, platforms, since, sent) =>
		await readAnswers(sandbox, platforms, since, sent.filter(({ status }) => status === 200).length),
});

function requestsFor(messages, urls, durationMs) {
	const times = schedule(messages.length, durationMs);
	return messages.map(({ id, platform, query, headers, body }, index) => {
		const url = new URL(urls[platform]);
		for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
		return { id, url: url.href, headers, body, afterMs: times[index] };
	});
}

/**
 * Sends a load and returns its figures (figures.js).
 *
 * @param {object} system as `startSystem` gives it
 * @param {object} side `floor` or `ours()`
 * @param {object} load
 * @param {number} load.count
 * @param {number} load.durationMs
 * @param {string[]} [load.platforms]
 * @param {number} [load.modelDelayMs]
 * @param {object[]} [load.messages] sent instead of new ones
 */
async function measure(system, side, { count, durationMs, platforms = ['dingtalk'], modelDelayMs = 0, messages }) {
	const { sandbox, n8n } = system;
	await sandbox.call('PUT', '/model', { delayMs: modelDelayMs });
	const toSend = messages ?? (await write(sandbox, platforms, count));
	const since = await ledgerEnd(sandbox);
	const stop = watch(n8n.pid);
	const sent = await sendAll(requestsFor(toSend, side.urls(n8n.url), durationMs));
	const answers = await side.answers(sandbox, platforms, since, sent, toSend);
	return { ...figuresOf({ sent, answers, modelDelayMs, usage: stop() }), messages: toSend };
}

/**
 * Delivers messages that were answered before once more and returns the figures: none must be answered
 * again.
 */
async function redeliver(system, side, messages, durationMs) {
	const { sandbox, n8n } = system;
	const toSend = await again(sandbox, messages);
	const since = await ledgerEnd(sandbox);
	const stop = watch(n8n.pid);
	const sent = await sendAll(requestsFor(toSend, side.urls(n8n.url), durationMs));
	const usage = stop();
	const answers = await readAnswers(sandbox, ALL_PLATFORMS, since, 0);
	return { ...figuresOf({ sent, answers, modelDelayMs: 0, usage }), answeredAgain: answers.size };
}

/** Processor milliseconds a second of an n8n that has nothing to do. */
async function idle(system, seconds) {
	const before = usageOf(system.n8n.pid).cpu;
	await pause(seconds * 1000);
	return ((usageOf(system.n8n.pid).cpu - before) * 1000) / seconds;
}

module.exports = { ALL_PLATFORMS, floor, idle, measure, ours, redeliver };
