'use strict';
// npm run test:faults [-- scenario …] [--short] [--no-controls] [--seed N] [--folder DIR] [--minutes N]
// [--kills N] [--messages N] [--conversations N] [--seconds N]
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { parseArgs } = require('node:util');
const { queueTest } = require('./faults/queue.js');
const { createResults } = require('./faults/results.js');
const { play, SCENARIOS, SCALES } = require('./faults/scenarios.js');
const { startArena } = require('./faults/system.js');
const { bootstrap } = require('./machine/bootstrap.js');
const { paths } = require('./machine/paths.js');
const { runScript } = require('./machine/script.js');
const { createSteps, duration, StepFailure } = require('./machine/steps.js');

/** What a scenario's scale may be changed to. */
const NUMBERS = ['seed', 'minutes', 'kills', 'messages', 'conversations', 'seconds'];
const QUEUE = 'queue';

function readNumbers(values) {
	const numbers = {};
	for (const name of NUMBERS.filter((each) => values[each] !== undefined)) {
		numbers[name] = Number(values[name]);
		if (!Number.isInteger(numbers[name]) || numbers[name] < 1)
			throw new Error(`--${name} ${values[name]}: a whole number above 0 expected`);
	}
	return numbers;
}

function readOptions() {
	try {
		const { values, positionals } = parseArgs({
			allowPositionals: true,
			options: {
				short: { type: 'boolean', default: false },
				'no-controls': { type: 'boolean', default: false },
				folder: { type: 'string', default: path.join(paths.data, 'faults') },
				...Object.fromEntries(NUMBERS.map((name) => [name, { type: 'string' }])),
			},
		});
		const { seed = Date.now() % 1_000_000, ...scale } = readNumbers(values);
		const known = [...SCENARIOS.map(({ name }) => name), QUEUE];
		const unknown = positionals.find((name) => !known.includes(name));
		if (unknown) throw new Error(`no scenario "${unknown}": ${known.join(', ')}`);
		return {
			folder: values.folder,
			size: values.short ? 'short' : 'full',
			controls: !values['no-controls'],
			names: positionals.length > 0 ? positionals : known,
			seed,
			scale,
		};
	} catch (error) {
		throw new StepFailure(error.message, 'Read the first lines of scripts/faults.js.');
	}
}

/** Plays scenarios on one system, and keeps their results as they come. */
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

/** A scenario that needs a disk of its own. */
async function playOnDisk(scenario, folder, context) {
	const giveBack = await scenario.prepare(folder);
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
		results.put(QUEUE, await steps.step('A worker is killed in queue mode', queueTest));
	}
	steps.say(`\n${results.table()}`);
	return results.good() ? 0 : 1;
}

runScript(main);
