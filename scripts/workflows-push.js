'use strict';
const { readArguments } = require('./machine/arguments.js');
const { paths } = require('./machine/paths.js');
const { runTool } = require('./machine/tool.js');
const { PUSH, PUSH_USAGE, pushBundled } = require('./transfer/bundled.js');
const { REMOTE } = require('./transfer/remote.js');
const { openTarget } = require('./transfer/target.js');

/*
 * npm run workflows:push [-- USAGE]
 * Brings the bundled workflows into a running n8n.
 */

const USAGE = `[--url https://n8n.example.com --api-key KEY] ${PUSH_USAGE}`;

void runTool(async () => {
	const { values } = readArguments(USAGE, { options: { ...REMOTE, ...PUSH } });
	console.log(await pushBundled(openTarget(values), paths.root, values));
});
