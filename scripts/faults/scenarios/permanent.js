'use strict';
const { pause } = require('../../machine/signals.js');

/** @import { Arena } from '../arena.js' */
/** @import { Violation } from '../checker.js' */
/** @import { Random } from '../random.js' */
/** @import { Row } from '../store.js' */

/** Dead letters that follow others are announced after 30 s. */
const ANNOUNCED_MS = 75_000;
const ALERT = /messages? (was|were) not delivered/;
const SETTLE_MS = 60_000;

/**
 * A word that no earlier failure had: like failures are one group for as long as one is open.
 *
 * @param {Random} random
 */
const word = (random) =>
	Array.from({ length: 10 }, () => String.fromCharCode(random.whole(97, 122))).join('');

/**
 * Two platforms refuse for good, each in its own words.
 *
 * @param {Random} random
 */
const refusals = (random) => [
	{
		service: 'feishu',
		kind: 'reply',
		status: 400,
		body: { code: 230002, msg: `Bot can NOT be out of the chat ${word(random)}.` },
	},
	{
		service: 'dingtalk',
		kind: 'reply',
		status: 200,
		body: { errcode: 300001, errmsg: `session is gone ${word(random)}` },
	},
];

/**
 * What is wrong with the rows of the dead messages and with the alerts about them.
 *
 * @param {Row[]} rows
 * @param {unknown[]} alerts
 * @param {number} messages
 */
function wrongs(rows, alerts, messages) {
	const repeated = rows.filter(({ attempts }) => attempts !== 1);
	const groups = new Set(rows.map(({ fingerprint }) => fingerprint));
	/** @type {Violation[]} */
	const found = [];
	/**
	 * @param {string} kind
	 * @param {string} what
	 */
	const say = (kind, what) => found.push({ kind, what, marks: [] });
	if (rows.length !== messages) say('dead', `${rows.length} of ${messages} are dead letters`);
	if (repeated.length > 0) say('attempts', `${repeated.length} were tried again`);
	if (groups.size !== 2) say('groups', `${groups.size} groups of two kinds of failure`);
	if (alerts.length !== 2) say('alerts', `${alerts.length} alerts about two kinds of failure`);
	return found;
}

/**
 * `messages` answers are refused for good, in two ways.
 *
 * @param {Arena} arena
 * @param {{ messages: number, settleMs?: number, announcedMs?: number }} scale
 */
async function run(arena, { messages, settleMs = SETTLE_MS, announcedMs = ANNOUNCED_MS }) {
	const { people, random, system } = arena;
	for (const refusal of refusals(random)) {
		await system.sandbox.call('POST', '/faults', { times: -1, ...refusal });
	}
	const asked = await Promise.all(
		Array.from({ length: messages }, async (_, index) => {
			const platform = index % 2 === 0 ? 'feishu' : 'dingtalk';
			return await people.ask(people.conversation(platform), { thinkMs: 50 });
		}),
	);
	await arena.settle(settleMs);
	await system.sandbox.call('DELETE', '/faults');
	const marks = asked.map(({ mark }) => mark);
	const { rows } = await arena.history();
	const dead = rows.filter(
		(row) => row.status === 'dead' && row.marks.some((m) => marks.includes(m)),
	);
	const alerts = () => arena.facts.robotCalls.filter(({ text }) => ALERT.test(text ?? ''));
	const limit = Date.now() + announcedMs;
	while (alerts().length < 2 && Date.now() < limit) await pause(500);
	// One alert too many comes with the others.
	await arena.quiet();
	return { violations: wrongs(dead, alerts(), messages) };
}

module.exports = {
	name: 'permanent',
	title: 'Answers are refused for good',
	rules: {},
	run,
	controls: [{ off: ['grouping'], violation: 'alerts' }],
};
