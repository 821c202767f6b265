'use strict';
const { readArguments } = require('./machine/arguments.js');
const { inRoot, paths } = require('./machine/paths.js');
const { runTool } = require('./machine/script.js');
const { pushWorkflows } = require('./transfer/push.js');
const { TARGET, openTarget } = require('./transfer/target.js');
const { atAddress } = require('./workflows/addresses.js');
const { readWorkflows } = require('./workflows/workflows.js');

/*
 * npm run workflows:push [-- USAGE]
 * Brings the bundled workflows into a running n8n.
 */

const USAGE = '[--url https://n8n.example.com --api-key KEY] [--overwrite] [--store postgres]';

void runTool(async () => {
	const { values } = readArguments(USAGE, {
		options: { ...TARGET, overwrite: { type: 'boolean' }, store: { type: 'string' } },
	});
	const api = openTarget(values);
	const bundled = readWorkflows(paths.workflows, values).map(({ workflow }) => workflow);
	const { version } = require(inRoot('package.json'));
	const rows = await pushWorkflows(api, atAddress(bundled, api.url), {
		version,
		overwrite: values.overwrite,
	});
	const width = Math.max(...rows.map(({ name }) => name.length), 0);
	for (const { name, result, id, todo } of rows) {
		console.log(`${result.padEnd(9)}  ${name.padEnd(width)}  ${api.url}/workflow/${id}`);
		for (const text of todo) console.log(`           to do: ${text}`);
	}
	const counts = ['created', 'updated', 'unchanged', 'kept'].map(
		(wanted) => `${rows.filter(({ result }) => result === wanted).length} ${wanted}`,
	);
	console.log(counts.join(', '));
});
