'use strict';
const { switchOff } = require('./mechanisms.js');

const SCENARIOS = [require('./kill.js')];

/**
 * How much of each: `full` is what is promised, `short` is part of `npm test`, `control` is enough to
 * see a mechanism missing.
 */
const SCALES = {
	full: {
		kill: { kills: 100, messages: 10_000 },
	},
	short: {
		kill: { kills: 3, messages: 150 },
	},
	control: {
		kill: { kills: 1, messages: 40, settleMs: 8_000 },
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
