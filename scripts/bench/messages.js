'use strict';
const { pause } = require('../lib/signals.js');

/** Requests to the sandbox that are under way at once. */
const CONCURRENCY = 8;
/** No further answer for so long: none will come. */
const QUIET_MS = 15_000;
const DRAIN_LIMIT_MS = 120_000;
/** Second answers come after the first ones, if they come. */
const SETTLE_MS = 1_000;

let number = 0;

/**
 * Lets people write, one message each, without delivering anything: the platforms' own signed requests,
 * each with a message id of its own.
 *
 * @returns {Promise<{ id: string, platform: string, text: string, query: object, headers: object, body: Buffer }[]>}
 */
async function write(sandbox, platforms, count) {
	return await build(
		sandbox,
		Array.from({ length: count }, (_, index) => {
			number++;
			const platform = platforms[index % platforms.length];
			return { platform, from: `user${number}`, text: `Question ${number}.` };
		}),
	);
}

/** The same messages once more, as a platform redelivers them: signed anew, the same message ids. */
async function again(sandbox, messages) {
	return await build(
		sandbox,
		messages.map(({ id, platform, text }) => ({ platform, text, messageId: id })),
	);
}

async function build(sandbox, wanted) {
	const built = new Array(wanted.length);
	let next = 0;
	const worker = async () => {
		for (let index = next++; index < wanted.length; index = next++) {
			const said = wanted[index];
			const wire = await sandbox.call('POST', '/build', said);
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

/** Where the ledger ends now: what comes later has this number or a higher one. */
async function ledgerEnd(sandbox) {
	return (await sandbox.call('GET', `/ledger?since=${Number.MAX_SAFE_INTEGER}`)).next;
}

/**
 * Reads from the ledger when the platforms took the bot's answers, until `expected` messages have one or
 * no more come.
 *
 * @returns {Promise<Map<string, number[]>>} times in ms since 1970, by the id of the answered message
 */
async function readAnswers(sandbox, platforms, since, expected) {
	const answers = new Map();
	const places = platforms.map((platform) => ({ platform, since }));
	const limit = Date.now() + DRAIN_LIMIT_MS;
	let lastNews = Date.now();

	const read = async () => {
		for (const place of places) {
			const query = `direction=in&platform=${place.platform}&since=${place.since}`;
			const { entries, next } = await sandbox.call('GET', `/ledger?${query}`);
			place.since = next;
			for (const { replyTo, refused, at } of entries) {
				if (!replyTo || refused) continue;
				answers.set(replyTo, [...(answers.get(replyTo) ?? []), Date.parse(at)]);
				lastNews = Date.now();
			}
		}
	};

	await read();
	while (answers.size < expected && Date.now() < Math.min(limit, lastNews + QUIET_MS)) {
		await pause(250);
		await read();
	}
	await pause(SETTLE_MS);
	await read();
	return answers;
}

module.exports = { again, ledgerEnd, readAnswers, write };
