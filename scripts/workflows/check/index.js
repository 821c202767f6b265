'use strict';
const { inDependencyOrder, isNote } = require('../workflows.js');
const { checkCanvas } = require('./canvas.js');
const {
	checkConnections,
	checkFailures,
	checkReferences,
	checkWorkflowReferences,
} = require('./graph.js');
const { checkHygiene } = require('./hygiene.js');
const { checkParameters } = require('./parameters.js');

/** @import { Workflow, WorkflowNode } from '../workflows.js' */
/** @import { Catalogue } from './catalogue.js' */
/** @typedef {{ rule: string, text: string, node?: string }} Problem `node` is its name */
/** @typedef {Generator<Problem, void>} Problems */

/**
 * @param {WorkflowNode} node
 * @param {Catalogue} catalogue
 * @returns {Problems}
 */
function* checkNode(node, catalogue) {
	if (!node.id) yield { rule: 'missing-id', node: node.name, text: 'it has no id' };
	if (!catalogue.has(node.type)) {
		const text = `the node type ${node.type} does not exist`;
		yield { rule: 'unknown-node-type', node: node.name, text };
		return;
	}
	const description = catalogue.find(node.type, node.typeVersion);
	if (!description) {
		const text = `${node.type} has no version ${node.typeVersion}`;
		yield { rule: 'unknown-version', node: node.name, text };
		return;
	}
	if (description.webhooks?.length && !node.webhookId) {
		const text = 'it has no webhookId, so its address would change with each import';
		yield { rule: 'missing-id', node: node.name, text };
	}
	if (isNote(node)) return;
	for (const problem of checkParameters(node, description)) yield { node: node.name, ...problem };
}

/**
 * @param {Workflow} workflow
 * @param {Catalogue} catalogue
 * @param {Set<string>} bundledIds
 * @returns {Problems}
 */
function* problemsOf(workflow, catalogue, bundledIds) {
	if (!workflow.id || !workflow.name || !Array.isArray(workflow.nodes)) {
		yield { rule: 'missing-id', text: 'it lacks id, name or nodes' };
		return;
	}
	for (const node of workflow.nodes) yield* checkNode(node, catalogue);
	yield* checkConnections(workflow, catalogue);
	yield* checkFailures(workflow);
	yield* checkReferences(workflow);
	yield* checkWorkflowReferences(workflow, bundledIds);
	yield* checkCanvas(workflow, catalogue);
	yield* checkHygiene(workflow, catalogue);
}

/**
 * Everything that is wrong with a bundled workflow.
 *
 * @param {Workflow} workflow
 * @param {Catalogue} catalogue
 * @param {Set<string>} [bundledIds] of all bundled workflows
 */
function checkWorkflow(workflow, catalogue, bundledIds = new Set([workflow.id])) {
	return [...problemsOf(workflow, catalogue, bundledIds)];
}

/**
 * What is the same in two of the values that `read` gives for each workflow.
 *
 * @param {Workflow[]} workflows
 * @param {(workflow: Workflow) => string[]} read
 * @param {string} rule
 * @param {string} text
 * @returns {Problems}
 */
function* repeated(workflows, read, rule, text) {
	const seen = new Set();
	for (const value of workflows.flatMap(read)) {
		if (seen.has(value)) yield { rule, text: `${text} ${value}` };
		seen.add(value);
	}
}

/**
 * What is wrong with workflows as a set.
 *
 * @param {Workflow[]} workflows
 * @throws {StepFailure} where they refer to each other in a circle
 */
function checkSet(workflows) {
	inDependencyOrder(workflows);
	/** @param {Workflow} workflow */
	const notes = ({ nodes }) => nodes.filter(isNote).map(({ id }) => id);
	return [
		...repeated(workflows, ({ id }) => [id], 'duplicate-id', 'two workflows have the id'),
		// A copy in another n8n is found by its notes: transfer/copies.js says why.
		...repeated(workflows, notes, 'duplicate-note', 'two notes have the id'),
	];
}

module.exports = { checkSet, checkWorkflow };
