'use strict';
const { pause } = require('../machine/signals.js');

/** @import { Sandbox } from '../system/sandbox.js' */
/** @typedef {{ platform: string, text: string, from?: string, messageId?: string }} Said what somebody writes; the platform may name a bot, too: `wecom-aibot` */
/** @typedef {{ id: string, platform: string, text: string, query: Record<string, string>, headers: Record<string, string>, body: Buffer }} Message a platform's request with it */

/** Requests to the sandbox that are under way at once. */
const CONCURRENCY = 8;
/** No further answer for so long: none will come. */
const QUIET_MS = 15_000;
const DRAIN_LIMIT_MS = 60_000;

let number = 0;

/**
 * Lets people write, one message each, without delivering anything: the platforms' own signed requests,
 * each with a message id of its own.
 *
 * @param {Sandbox} sandbox
 * @param {string[]} platforms by turns
 * @param {number} count
 */
async function write(sandbox, platforms, count) {
	return await build(
		sandbox,
		Array.from({ length: count }, (_, index) => {
			number++;
			const platform = platforms[index % platforms.length] ?? '';
			return { platform, from: `user${number}`, text: `Question ${number}.` };
		}),
	);
}

/**
 * The same messages once more, as a platform redelivers them: signed anew, the same message ids.
 *
 * @param {Sandbox} sandbox
 * @param {Message[]} messages
 */
async function again(sandbox, messages) {
	return await build(
		sandbox,
		messages.map(({ id, platform, text }) => ({ platform, text, messageId: id })),
	);
}

/**
 * @param {Sandbox} sandbox
 * @param {Said[]} wanted
 */
async function build(sandbox, wanted) {
	/** @type {Message[]} */
	const built = new Array(wanted.length);
	// The workers share one iterator: each takes what is next.
	const entries = wanted.entries();
	const worker = async () => {
		for (const [index, said] of entries) {
			const [platform, bot] = said.platform.split('-');
			const wire = await sandbox.call('POST', '/build', { ...said, platform, bot });
			built[index] = {
				id: wire.messageId,
				platform: said.platform,
				text: said.text,
				query: wire.query,
				headers: wire.headers,
				body: Buffer.from(wire.body, 'base64'),
			};
		}
	};
	await Promise.all(Array.from({ length: CONCURRENCY }, worker));
	return built;
}

/**
 * The platforms that messages come from, without their bots.
 *
 * @param {Message[]} messages
 */
const servicesOf = (messages) => [
	...new Set(messages.map(({ platform }) => platform.split('-')[0] ?? platform)),
];

/**
 * Reads from the ledger when the platforms took the bot's answers, from now on. `times` holds them by the
 * id of the answered message, in ms since 1970.
 *
 * @param {Sandbox} sandbox
 * @param {string[]} platforms
 */
async function followAnswers(sandbox, platforms) {
	const { next } = await sandbox.call('GET', `/ledger?since=${Number.MAX_SAFE_INTEGER}`);
	const places = platforms.map((platform) => ({ platform, since: next }));
	/** @type {Map<string, number[]>} */
	const times = new Map();

	/** Returns whether there was anything new. */
	async function read() {
		const before = times.size;
		for (const place of places) {
			const query = `direction=in&platform=${place.platform}&since=${place.since}`;
			const { entries, next: since } = await sandbox.call('GET', `/ledger?${query}`);
			place.since = since;
			for (const { replyTo, refused, at } of entries) {
				if (!replyTo || refused) continue;
				times.set(replyTo, [...(times.get(replyTo) ?? []), Date.parse(at)]);
			}
		}
		return times.size > before;
	}

	/**
	 * Until so many messages have been answered, or no more of them are.
	 *
	 * @param {number} count
	 */
	async function waitFor(count) {
		const limit = Date.now() + DRAIN_LIMIT_MS;
		let lastNews = Date.now();
		for (;;) {
			if (await read()) lastNews = Date.now();
			if (times.size >= count || Date.now() > Math.min(limit, lastNews + QUIET_MS)) return;
			await pause(250);
		}
	}

	return { times, read, waitFor };
}

module.exports = { again, followAnswers, servicesOf, write };
