'use strict';
const { createFacts } = require('./facts.js');

/** @import { Sandbox } from '../system/sandbox.js' */
/** @import { LedgerEntry, Told } from './facts.js' */
/** @typedef {Awaited<ReturnType<typeof observe>>} Observer */

/**
 * Follows the sandbox's ledger from now on: `facts` grow while the platforms work, and after `catchUp`
 * everything up to now is in. The ledger keeps its last 50,000 entries, this all of them.
 *
 * @param {Sandbox} sandbox
 */
async function observe(sandbox) {
	const facts = createFacts();
	/** @type {Set<(told: Told) => void>} */
	const listeners = new Set();
	const stop = new AbortController();
	/** @type {number} */
	let next = (await sandbox.call('GET', `/ledger?since=${Number.MAX_SAFE_INTEGER}`)).next;

	/** @param {LedgerEntry} entry */
	function take(entry) {
		if (entry.seq < next) return;
		next = entry.seq + 1;
		const told = facts.take(entry);
		for (const listener of listeners) listener(told);
	}

	async function catchUp() {
		const { entries } = await sandbox.call('GET', `/ledger?since=${next}`);
		for (const entry of entries) take(entry);
	}

	/** @param {AsyncIterable<Uint8Array>} body of server-sent events */
	async function read(body) {
		const decoder = new TextDecoder();
		let rest = '';
		for await (const chunk of body) {
			const events = (rest + decoder.decode(chunk, { stream: true })).split('\n\n');
			rest = events.pop() ?? '';
			for (const event of events) {
				if (event.startsWith('data: ')) take(JSON.parse(event.slice('data: '.length)));
			}
		}
	}

	const events = await fetch(`${sandbox.origin}/sandbox/events`, { signal: stop.signal });
	// What was written between the first question and the subscription.
	await catchUp();
	if (!events.body) throw new Error('the sandbox tells no events');
	const ended = read(events.body).catch((error) => {
		if (!stop.signal.aborted) throw error;
	});

	return {
		facts,
		/**
		 * Tells a listener what each entry says, at once. Returns how to end that.
		 *
		 * @param {(told: Told) => void} listener
		 */
		onFact(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		catchUp,
		async close() {
			stop.abort();
			await ended;
		},
	};
}

module.exports = { observe };
