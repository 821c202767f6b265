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
		outage: { seconds: 8, messages: 30, hang: false, settleMs: 90_000 },
		limits: { seconds: 10, settleMs: 150_000 },
	},
	control: {
		kill: { kills: 1, messages: 40, settleMs: 8_000 },
		duplicates: { messages: 20, short: true, settleMs: 5_000 },
		order: { conversations: 10, messages: 6, settleMs: 10_000 },
		outage: { seconds: 4, messages: 15, hang: false, settleMs: 5_000 },
		limits: { seconds: 10, settleMs: 5_000 },
	},
};

/** The evidence of more messages would hide the cause rather than show it. */
const MARKS_SHOWN = 20;

/** Plays a scenario once; `{ told, counts, drains, quotas, violations, evidence }`. */
async function once(arena, scenario, scale, report) {
	await arena.begin();
	const told = await scenario.run(arena, scale, async (state) => {
		report({ ...state, ...(await arena.judge(scenario.rules)) });
	});
	const judged = await arena.judge(scenario.rules);
	const violations = [...judged.violations, ...(told?.violations ?? [])];
	const marks = violations.flatMap((each) => each.marks).slice(0, MARKS_SHOWN);
	const evidence = marks.length > 0 ? await arena.evidence(marks) : undefined;
	return { told, ...judged, violations, evidence };
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
