'use strict';
const { grouped } = require('./marks.js');

/** What the platforms allow a group robot; protocols of the platforms, checked by the sandbox, too. */
const ALLOWED = {
	dingtalk: [{ count: 20, windowMs: 60_000 }],
	wecom: [{ count: 20, windowMs: 60_000 }],
	feishu: [
		{ count: 100, windowMs: 60_000 },
		{ count: 5, windowMs: 1_000 },
	],
};

/** The most calls within any window of that length. */
function most(times, windowMs) {
	let first = 0;
	let found = 0;
	for (let last = 0; last < times.length; last++) {
		while (times[last] - times[first] >= windowMs) first++;
		found = Math.max(found, last - first + 1);
	}
	return found;
}

/**
 * How full the windows of the group robots were: `[{ platform, windowMs, allowed, most, refused }]`.
 * `refused` calls broke a limit in the platform's eyes; those that a fault refused never came so far.
 */
function quotas(robotCalls) {
	const calls = grouped(
		robotCalls.filter(({ outcome }) => outcome !== 'failed'),
		({ platform }) => [platform],
	);
	return [...calls].flatMap(([platform, list]) => {
		const times = list.map(({ at }) => at).sort((a, b) => a - b);
		const refused = list.filter(({ outcome }) => outcome === 'limited').length;
		return ALLOWED[platform].map(({ count, windowMs }) => ({
			platform,
			windowMs,
			allowed: count,
			most: most(times, windowMs),
			refused,
		}));
	});
}

module.exports = { quotas };
