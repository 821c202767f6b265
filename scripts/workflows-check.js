'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { loadCatalogue } = require('./workflows/check/catalogue.js');
const { checkSet, checkWorkflow } = require('./workflows/check/index.js');
const { paths } = require('./machine/paths.js');
const { failureText } = require('./machine/steps.js');
const { STORES, readWorkflows, workflowText } = require('./workflows/workflows.js');

/** Each file of some sets once. */
const filesOf = (sets) => [...new Map(sets.flat().map((entry) => [entry.file, entry])).values()];

/**
 * Checks every bundled workflow and the set as a whole; returns the number of problems, each
 * printed.
 */
function checkAll(folder) {
	const sets = STORES.map((store) => readWorkflows(folder, { store }));
	const bundled = filesOf(sets);
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
	for (const set of sets) all.push(...checkSet(set.map(({ workflow }) => workflow)));
	for (const { file, rule, node, text } of all) {
		console.log(`${file ?? 'workflows'}: ${node ? `"${node}": ` : ''}${text} [${rule}]`);
	}
	console.log(`${bundled.length} workflows, ${all.length} problems`);
	return all.length;
}

function writeCanonical(folder) {
	const sets = STORES.map((store) => readWorkflows(folder, { store }));
	for (const { file, workflow } of filesOf(sets)) {
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
