'use strict';
const { readArguments } = require('./machine/arguments.js');
const { paths } = require('./machine/paths.js');
const { runTool } = require('./machine/tool.js');
const { pullWorkflows } = require('./transfer/pull.js');
const { REMOTE } = require('./transfer/remote.js');
const { openTarget } = require('./transfer/target.js');

/*
 * npm run workflows:pull [-- USAGE]
 * Writes the workflows of a running n8n back into the bundle.
 */

const USAGE = '[--url https://n8n.example.com --api-key KEY] [--store postgres] [ID to add …]';

void runTool(async () => {
	const { values, positionals } = readArguments(USAGE, {
		options: { ...REMOTE, store: { type: 'string' } },
		allowPositionals: true,
	});
	const rows = await pullWorkflows(openTarget(values), paths.workflows, {
		store: values.store,
		furtherIds: positionals,
	});
	for (const { file, result } of rows) console.log(`${result.padEnd(9)}  ${file}`);
	if (rows.some(({ result }) => result === 'written'))
		console.log('Now run: npm run workflows:check');
	if (rows.some(({ result }) => result === 'not there')) process.exitCode = 1;
});
