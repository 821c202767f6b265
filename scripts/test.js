'use strict';
// npm test [-- arguments of jest]
const fs = require('node:fs');
const path = require('node:path');
const { bootstrap, install } = require('./machine/bootstrap.js');
const { prepareDebian } = require('./machine/debian.js');
const { prepareSqlite } = require('./machine/install.js');
const { build } = require('./machine/package.js');
const { inRoot, paths } = require('./machine/paths.js');
const { run, start } = require('./machine/processes.js');
const { summarize } = require('./machine/results.js');
const { runScript } = require('./machine/script.js');
const { createSteps } = require('./machine/steps.js');

const steps = createSteps();
const RESULT = path.join(paths.data, 'test-results.json');
// Each is an npm script: what is checked is what a developer runs by hand.
/** @type {[title: string, script: string][]} */
const CHECKS = [
	['Check types', 'typecheck'],
	['Lint', 'lint'],
	['Scan as n8n does for community packages', 'scan'],
	['Check workflows', 'workflows:check'],
	['Try the known answers', 'vectors'],
];

/** @param {string[]} args */
async function jest(args) {
	fs.rmSync(RESULT, { force: true });
	const { exited } = start(
		paths.node,
		[inRoot('node_modules', 'jest', 'bin', 'jest.js'), '--json', `--outputFile=${RESULT}`, ...args],
		{ cwd: paths.root, show: true },
	);
	const { code } = await exited;
	const result = fs.existsSync(RESULT) ? JSON.parse(fs.readFileSync(RESULT, 'utf8')) : undefined;
	const { line, ok } = summarize(result);
	return { line, ok: ok && code === 0 };
}

/** @param {[title: string, name: string]} check */
async function check([title, name]) {
	const args = name === 'vectors' ? ['--', 'test/vectors'] : [];
	await steps.step(title, async () => {
		await run('npm', ['run', '--silent', name, ...args], {
			cwd: paths.root,
			title: `npm run ${name}`,
			cure: 'Correct what is named above.',
		});
	});
}

/** Everything before the tests. What does not need one another runs at the same time. */
async function prepareAll() {
	const { step, together } = steps;
	await together([install(steps), step('Install Debian packages', prepareDebian)]);
	const buildAndCheck = async () => {
		await step('Build the package', build);
		await together(CHECKS.map(check));
	};
	await together([step('Prepare SQLite', prepareSqlite), buildAndCheck()]);
}

async function main() {
	const args = process.argv.slice(2);
	let outcome = { line: '0 passed, 0 failed', ok: false };
	process.once('exit', () => process.stdout.write(`${outcome.line}\n`));
	// Whoever names tests wants these, at once; one that lacks a Debian package says so.
	if (args.length > 0) await bootstrap(steps);
	else await prepareAll();
	outcome = await jest(args);
	return outcome.ok ? 0 : 1;
}

runScript(main);
