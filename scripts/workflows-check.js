'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { paths } = require('./machine/paths.js');
const { runTool } = require('./machine/tool.js');
const { workflowText } = require('./workflows/canonical.js');
const { loadCatalogue } = require('./workflows/check/catalogue.js');
const { checkSet, checkWorkflow } = require('./workflows/check/index.js');
const { STORES, readWorkflows } = require('./workflows/workflows.js');

/** @import { Problem } from './workflows/check/index.js' */
/** @import { BundledFile } from './workflows/workflows.js' */

/*
 * npm run workflows:check [-- --write]
 * Checks every bundled workflow and the set as a whole; --write puts the files into canonical form first.
 */

/**
 * Each file of some sets once.
 *
 * @param {BundledFile[][]} sets
 */
const filesOf = (sets) => [...new Map(sets.flat().map((entry) => [entry.file, entry])).values()];

/** @param {string} folder */
function checkAll(folder) {
	const sets = STORES.map((store) => readWorkflows(folder, { store }));
	const bundled = filesOf(sets);
	const catalogue = loadCatalogue();
	const ids = new Set(bundled.map(({ workflow }) => workflow.id));
	/** @type {(Problem & { file?: string })[]} */
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
	if (all.length > 0) process.exitCode = 1;
}

/** @param {string} folder */
function writeCanonical(folder) {
	const sets = STORES.map((store) => readWorkflows(folder, { store }));
	for (const { file, workflow } of filesOf(sets)) {
		fs.writeFileSync(path.join(folder, file), workflowText(workflow));
	}
}

void runTool(() => {
	if (process.argv.includes('--write')) writeCanonical(paths.workflows);
	checkAll(paths.workflows);
});
