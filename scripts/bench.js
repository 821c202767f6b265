'use strict';
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { runEngine } = require('./bench/engine.js');
const { runIdle } = require('./bench/idle.js');
const { ENGINES, PLANS } = require('./bench/plan.js');
const { idleReport, report } = require('./bench/report.js');
const { harm } = require('./bench/verdicts.js');
const { readArguments } = require('./machine/arguments.js');
const { bootstrap } = require('./machine/bootstrap.js');
const { pack } = require('./machine/package.js');
const { inRoot, paths } = require('./machine/paths.js');
const { run } = require('./machine/processes.js');
const { runScript } = require('./machine/script.js');
const { createSteps, StepFailure } = require('./machine/steps.js');

/** @import { Packed } from './machine/package.js' */
/** @import { Script } from './machine/script.js' */
/** @import { Engine } from './bench/plan.js' */
/** @import { Result } from './bench/report.js' */

/*
 * npm run bench [-- USAGE]
 * Measures the package beside n8n's own nodes, and writes docs/performance.md where all was measured.
 */

/** @typedef {{ quick: boolean, only?: Engine, idle?: string }} Options */

/** @type {Engine[]} */
const ENGINE_NAMES = ['default', 'lazy'];
const USAGE = `[--quick] [--idle SECONDS] [--only ${ENGINE_NAMES.join('|')}]`;
const steps = createSteps();

/** @returns {Options} */
function readOptions() {
	const { values } = readArguments(USAGE, {
		options: {
			quick: { type: 'boolean', default: false },
			only: { type: 'string' },
			idle: { type: 'string' },
		},
	});
	const { quick = false, idle } = values;
	const only = ENGINE_NAMES.find((name) => name === values.only);
	if (values.only && !only) throw new StepFailure(`unknown engine "${values.only}"`, USAGE);
	if (idle && !(Number(idle) > 0)) throw new StepFailure('--idle takes seconds', USAGE);
	return { quick, only, idle };
}

async function describeMachine() {
	const node = (await run(paths.node, ['--version'])).trim();
	const { version } = require(inRoot('node_modules', 'n8n', 'package.json'));
	const gigabytes = Math.round(os.totalmem() / 2 ** 30);
	return `${os.cpus().length} cores, ${gigabytes} GB, Node ${node.slice(1)}, n8n ${version}`;
}

/**
 * The load, unless only the idle part is wanted; then what n8n costs with nothing to do, in a fresh n8n.
 *
 * @param {Engine} engine
 * @param {Options} wanted
 * @param {{ packed: Packed, folder: string }} options of the system
 * @returns {Promise<Result>}
 */
async function measureEngine(engine, { quick, idle }, options) {
	/** @param {string} text */
	const note = (text) => steps.say(`  … ${engine}: ${text}`);
	const plan = PLANS[quick ? 'quick' : 'full'];
	const loaded = idle
		? { engine, lines: [], leftOut: [] }
		: await runEngine(engine, plan, { ...options, folder: `${options.folder}-load` }, note);
	const idlePlan = idle ? { ...plan.idle, seconds: Number(idle) } : plan.idle;
	const { env } = ENGINES[engine];
	return {
		...loaded,
		idle: { engine, ...(await runIdle({ ...options, env }, idlePlan, note)) },
	};
}

/**
 * @param {Options} options
 * @param {string} folder
 */
async function measureAll(options, folder) {
	const packed = await steps.step(
		'Pack the package',
		async () => await pack(path.join(folder, 'package')),
	);
	const results = [];
	for (const engine of options.only ? [options.only] : ENGINE_NAMES) {
		results.push(
			await steps.step(`Measure with ${ENGINES[engine].title}`, async () => {
				return await measureEngine(engine, options, { packed, folder: path.join(folder, engine) });
			}),
		);
	}
	return results;
}

/**
 * Part of the measurements must not replace all of them.
 *
 * @param {Options} options
 */
function reportFile({ quick, only, idle }) {
	const whole = !quick && !only && !idle;
	return whole ? inRoot('docs', 'performance.md') : path.join(paths.data, 'performance.md');
}

/** @param {Script} script */
async function main(script) {
	const options = readOptions();
	await bootstrap(steps);
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'clawbot-bench-'));
	script.onEnd = () => fs.rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
	const machine = await describeMachine();
	const [busy = 0] = os.loadavg();
	if (busy > 0.5)
		steps.say(`! This machine is busy (load ${busy.toFixed(1)}): the figures will be rough.`);
	const results = await measureAll(options, folder);
	const titles = Object.fromEntries(
		Object.entries(ENGINES).map(([name, { title }]) => [name, title]),
	);
	const text = options.idle ? idleReport(results, machine) : report(results, machine, titles);
	steps.say(`\n${text}`);
	const file = reportFile(options);
	fs.mkdirSync(path.dirname(file), { recursive: true });
	fs.writeFileSync(file, text);
	steps.say(`Written to ${path.relative(paths.root, file)}.`);
	const { lost, twice } = harm(results);
	return lost + twice > 0 ? 1 : 0;
}

runScript(main);
