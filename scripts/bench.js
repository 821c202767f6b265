'use strict';
// npm run bench [-- --quick] [-- --only default|lazy]
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { parseArgs } = require('node:util');
const { ENGINES, PLANS, runEngine } = require('./bench/plan.js');
const { harm, report } = require('./bench/report.js');
const { bootstrap } = require('./machine/bootstrap.js');
const { pack } = require('./machine/package.js');
const { inRoot, paths } = require('./machine/paths.js');
const { run } = require('./machine/processes.js');
const { runScript } = require('./machine/script.js');
const { createSteps, StepFailure } = require('./machine/steps.js');

const steps = createSteps();

function readOptions() {
	try {
		const { values } = parseArgs({
			options: { quick: { type: 'boolean', default: false }, only: { type: 'string' } },
		});
		if (values.only && !ENGINES[values.only]) throw new Error(`unknown engine "${values.only}"`);
		return values;
	} catch (error) {
		throw new StepFailure(
			error.message,
			`Known are --quick and --only ${Object.keys(ENGINES).join('|')}.`,
		);
	}
}

async function describeMachine() {
	const node = (await run(paths.node, ['--version'])).trim();
	const { version } = require(inRoot('node_modules', 'n8n', 'package.json'));
	const gigabytes = Math.round(os.totalmem() / 2 ** 30);
	return `${os.cpus().length} cores, ${gigabytes} GB, Node ${node.slice(1)}, n8n ${version}`;
}

async function main(script) {
	const { quick, only } = readOptions();
	await bootstrap(steps);
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'clawbot-bench-'));
	script.onEnd = () => fs.rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
	const machine = await describeMachine();
	const busy = os.loadavg()[0];
	if (busy > 0.5)
		steps.say(`! This machine is busy (load ${busy.toFixed(1)}): the figures will be rough.`);
	const packed = await steps.step(
		'Pack the package',
		async () => await pack(path.join(folder, 'package')),
	);

	const results = [];
	for (const engine of only ? [only] : Object.keys(ENGINES)) {
		const options = { packed, folder: path.join(folder, engine) };
		const note = (text) => steps.say(`  … ${engine}: ${text}`);
		results.push(
			await steps.step(`Measure with ${ENGINES[engine].title}`, async () => {
				return await runEngine(engine, PLANS[quick ? 'quick' : 'full'], options, note);
			}),
		);
	}

	const titles = Object.fromEntries(
		Object.entries(ENGINES).map(([name, { title }]) => [name, title]),
	);
	const text = report(results, machine, titles);
	steps.say(`\n${text}`);
	// Part of the measurements must not replace all of them.
	const file =
		quick || only ? path.join(paths.data, 'performance.md') : inRoot('docs', 'performance.md');
	fs.mkdirSync(path.dirname(file), { recursive: true });
	fs.writeFileSync(file, text);
	steps.say(`Written to ${path.relative(paths.root, file)}.`);
	const { lost, twice } = harm(results);
	return lost + twice > 0 ? 1 : 0;
}

runScript(main);
