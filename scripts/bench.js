'use strict';
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { chosen, help, secondsFor } = require('./bench/choice.js');
const { measurePart } = require('./bench/engine.js');
const { runIdle } = require('./bench/idle.js');
const { picture } = require('./bench/picture.js');
const { ENGINES, secondsOf } = require('./bench/plan.js');
const { measureReliability } = require('./bench/reliability.js');
const { report } = require('./bench/report.js');
const { harm } = require('./bench/verdicts.js');
const { WORDS } = require('./bench/words.js');
const { readArguments } = require('./machine/arguments.js');
const { bootstrap } = require('./machine/bootstrap.js');
const { pack } = require('./machine/package.js');
const { inRoot, paths } = require('./machine/paths.js');
const { run } = require('./machine/processes.js');
const { runScript } = require('./machine/script.js');
const { createSteps, duration } = require('./machine/steps.js');

/** @import { Script } from './machine/script.js' */
/** @import { Results } from './bench/cells.js' */
/** @import { Choice } from './bench/choice.js' */

/*
 * npm run bench [-- --help]
 * Measures the package beside n8n's own nodes, and writes docs/performance.md where all was measured.
 */

const steps = createSteps();

function readOptions() {
	const { values } = readArguments('--only, --side, --load, --help', {
		options: {
			only: { type: 'string' },
			side: { type: 'string' },
			load: { type: 'string' },
			help: { type: 'boolean', default: false },
		},
	});
	return values;
}

/**
 * @param {number} busy the load before the run: figures of a machine with other work are rough, and say so
 */
async function describeMachine(busy) {
	const node = (await run(paths.node, ['--version'])).trim();
	const { version } = require(inRoot('node_modules', 'n8n', 'package.json'));
	const gigabytes = Math.round(os.totalmem() / 2 ** 30);
	const idle = `${os.cpus().length} cores, ${gigabytes} GB, Node ${node.slice(1)}, n8n ${version}`;
	return busy > 0.5 ? `${idle}, load ${busy.toFixed(1)} before the run` : idle;
}

const kept = path.join(paths.data, 'performance');

/**
 * What a run that is ended early has measured is not lost.
 *
 * @param {Results} results
 */
function keep(results) {
	fs.mkdirSync(kept, { recursive: true });
	fs.writeFileSync(path.join(kept, 'results.json'), JSON.stringify(results, undefined, '\t'));
}

/**
 * One part after the other, each on an n8n of its own.
 *
 * @param {Choice} choice
 * @param {string} machine
 * @param {string} folder
 * @returns {Promise<Results>}
 */
async function measureAll({ parts, others }, machine, folder) {
	const packed = await steps.step(
		'Pack the package',
		async () => await pack(path.join(folder, 'package')),
	);
	/** @param {string} name */
	const options = (name) => ({ packed, folder: path.join(folder, name) });
	/** @param {string} name */
	const note = (name) => (/** @type {string} */ text) => steps.say(`  … ${name}: ${text}`);
	/** @type {Results} */
	const results = { machine, cells: [], leftOut: [], idleCpu: {} };
	for (const { name, ...part } of parts) {
		// A machine of half the speed measures all of it.
		const run = { seconds: secondsOf(part) * 2, note: note(name) };
		const measured = await steps.step(
			`Measure ${name} (about ${duration(secondsOf(part) * 1000)})`,
			async () => await measurePart(part, options(name), run),
		);
		results.cells.push(...measured.cells);
		results.leftOut.push(...measured.leftOut);
		results.idleCpu[name] = measured.idleCpu;
		keep(results);
	}
	const lazy = { env: ENGINES.lazy.env };
	if (others.includes('reliability')) {
		results.reliability = await steps.step(
			'Measure reliability',
			async () =>
				await measureReliability({ ...options('reliability'), ...lazy }, note('reliability')),
		);
		keep(results);
	}
	if (others.includes('idle')) {
		results.idle = await steps.step(
			'Measure idle',
			async () => await runIdle({ ...options('idle'), ...lazy }, note('idle')),
		);
		keep(results);
	}
	return results;
}

/**
 * Both pages and their pictures, below `folder`.
 *
 * @param {Results} results
 * @param {string} folder
 */
function writeReports(results, folder) {
	fs.mkdirSync(path.join(folder, 'images'), { recursive: true });
	for (const [suffix, words] of Object.entries({ '': WORDS.en, '.zh-CN': WORDS.zh })) {
		const image = `images/performance${suffix}.svg`;
		fs.writeFileSync(path.join(folder, `performance${suffix}.md`), report(results, words, image));
		fs.writeFileSync(path.join(folder, image), picture(results, words));
	}
	return path.join(folder, 'performance.md');
}

/** @param {Script} script */
async function main(script) {
	const { help: wantsHelp, ...values } = readOptions();
	if (wantsHelp) {
		steps.say(help());
		return 0;
	}
	const choice = chosen(values);
	await bootstrap(steps);
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'clawbot-bench-'));
	script.onEnd = () => fs.rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
	const [busy = 0] = os.loadavg();
	if (busy > 0.5)
		steps.say(`! This machine is busy (load ${busy.toFixed(1)}): the figures will be rough.`);
	steps.say(`All of it takes about ${duration(secondsFor(choice) * 1000)}.`);
	const results = await measureAll(choice, await describeMachine(busy), folder);
	const file = writeReports(results, choice.isWhole ? inRoot('docs') : kept);
	steps.say(`\n${fs.readFileSync(file, 'utf8')}\nWritten to ${path.relative(paths.root, file)}.`);
	const { lost, twice } = harm(results);
	return lost + twice > 0 ? 1 : 0;
}

runScript(main);
