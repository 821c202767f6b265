'use strict';
// npm run workflows:pull [-- --url https://n8n.example.com --api-key KEY] [--store postgres] [ID to add …]
const { paths } = require('./machine/paths.js');
const { pullWorkflows } = require('./workflows/pull.js');
const { failureText } = require('./machine/steps.js');
const { readTarget } = require('./workflows/target.js');

async function main() {
	const { api, values, positionals } = readTarget({ store: { type: 'string' } });
	const rows = await pullWorkflows(api, paths.workflows, { ...values, furtherIds: positionals });
	for (const { file, result } of rows) console.log(`${result.padEnd(9)}  ${file}`);
	if (rows.some(({ result }) => result === 'written'))
		console.log('Now run: npm run workflows:check');
	if (rows.some(({ result }) => result === 'not there')) process.exitCode = 1;
}

main().catch((error) => {
	console.error(failureText(error));
	process.exitCode = 1;
});
