'use strict';
// npm test [-- arguments of jest]
const fs = require('node:fs');
const path = require('node:path');
const { bootstrap } = require('./machine/bootstrap.js');
const { prepareBrowser } = require('./machine/browser.js');
const { inRoot, paths } = require('./machine/paths.js');
const { run, start } = require('./machine/processes.js');
const { summarize } = require('./machine/results.js');
const { runScript } = require('./machine/script.js');
const { prepareServices } = require('./machine/services.js');
const { prepareSshd } = require('./machine/sshd.js');
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

async function main() {
	let outcome = { line: '0 passed, 0 failed', ok: false };
	process.once('exit', () => process.stdout.write(`${outcome.line}\n`));
	await bootstrap(steps);
	await steps.step('Prepare a browser', prepareBrowser);
	await steps.step('Prepare Redis and PostgreSQL', prepareServices);
	await steps.step('Prepare an SSH server', prepareSshd);
	for (const [title, name] of CHECKS) {
		const args = name === 'vectors' ? ['--', 'test/vectors'] : [];
		await steps.step(title, async () => {
			await run('npm', ['run', '--silent', name, ...args], {
				cwd: paths.root,
				title: `npm run ${name}`,
				cure: 'Correct what is named above.',
			});
		});
	}
	outcome = await jest(process.argv.slice(2));
	return outcome.ok ? 0 : 1;
}

runScript(main);
