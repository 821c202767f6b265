'use strict';
// npm run workflows:push -- --url https://n8n.example.com --api-key KEY [--overwrite] [--store postgres]
const { inRoot, paths } = require('./machine/paths.js');
const { pushWorkflows } = require('./workflows/push.js');
const { atAddress } = require('./system/recovery.js');
const { failureText } = require('./machine/steps.js');
const { readTarget } = require('./workflows/target.js');
const { readWorkflows } = require('./workflows/workflows.js');

async function main() {
	const { api, values } = readTarget({
		overwrite: { type: 'boolean', default: false },
		store: { type: 'string' },
	});
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
	const count = (wanted) => rows.filter(({ result }) => result === wanted).length;
	console.log(
		['created', 'updated', 'unchanged', 'kept']
			.map((result) => `${count(result)} ${result}`)
			.join(', '),
	);
}

main().catch((error) => {
	console.error(failureText(error));
	process.exitCode = 1;
});
