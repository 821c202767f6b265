'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { loadCatalogue } = require('./lib/check/catalogue.js');
const { checkWorkflow } = require('./lib/check/index.js');
const { paths } = require('./lib/paths.js');
const { failureText } = require('./lib/steps.js');
const { inDependencyOrder, readWorkflows, workflowText } = require('./lib/workflows.js');

/**
 * Checks every bundled workflow and the set as a whole; returns the number of problems, each
 * printed.
 */
function checkAll(folder) {
	const bundled = readWorkflows(folder);
	const catalogue = loadCatalogue();
	const ids = new Set(bundled.map(({ workflow }) => workflow.id));
	const all = bundled.flatMap(({ file, workflow }) => {
		const problems = checkWorkflow(workflow, catalogue, ids);
		const text = fs.readFileSync(path.join(folder, file), 'utf8');
		if (problems.length === 0 && text !== workflowText(workflow)) {
			problems.push({
				rule: 'form',
				text: 'not in canonical form; npm run workflows:check -- --write puts it right',
			});
		}
		return problems.map((problem) => ({ file, ...problem }));
	});
	if (ids.size < bundled.length)
		all.push({ file: folder, rule: 'duplicate-id', text: 'two workflows have the same id' });
	for (const { file, rule, node, text } of all) {
		console.log(`${file}: ${node ? `"${node}": ` : ''}${text} [${rule}]`);
	}
	inDependencyOrder(bundled.map(({ workflow }) => workflow));
	console.log(`${bundled.length} workflows, ${all.length} problems`);
	return all.length;
}

function writeCanonical(folder) {
	for (const { file, workflow } of readWorkflows(folder)) {
		fs.writeFileSync(path.join(folder, file), workflowText(workflow));
	}
}

try {
	if (process.argv.includes('--write')) writeCanonical(paths.workflows);
	process.exitCode = checkAll(paths.workflows) > 0 ? 1 : 0;
} catch (error) {
	console.error(failureText(error));
	process.exitCode = 1;
}
