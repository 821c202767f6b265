'use strict';
const { pause } = require('../machine/signals.js');

/** @import { Sandbox } from '../system/sandbox.js' */
/** @import { Link } from './facts.js' */
/** @typedef {{ id: string, service: string, since: string, frozen: boolean }} OpenConnection of a bot, as the sandbox has it */

/** The kinds of bot that have long connections, by platform. */
const BOTS = { dingtalk: undefined, feishu: undefined, wecom: 'aibot' };

const EVERY_MS = 200;

/** What the bots' long connections are like, seen from the platforms. */
class Connections {
	#sandbox;
	/** @type {{ at: number, list: Promise<OpenConnection[]> } | undefined} */
	#last;

	/** @param {Sandbox} sandbox */
	constructor(sandbox) {
		this.#sandbox = sandbox;
	}

	/** Those of a moment ago: many wait for them. @returns {Promise<OpenConnection[]>} */
	async list() {
		const now = Date.now();
		if (!this.#last || now - this.#last.at > EVERY_MS) {
			const asked = this.#sandbox.call('GET', '/connections');
			this.#last = { at: now, list: asked.then(({ connections }) => connections) };
		}
		return await this.#last.list;
	}

	/**
	 * Something happens to a platform's connections.
	 *
	 * @param {string} service
	 * @param {string} does a fault of the sandbox
	 * @param {object} [more]
	 */
	async befall(service, does, more = {}) {
		await this.#sandbox.call('POST', '/stream-faults', { service, does, ...more });
	}

	/**
	 * Waits until a platform's bot has a connection that speaks; ends after `limitMs` in any case.
	 *
	 * @param {string} service
	 * @param {{ since?: number, limitMs: number }} wanted `since`: one that was opened after that, ms since 1970
	 * @returns {Promise<boolean>}
	 */
	async live(service, { since = 0, limitMs }) {
		const limit = Date.now() + limitMs;
		for (;;) {
			const all = await this.list();
			const isThere = all.some(
				(each) => each.service === service && !each.frozen && Date.parse(each.since) >= since,
			);
			if (isThere || Date.now() > limit) return isThere;
			await pause(EVERY_MS);
		}
	}

	/**
	 * The network gives up what was frozen.
	 *
	 * @param {string} service
	 */
	async bury(service) {
		for (const { id, service: of, frozen } of await this.list()) {
			if (frozen && of === service) await this.befall(service, 'drop', { connection: id });
		}
	}

	/** Counts the attempts to connect that a platform refuses from now on. @param {string} service */
	async countRefused(service) {
		const since = (await this.#sandbox.call('GET', `/ledger?since=${Number.MAX_SAFE_INTEGER}`))
			.next;
		return async () => {
			const { entries } = await this.#sandbox.call(
				'GET',
				`/ledger?since=${since}&platform=${service}&direction=in`,
			);
			return entries.filter(
				(/** @type {{ kind: string, status: number, refused?: string }} */ each) =>
					['gateway', 'connect'].includes(each.kind) && (each.refused || each.status >= 400),
			).length;
		};
	}
}

/**
 * How long a platform's bot had no connection at all between two times.
 *
 * @param {Link[]} links of all platforms, in their order
 * @param {string} service
 * @param {{ from: number, to: number }} between
 */
function gapMs(links, service, { from, to }) {
	let open = 0;
	let gap = 0;
	let since = from;
	for (const { at, change } of links.filter((link) => link.service === service)) {
		const now = Math.min(Math.max(at, from), to);
		if (open <= 0) gap += now - since;
		since = now;
		open += change;
	}
	return open <= 0 ? gap + to - since : gap;
}

module.exports = { BOTS, Connections, gapMs };
