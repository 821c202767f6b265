'use strict';
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { queueTest } = require('./faults/queue.js');
const { createResults } = require('./faults/results.js');
const { play, SCENARIOS, SCALES } = require('./faults/scenarios.js');
const { startArena } = require('./faults/system.js');
const { readArguments } = require('./machine/arguments.js');
const { bootstrap } = require('./machine/bootstrap.js');
const { paths } = require('./machine/paths.js');
const { runScript } = require('./machine/script.js');
const { createSteps, duration, StepFailure } = require('./machine/steps.js');

/** @import { Script } from './machine/script.js' */
/** @import { Steps } from './machine/steps.js' */
/** @import { Result, Results } from './faults/results.js' */
/** @import { Scenario } from './faults/scenarios.js' */
/** @typedef {ReturnType<typeof readOptions>} Options */
/** @typedef {{ options: Options, steps: Steps, results: Results }} Context of all scenarios */

/*
 * npm run test:faults [-- USAGE]
 * Plays scenarios in which things go wrong, each with its negative control.
 */

/** What a scenario's scale may be changed to. */
const NUMBERS = [
	'seed',
	'minutes',
	'kills',
	'messages',
	'conversations',
	'seconds',
	'disconnects',
	'freezes',
	'outages',
];
const PLATFORMS = ['dingtalk', 'feishu', 'wecom'];
const QUEUE = 'queue';

const USAGE = `[scenario …] [--short] [--no-controls] [--folder DIR] [--platform NAME] ${NUMBERS.map((name) => `[--${name} N]`).join(' ')}`;

/** @param {Record<string, unknown>} values of the command line */
function readNumbers(values) {
	/** @type {Record<string, number>} */
	const numbers = {};
	for (const name of NUMBERS) {
		if (values[name] === undefined) continue;
		const number = Number(values[name]);
		if (!Number.isInteger(number) || number < 0)
			throw new StepFailure(`--${name} ${values[name]}`, 'A whole number is expected.');
		numbers[name] = number;
	}
	return numbers;
}

function readOptions() {
	const number = /** @type {const} */ ({ type: 'string' });
	const { values, positionals } = readArguments(USAGE, {
		allowPositionals: true,
		options: {
			short: { type: 'boolean', default: false },
			'no-controls': { type: 'boolean', default: false },
			platform: { type: 'string' },
			folder: { type: 'string', default: path.join(paths.data, 'faults') },
			...Object.fromEntries(NUMBERS.map((name) => [name, number])),
		},
	});
	const { seed = Date.now() % 1_000_000, ...scale } = readNumbers(values);
	const known = [...SCENARIOS.map(({ name }) => name), QUEUE];
	const unknown = positionals.find((name) => !known.includes(name));
	const { platform } = values;
	if (platform !== undefined && !PLATFORMS.includes(String(platform)))
		throw new StepFailure(`no platform "${platform}"`, `Known are ${PLATFORMS.join(', ')}.`);
	if (unknown) throw new StepFailure(`no scenario "${unknown}"`, `Known are ${known.join(', ')}.`);
	return {
		folder: String(values.folder),
		size: /** @type {'short' | 'full'} */ (values.short ? 'short' : 'full'),
		controls: !values['no-controls'],
		names: positionals.length > 0 ? positionals : known,
		seed,
		scale: { ...scale, ...(platform !== undefined && { platforms: [String(platform)] }) },
	};
}

/**
 * Plays scenarios on one system, and keeps their results as they come.
 *
 * @param {Scenario[]} scenarios
 * @param {string} folder
 * @param {Context} context
 */
async function playAll(scenarios, folder, { options, steps, results }) {
	const { arena, stop } = await steps.step(
		'Start n8n and the simulated platforms',
		async () =>
			await startArena(folder, {
				seed: options.seed,
				options: { logFile: path.join(options.folder, 'n8n.log') },
			}),
	);
	for (const scenario of scenarios) {
		const scale = { ...SCALES[options.size][scenario.name], ...options.scale };
		const began = Date.now();
		/** @param {Result} state */
		const report = (state) => {
			results.put(scenario.name, { scale, ...state });
			const { written, acknowledged, answers } = arena.progress();
			const seen = `${acknowledged} of ${written} acknowledged, ${answers} answers`;
			steps.say(`  … ${duration(Date.now() - began)}: ${state.progress}; ${seen}`);
		};
		const result = await steps.step(
			scenario.title,
			async () =>
				await play(arena, scenario, scale, {
					report,
					controls: options.controls,
					say: steps.say,
				}),
		);
		results.put(scenario.name, { scale, ...result, done: true });
	}
	await stop();
}

/**
 * A scenario that needs a disk of its own.
 *
 * @param {Scenario} scenario
 * @param {string} folder
 * @param {Context} context
 */
async function playOnDisk(scenario, folder, context) {
	const giveBack = await scenario.prepare?.(folder);
	if (!giveBack) {
		context.steps.say(`! ${scenario.title}: not simulated, this user may not mount a disk.`);
		context.results.put(scenario.name, { skipped: 'this user may not mount a disk' });
		return;
	}
	try {
		await playAll([scenario], folder, context);
	} finally {
		await giveBack();
	}
}

/** @param {Script} script */
async function main(script) {
	const options = readOptions();
	fs.mkdirSync(options.folder, { recursive: true });
	const log = path.join(options.folder, 'faults.log');
	const steps = createSteps((text) => {
		process.stdout.write(text);
		fs.appendFileSync(log, text);
	});
	await bootstrap(steps);
	const results = createResults(path.join(options.folder, 'results.json'), { seed: options.seed });
	const work = fs.mkdtempSync(path.join(os.tmpdir(), 'clawbot-faults-'));
	script.onEnd = () => fs.rmSync(work, { recursive: true, force: true, maxRetries: 3 });
	/** @param {string} name */
	const folder = (name) => {
		const place = path.join(work, name);
		fs.mkdirSync(place);
		return place;
	};
	steps.say(`Seed ${options.seed}. Results: ${results.file}`);

	const context = { options, steps, results };
	const chosen = SCENARIOS.filter(({ name }) => options.names.includes(name));
	const together = chosen.filter(({ prepare }) => !prepare);
	if (together.length > 0) await playAll(together, folder('together'), context);
	for (const scenario of chosen.filter(({ prepare }) => prepare)) {
		await playOnDisk(scenario, folder(scenario.name), context);
	}
	if (options.names.includes(QUEUE)) {
		results.put(
			QUEUE,
			await steps.step('A worker is killed in queue mode', async () => await queueTest()),
		);
	}
	steps.say(`\n${results.table()}`);
	return results.good() ? 0 : 1;
}

runScript(main);
