'use strict';
const { switchOff } = require('./mechanisms.js');

const SCENARIOS = ['kill', 'duplicates', 'order', 'outage', 'limits'].map((name) =>
	require(`./scenarios/${name}.js`),
);

/**
 * How much of each: `full` is what is promised, `short` is part of `npm test`, `control` is enough to
 * see a mechanism missing.
 */
const SCALES = {
	full: {
		kill: { kills: 100, messages: 10_000 },
		duplicates: { messages: 1_000 },
		order: { conversations: 500, messages: 20 },
		outage: { seconds: 300, messages: 600 },
		limits: { seconds: 120 },
	},
	short: {
		kill: { kills: 3, messages: 150 },
		duplicates: { messages: 60, short: true },
		order: { conversations: 30, messages: 8 },
		outage: { seconds: 10, messages: 30 },
		limits: { seconds: 10 },
	},
	control: {
		kill: { kills: 1, messages: 40, settleMs: 8_000 },
		duplicates: { messages: 20, short: true, settleMs: 5_000 },
		order: { conversations: 10, messages: 6, settleMs: 10_000 },
		outage: { seconds: 5, messages: 15, settleMs: 15_000 },
		limits: { seconds: 10, settleMs: 5_000 },
	},
};

/** Plays a scenario once; `{ told, counts, drains, quotas, violations }`. */
async function once(arena, scenario, scale, report) {
	await arena.begin();
	const told = await scenario.run(arena, scale, async (state) => {
		report({ ...state, ...(await arena.judge(scenario.rules)) });
	});
	const { violations, ...judged } = await arena.judge(scenario.rules);
	return { told, ...judged, violations: [...violations, ...(told?.violations ?? [])] };
}

/** The same with the mechanism behind it off: the checker must find what is missing then. */
async function control(arena, { control: { off, violation }, ...scenario }) {
	const on = await switchOff(arena, off);
	try {
		const { violations } = await once(arena, scenario, SCALES.control[scenario.name], () => {});
		const found = violations.map(({ kind }) => kind);
		return { off, violation, found, seen: found.includes(violation) };
	} finally {
		await on();
	}
}

/**
 * Plays a scenario and, unless `controls` is false, its negative control.
 *
 * @param {(state: object) => void} options.report is told how it stands, with `progress` in words
 */
async function play(arena, scenario, scale, { report, controls, say = () => {} }) {
	const result = await once(arena, scenario, scale, report);
	if (!controls || !scenario.control) return result;
	say(`  … control: without ${scenario.control.off.join(', ')}`);
	return { ...result, control: await control(arena, scenario) };
}

module.exports = { SCALES, SCENARIOS, control, once, play };
