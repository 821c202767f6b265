'use strict';
const { grouped } = require('./marks.js');

/** @import { RobotCall } from './facts.js' */
/** @typedef {ReturnType<typeof quotas>[number]} Quota */

/**
 * What the platforms allow a group robot, as their documents say; the sandbox checks it, too.
 *
 * @type {Record<string, { count: number, windowMs: number }[]>}
 */
const ALLOWED = {
	dingtalk: [{ count: 20, windowMs: 60_000 }],
	wecom: [{ count: 20, windowMs: 60_000 }],
	feishu: [
		{ count: 100, windowMs: 60_000 },
		{ count: 5, windowMs: 1_000 },
	],
};

/**
 * The most calls within any window of that length.
 *
 * @param {number[]} times in their order
 * @param {number} windowMs
 */
function most(times, windowMs) {
	/** @type {number[]} */
	const window = [];
	let found = 0;
	for (const time of times) {
		window.push(time);
		while (time - (window[0] ?? time) >= windowMs) window.shift();
		found = Math.max(found, window.length);
	}
	return found;
}

/**
 * How full the windows of the group robots were. `refused` calls broke a limit in the platform's eyes;
 * those that a fault refused never came so far.
 *
 * @param {RobotCall[]} robotCalls
 */
function quotas(robotCalls) {
	const calls = grouped(
		robotCalls.filter(({ outcome }) => outcome !== 'failed'),
		({ platform }) => [platform],
	);
	return [...calls].flatMap(([platform, list]) => {
		const times = list.map(({ at }) => at).sort((a, b) => a - b);
		const refused = list.filter(({ outcome }) => outcome === 'limited').length;
		return (ALLOWED[platform] ?? []).map(({ count, windowMs }) => ({
			platform,
			windowMs,
			allowed: count,
			most: most(times, windowMs),
			refused,
		}));
	});
}

module.exports = { quotas };
