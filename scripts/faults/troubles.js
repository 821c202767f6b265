'use strict';
const { pause } = require('../machine/signals.js');
const { gapMs } = require('./connections.js');

/** @import { Arena } from './arena.js' */
/** @import { Violation } from './checker.js' */
/** @import { Connections } from './connections.js' */

/**
 * @typedef {object} Stage on which troubles befall connections
 * @property {Arena} arena
 * @property {Connections} connections
 * @property {string[]} platforms
 * @property {{ reconnectNonce: number, reconnectInterval: number, pingInterval: number }} wishes of
 * Feishu, in seconds
 * @property {(platform: string) => Promise<void>} live waits until a platform has a connection
 */
/** @typedef {{ told: string[], violations: Violation[] }} Met what was seen, and what ought not to have been */
/**
 * @typedef {object} Trouble
 * @property {number} lastsMs people write for so long
 * @property {(stage: Stage) => Promise<Met>} run ends when every platform has a connection again
 */

/** What the package promises, in ms: see core/connection/timing. */
const BACKOFF_MS = [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000];
const REPLACED_MS = 90_000;
const STEADY_MS = 10_000;
/** To answer a ping, and to connect. */
const ANSWER_MS = 15_000;
const ATTEMPT_MS = 15_000;

const OUTAGE_MS = 5_000;
/** DingTalk ends TCP ten seconds after it has announced that. */
const LEAVE_MS = 10_000;
const START_MS = 120_000;
/** A busy machine is no fault. */
const GRACE_MS = 5_000;

/**
 * The longest that a bot may wait for its next attempt after so many failures in a row.
 *
 * @param {string} platform
 * @param {number} failures
 * @param {Stage['wishes']} wishes
 */
function ceilingMs(platform, failures, { reconnectNonce, reconnectInterval }) {
	const own = BACKOFF_MS[Math.min(failures, BACKOFF_MS.length) - 1] ?? 0;
	if (platform !== 'feishu') return own;
	return Math.max(own, (failures === 1 ? reconnectNonce : reconnectInterval) * 1000);
}

/**
 * What is seen of each platform, at the same time.
 *
 * @param {Stage} stage
 * @param {(platform: string) => Promise<{ told: string, violation?: Omit<Violation, 'marks'> | false }>} look
 * @returns {Promise<Met>}
 */
async function onEach({ platforms }, look) {
	const all = await Promise.all(platforms.map(look));
	return {
		told: all.map(({ told }) => told),
		violations: all.flatMap(({ violation }) => (violation ? [{ ...violation, marks: [] }] : [])),
	};
}

/** @param {number | undefined} ms */
const seconds = (ms) => (ms === undefined ? 'not at all' : `${(ms / 1000).toFixed(1)} s`);

/**
 * Waits until a platform's bot has a connection that is newer than `since`; the time that this may take is
 * counted from now.
 *
 * @param {Stage} stage
 * @param {string} platform
 * @param {{ what: string, kind: string, since: number, limitMs: number }} wanted
 */
async function again({ connections }, platform, { what, kind, since, limitMs }) {
	const began = Date.now();
	const isBack = await connections.live(platform, { since, limitMs: limitMs + GRACE_MS });
	const tookMs = isBack ? Date.now() - began : undefined;
	const told = `${what}, ${platform}: back after ${seconds(tookMs)}, ${seconds(limitMs)} allowed`;
	return { told, violation: !isBack && { kind, what: told } };
}

/**
 * The platform says that a connection ends: DingTalk ten seconds before, Feishu as it closes it, WeCom not at
 * all. Where it is said before, there is a connection at any time.
 *
 * @type {Trouble}
 */
const disconnect = {
	lastsMs: LEAVE_MS + 2_000,
	async run(stage) {
		const { arena, connections, wishes } = stage;
		await steady(stage);
		return await onEach(stage, async (platform) => {
			const from = Date.now();
			const does = platform === 'wecom' ? 'drop' : 'announceDisconnect';
			await connections.befall(platform, does);
			const what = does === 'drop' ? 'dropped' : 'announced';
			if (platform !== 'dingtalk') {
				const limitMs = ceilingMs(platform, 1, wishes);
				return await again(stage, platform, { what, kind: 'away', since: from, limitMs });
			}
			await pause(LEAVE_MS + 2_000);
			await arena.catchUp();
			const gap = gapMs(arena.facts.links, platform, { from, to: Date.now() });
			const told = `${what}, ${platform}: ${seconds(gap)} without a connection`;
			return { told, violation: gap > 0 && { kind: 'gap', what: told } };
		});
	},
};

/**
 * The network swallows everything, both ways.
 *
 * @type {Trouble}
 */
const freeze = {
	lastsMs: 40_000,
	async run(stage) {
		const { connections, wishes } = stage;
		return await onEach(stage, async (platform) => {
			const since = Date.now();
			await connections.befall(platform, 'freeze');
			const pinged = Math.min(REPLACED_MS, wishes.pingInterval * 1000 + ANSWER_MS + ATTEMPT_MS);
			const limitMs = platform === 'feishu' ? pinged : REPLACED_MS;
			const wanted = { what: 'frozen', kind: 'frozen', since, limitMs };
			const met = await again(stage, platform, wanted);
			await connections.bury(platform);
			return met;
		});
	},
};

/**
 * The gateway is away for some seconds, and the connections end.
 *
 * @type {Trouble}
 */
const outage = {
	lastsMs: OUTAGE_MS + 5_000,
	async run(stage) {
		const { connections, wishes } = stage;
		await steady(stage);
		return await onEach(stage, async (platform) => {
			const since = Date.now();
			const refused = await connections.countRefused(platform);
			await connections.befall(platform, 'refuse', { forMs: OUTAGE_MS });
			await connections.befall(platform, 'drop');
			await pause(OUTAGE_MS);
			// The connection that ended is a failure, too.
			const limitMs = ceilingMs(platform, 1 + (await refused()), wishes);
			const wanted = { what: 'gateway away', kind: 'away', since, limitMs };
			return await again(stage, platform, wanted);
		});
	},
};

/**
 * n8n is killed.
 *
 * @type {Trouble}
 */
const kill = {
	lastsMs: 10_000,
	async run(stage) {
		const { arena } = stage;
		await pause(arena.random.between(1_000, 8_000));
		const since = Date.now();
		await arena.kill();
		await arena.start();
		const wanted = { what: 'killed', kind: 'away', since, limitMs: START_MS };
		return await onEach(stage, async (platform) => await again(stage, platform, wanted));
	},
};

/** What ends before its connection has lived for some time is a failed attempt. @param {Stage} stage */
async function steady({ connections, platforms }) {
	for (;;) {
		const now = Date.now();
		const young = (await connections.list()).filter(
			({ service, since }) =>
				platforms.includes(service) && now - Date.parse(since) < STEADY_MS + 1_000,
		);
		if (young.length === 0) return;
		await pause(500);
	}
}

module.exports = { disconnect, freeze, kill, outage };
