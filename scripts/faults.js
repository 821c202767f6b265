'use strict';
// npm run test:faults [-- scenario …] [--short] [--no-controls] [--seed N] [--folder DIR] [--kills N] …
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { parseArgs } = require('node:util');
const { startArena } = require('./faults/system.js');
const { play, SCENARIOS, SCALES } = require('./faults/scenarios.js');
const { createResults } = require('./faults/results.js');
const { bootstrap } = require('./lib/bootstrap.js');
const { paths } = require('./lib/paths.js');
const { runScript } = require('./lib/script.js');
const { createSteps, duration, StepFailure } = require('./lib/steps.js');

const steps = createSteps();
/** What a scenario's scale may be changed to. */
const NUMBERS = ['seed', 'kills', 'messages', 'conversations', 'seconds'];

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
		const numbers = {};
		for (const name of NUMBERS.filter((each) => values[each] !== undefined)) {
			numbers[name] = Number(values[name]);
			if (!Number.isInteger(numbers[name]) || numbers[name] < 1)
				throw new Error(`--${name} ${values[name]}: a whole number above 0 expected`);
		}
		const { seed = Date.now() % 1_000_000, ...scale } = numbers;
		const known = SCENARIOS.map(({ name }) => name);
		const unknown = positionals.find((name) => !known.includes(name));
		if (unknown) throw new Error(`no scenario "${unknown}": ${known.join(', ')}`);
		const names = positionals.length > 0 ? positionals : known;
		return { ...values, names, seed, scale };
	} catch (error) {
		throw new StepFailure(error.message, 'Read the first line of scripts/faults.js.');
	}
}

async function main(script) {
	const options = readOptions();
	await bootstrap(steps);
	fs.mkdirSync(options.folder, { recursive: true });
	const results = createResults(path.join(options.folder, 'results.json'), { seed: options.seed });
	const work = fs.mkdtempSync(path.join(os.tmpdir(), 'clawbot-faults-'));
	script.onEnd = () => fs.rmSync(work, { recursive: true, force: true, maxRetries: 3 });
	const { arena, stop } = await steps.step(
		'Start n8n and the simulated platforms',
		async () => await startArena(work, options),
	);
	steps.say(`Seed ${options.seed}. Results: ${results.file}`);
	for (const scenario of SCENARIOS.filter(({ name }) => options.names.includes(name))) {
		const scale = { ...SCALES[options.short ? 'short' : 'full'][scenario.name], ...options.scale };
		const began = Date.now();
		const report = (state) => {
			results.put(scenario.name, { scale, ...state });
			const { written, acknowledged, answers } = arena.progress();
			const seen = `${acknowledged} of ${written} acknowledged, ${answers} answers`;
			steps.say(`  … ${duration(Date.now() - began)}: ${state.progress}; ${seen}`);
		};
		const controls = !options['no-controls'];
		const result = await steps.step(
			scenario.title,
			async () => await play(arena, scenario, scale, { report, controls, say: steps.say }),
		);
		results.put(scenario.name, { scale, ...result, done: true });
	}
	await stop();
	steps.say(`\n${results.table()}`);
	return results.good() ? 0 : 1;
}

runScript(main);
