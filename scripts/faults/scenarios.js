'use strict';
const { switchOff } = require('./mechanisms.js');

/** @import { Arena } from './arena.js' */
/** @import { Rules, Violation } from './checker.js' */
/** @import { Result } from './results.js' */

/** @typedef {(state: Result) => Promise<void>} Report is told how it stands, with `progress` in words */
/** @typedef {Record<string, any>} Scale how much of what; each scenario has other words for it */
/**
 * @typedef {object} Control with these mechanisms off a scenario is violated so
 * @property {string[]} off
 * @property {string} violation
 * @property {Scale} [scale] of its own
 */
/**
 * @typedef {object} Scenario
 * @property {string} name
 * @property {string} title
 * @property {Rules} rules
 * @property {(arena: Arena, scale: any, report: Report) => Promise<{ violations: Violation[] } | void>} run
 * @property {Control[]} [controls]
 * @property {(folder: string) => Promise<(() => Promise<unknown>) | undefined>} [prepare] gives the folder
 * a disk of its own; see disk.js
 */

const NAMES = [
	'kill',
	'duplicates',
	'order',
	'outage',
	'limits',
	'permanent',
	'damage',
	'disk',
	'streams',
	'ladder',
];
/** @type {Scenario[]} */
const SCENARIOS = NAMES.map((name) => require(`./scenarios/${name}.js`));

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/**
 * @param {number} afterMs
 * @param {'nothing' | 'kill' | 'restart'} before
 */
const later = (afterMs, before) => ({ afterMs, before });

/**
 * How much of each: `full` is what is promised, `short` is part of `npm test`, `control` is enough to
 * see a mechanism missing.
 *
 * @type {Record<'full' | 'short' | 'control', Record<string, Scale>>}
 */
const SCALES = {
	full: {
		kill: { kills: 100, messages: 10_000, minutes: 180 },
		duplicates: {
			messages: 1_000,
			phases: [
				later(MINUTE_MS, 'nothing'),
				later(10 * MINUTE_MS, 'kill'),
				later(HOUR_MS, 'restart'),
				later(3 * HOUR_MS, 'nothing'),
				later(6 * HOUR_MS, 'restart'),
			],
		},
		order: { conversations: 500, messages: 20 },
		outage: { seconds: 300, messages: 600 },
		limits: { seconds: 120 },
		permanent: { messages: 40 },
		damage: { messages: 20, awaySeconds: 60 },
		disk: { messages: 60 },
		streams: { messages: 10_000, disconnects: 10, freezes: 5, outages: 2, kills: 3 },
		ladder: { messages: 200 },
	},
	short: {
		kill: { kills: 3, messages: 150, minutes: 5 },
		duplicates: {
			messages: 60,
			phases: [later(10 * MINUTE_MS, 'kill'), later(6 * HOUR_MS, 'nothing')],
		},
		order: { conversations: 30, messages: 8 },
		outage: { seconds: 8, messages: 30, hang: false, settleMs: 90_000 },
		// The minute of the other platforms' robots takes a minute; Feishu's second does not.
		limits: { seconds: 4, platforms: ['feishu'], settleMs: 60_000 },
		permanent: { messages: 6 },
		damage: { messages: 7, awaySeconds: 5 },
		disk: { messages: 20 },
		streams: { messages: 100, disconnects: 1, freezes: 1, outages: 1, kills: 1 },
		ladder: { messages: 10 },
	},
	control: {
		// At a moment of chance nothing may be under way, and nothing be lost.
		kill: {
			kills: 1,
			messages: 40,
			minutes: 5,
			settleMs: 8_000,
			moments: ['during the model'],
			thinkMs: 2_500,
		},
		duplicates: { messages: 20, phases: [later(6 * HOUR_MS, 'nothing')], settleMs: 5_000 },
		order: { conversations: 10, messages: 6, settleMs: 10_000 },
		outage: { seconds: 4, messages: 15, hang: false, settleMs: 5_000 },
		limits: { seconds: 4, platforms: ['feishu'], settleMs: 5_000 },
		permanent: { messages: 6, settleMs: 10_000 },
		ladder: { messages: 4 },
	},
};

/** The evidence of more messages would hide the cause rather than show it. */
const MARKS_SHOWN = 20;

/**
 * Plays a scenario once.
 *
 * @param {Arena} arena
 * @param {Scenario} scenario
 * @param {Scale | undefined} scale
 * @param {(state: Result) => void} report
 */
async function once(arena, scenario, scale, report) {
	await arena.begin();
	const told = await scenario.run(arena, scale, async (state) => {
		report({ ...state, ...(await arena.judge(scenario.rules, { goesOn: true })) });
	});
	const judged = await arena.judge(scenario.rules, { goesOn: false });
	const violations = [...judged.violations, ...(told?.violations ?? [])];
	const marks = violations.flatMap((each) => each.marks).slice(0, MARKS_SHOWN);
	const evidence = marks.length > 0 ? await arena.evidence(marks) : undefined;
	return { told, ...judged, violations, evidence };
}

/**
 * A scenario in a system whose mechanism is off: what the checker found, and whether that is what was to
 * be found.
 *
 * @param {Arena} arena
 * @param {Scenario} scenario
 * @param {Control} control
 */
async function withoutMechanism(arena, scenario, { off, violation, scale }) {
	const played = scale ?? SCALES.control[scenario.name];
	const { violations } = await once(arena, scenario, played, () => {});
	const found = violations.map(({ kind }) => kind);
	return { off, violation, found, seen: found.includes(violation) };
}

/**
 * Plays a scenario and, unless `controls` is false, its negative controls.
 *
 * @param {Arena} arena
 * @param {Scenario} scenario
 * @param {Scale} scale
 * @param {object} options
 * @param {(state: Result) => void} options.report
 * @param {boolean} options.controls
 * @param {(line: string) => void} [options.say]
 * @returns {Promise<Result>}
 */
async function play(arena, scenario, scale, { report, controls, say = () => {} }) {
	const result = await once(arena, scenario, scale, report);
	if (!controls || !scenario.controls) return result;
	const seen = [];
	for (const control of scenario.controls) {
		say(`  … control: without ${control.off.join(', ')}`);
		const switchOn = await switchOff(arena, control.off);
		try {
			seen.push(await withoutMechanism(arena, scenario, control));
		} finally {
			await switchOn();
		}
	}
	return { ...result, controls: seen };
}

module.exports = { SCALES, SCENARIOS, once, play, withoutMechanism };
