'use strict';
const { schedule } = require('./figures.js');
const { sendAll } = require('./load.js');

/** @import { Sent } from './load.js' */
/** @import { System } from './measure.js' */
/** @import { Message } from './messages.js' */
/** @import { SideName } from './plan.js' */

/**
 * One way for messages to come and be answered. `send` delivers them evenly over `durationMs`, whatever the answers
 * do.
 *
 * @typedef {object} Side
 * @property {string[]} platforms the first one, or all of them
 * @property {boolean} answersInPlace in the acknowledgement, or else by a request to the platform
 * @property {string} [connected] the id of the workflow that has to have the connections
 * @property {(system: System, messages: Message[], durationMs: number) => Promise<Sent[]>} send
 */

const HTTP_PLATFORMS = ['dingtalk', 'feishu', 'wecom'];
const STREAM_PLATFORMS = ['dingtalk', 'feishu', 'wecom-aibot'];
/** Workflows that take messages by connection: one at a time, else each message starts both. */
const STREAM = 'clawbotBenchStream';
const NO_KEEP_ALIVE = 'clawbotBenchNoKeepAlive';

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
 * By requests from a thread of the benchmark.
 *
 * @param {(n8nUrl: string) => Record<string, string>} urls by platform
 * @returns {Side['send']}
 */
const byHttp = (urls) => async (system, messages, durationMs) =>
	await sendAll(requestsFor(messages, urls(system.n8n.url), durationMs));

/**
 * One of our workflows that takes callbacks, whose triggers have `suffix` at the end of their webhook ids.
 *
 * @returns {Side}
 */
const ours = (suffix = '') => ({
	platforms: HTTP_PLATFORMS,
	answersInPlace: false,
	send: byHttp((n8nUrl) =>
		Object.fromEntries(
			HTTP_PLATFORMS.map((platform) => [
				platform,
				`${n8nUrl}/webhook/clawbot-answer-${platform}${suffix}/webhook`,
			]),
		),
	),
});

/**
 * One of our workflows that has the connections: the simulated platforms send and measure, in their own process.
 *
 * @param {string} connected
 * @returns {Side}
 */
const byConnection = (connected) => ({
	platforms: STREAM_PLATFORMS,
	answersInPlace: false,
	connected,
	async send({ sandbox }, messages, durationMs) {
		const times = schedule(messages.length, durationMs);
		const planned = messages.map(({ id }, index) => ({ messageId: id, afterMs: times[index] }));
		const { messages: pushed } = await sandbox.call('POST', '/push', { messages: planned });
		return pushed.map((/** @type {{ messageId: string } & Omit<Sent, 'id' | 'text'>} */ each) => {
			const { messageId: id, at, end, status } = each;
			return { id, at, end, status, text: '' };
		});
	},
});

/** @type {Record<SideName, Side>} */
const SIDES = {
	floor: {
		platforms: ['dingtalk'],
		answersInPlace: true,
		send: byHttp((n8nUrl) => ({ dingtalk: `${n8nUrl}/webhook/clawbot-bench-floor` })),
	},
	http: ours(),
	stream: byConnection(STREAM),
	noKeepAlive: byConnection(NO_KEEP_ALIVE),
};

module.exports = { NO_KEEP_ALIVE, SIDES, STREAM, STREAM_PLATFORMS, ours };
