'use strict';
const { pause } = require('../../machine/signals.js');
const { notificationMark } = require('../marks.js');

/** @import { Arena } from '../arena.js' */
/** @import { Report } from '../scenarios.js' */

/** @typedef {'dingtalk' | 'wecom' | 'feishu'} Platform */

/**
 * What a group robot may send in a minute.
 *
 * @type {Record<Platform, number>}
 */
const ALLOWED = { dingtalk: 20, wecom: 20, feishu: 100 };
/** @type {Platform[]} */
const PLATFORMS = ['dingtalk', 'wecom', 'feishu'];
const TIMES = 10;
const BATCH_MS = 500;
/** A third of it cannot be merged, and takes some seven minutes at what the robots may send. */
const SETTLE_MS = 20 * 60_000;
const PRIORITIES = ['broadcast', 'broadcast', 'broadcast', 'broadcast', 'answer', 'alert'];

/**
 * Other workflows send ten times what the group robots may, for `seconds`.
 *
 * @param {Arena} arena
 * @param {{ seconds: number, platforms?: Platform[], settleMs?: number }} scale
 * @param {Report} report
 */
async function run(arena, { seconds, platforms = PLATFORMS, settleMs = SETTLE_MS }, report) {
	const { random } = arena;
	const until = Date.now() + seconds * 1000;
	const owed = { dingtalk: 0, wecom: 0, feishu: 0 };
	const sending = [];
	while (Date.now() < until) {
		const requests = platforms.flatMap((platform) => {
			owed[platform] += (ALLOWED[platform] * TIMES * BATCH_MS) / 60_000;
			const count = Math.floor(owed[platform]);
			owed[platform] -= count;
			return Array.from({ length: count }, () => {
				const mark = notificationMark(arena.nextNotification());
				return {
					key: mark,
					platform,
					text: `${mark}: something happened.`,
					priority: random.pick(PRIORITIES),
				};
			});
		});
		sending.push(arena.send(requests));
		await pause(BATCH_MS);
	}
	await Promise.all(sending);
	await report({ progress: 'all handed in' });
	await arena.settle(settleMs);
	await arena.quiet();
}

module.exports = {
	name: 'limits',
	title: 'Group robots are asked for ten times what they may send',
	rules: { none: ['dead', 'uncertain'] },
	run,
	controls: [{ off: ['limits'], violation: 'quota' }],
};
