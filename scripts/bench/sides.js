'use strict';
const { schedule } = require('./figures.js');
const { sendAll } = require('./load.js');

/** @import { Sent } from './load.js' */
/** @import { System } from './measure.js' */
/** @import { Message } from './messages.js' */

/**
 * One way for messages to come and be answered. `send` delivers them evenly over `durationMs`, whatever the answers
 * do.
 *
 * @typedef {object} Side
 * @property {boolean} answersInPlace in the acknowledgement, or else by a request to the platform
 * @property {(system: System, messages: Message[], durationMs: number) => Promise<Sent[]>} send
 */

const HTTP_PLATFORMS = ['dingtalk', 'feishu', 'wecom'];
const STREAM_PLATFORMS = ['dingtalk', 'feishu', 'wecom-aibot'];

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
 * n8n's own nodes.
 *
 * @type {Side}
 */
const floor = {
	answersInPlace: true,
	send: byHttp((n8nUrl) => ({ dingtalk: `${n8nUrl}/webhook/clawbot-bench-floor` })),
};

/**
 * One of our workflows, whose triggers have `suffix` at the end of their webhook ids.
 *
 * @returns {Side}
 */
const ours = (suffix = '') => ({
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
 * By the connections that n8n has open: the simulated platforms send and measure, in their own process.
 *
 * @type {Side}
 */
const stream = {
	answersInPlace: false,
	async send({ sandbox }, messages, durationMs) {
		const times = schedule(messages.length, durationMs);
		const planned = messages.map(({ id }, index) => ({ messageId: id, afterMs: times[index] }));
		const { messages: pushed } = await sandbox.call('POST', '/push', { messages: planned });
		return pushed.map((/** @type {{ messageId: string } & Omit<Sent, 'id' | 'text'>} */ each) => {
			const { messageId: id, at, end, status } = each;
			return { id, at, end, status, text: '' };
		});
	},
};

module.exports = { HTTP_PLATFORMS, STREAM_PLATFORMS, floor, ours, stream };
