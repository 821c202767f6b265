'use strict';
const path = require('node:path');
const { readArguments } = require('./machine/arguments.js');
const { StepFailure } = require('./machine/steps.js');
const { runTool } = require('./machine/tool.js');
const { PUSH, PUSH_USAGE, pushBundled } = require('./transfer/bundled.js');
const { REMOTE, openRemote } = require('./transfer/remote.js');

/*
 * npx n8n-nodes-clawbot USAGE
 * The command of the published package: brings the bundled workflows into an n8n. The build makes one file
 * of it, dist/command.mjs.
 */

const USAGE = `push --url https://n8n.example.com --api-key KEY ${PUSH_USAGE}`;

void runTool(async () => {
	const { values, positionals } = readArguments(USAGE, {
		options: { ...REMOTE, ...PUSH },
		allowPositionals: true,
	});
	if (positionals.join(' ') !== 'push' || !values.url) {
		throw new StepFailure('it was not said what to do', `Known are ${USAGE}`);
	}
	const api = openRemote(values.url, values['api-key']);
	// As far from this script as from dist/command.mjs.
	const root = path.join(__dirname, '..');
	console.log(await pushBundled(api, root, values));
});
