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

function* checkNodes(workflow, catalogue) {
	for (const node of workflow.nodes) {
		if (!node.id) yield { rule: 'missing-id', node: node.name, text: 'it has no id' };
		if (!catalogue.has(node.type)) {
			yield {
				rule: 'unknown-node-type',
				node: node.name,
				text: `the node type ${node.type} does not exist`,
			};
			continue;
		}
		const description = catalogue.find(node.type, node.typeVersion);
		if (!description) {
			yield {
				rule: 'unknown-version',
				node: node.name,
				text: `${node.type} has no version ${node.typeVersion}`,
			};
			continue;
		}
		if (description.webhooks?.length && !node.webhookId) {
			yield {
				rule: 'missing-id',
				node: node.name,
				text: 'it has no webhookId, so its address would change with each import',
			};
		}
		if (isNote(node)) continue;
		for (const problem of checkParameters(node, description)) yield { node: node.name, ...problem };
	}
}

function* problemsOf(workflow, catalogue, bundledIds) {
	if (!workflow.id || !workflow.name || !Array.isArray(workflow.nodes)) {
		yield { rule: 'missing-id', text: 'it lacks id, name or nodes' };
		return;
	}
	yield* checkNodes(workflow, catalogue);
	yield* checkConnections(workflow, catalogue);
	yield* checkFailures(workflow);
	yield* checkReferences(workflow);
	yield* checkWorkflowReferences(workflow, bundledIds);
	yield* checkCanvas(workflow, catalogue);
	yield* checkHygiene(workflow, catalogue);
}

/**
 * Everything that is wrong with a bundled workflow, as `[{ rule, node?, text }]`.
 *
 * `catalogue` knows the node types (see catalogue.js), `bundledIds` the ids of all bundled
 * workflows.
 */
function checkWorkflow(workflow, catalogue, bundledIds = new Set([workflow.id])) {
	return [...problemsOf(workflow, catalogue, bundledIds)];
}

/** What is the same in two of the values that `read` gives for each workflow. */
function* repeated(workflows, read, rule, text) {
	const seen = new Set();
	for (const value of workflows.flatMap(read)) {
		if (seen.has(value)) yield { rule, text: `${text} ${value}` };
		seen.add(value);
	}
}

/**
 * What is wrong with workflows as a set, as `[{ rule, text }]`.
 *
 * @throws {StepFailure} where they refer to each other in a circle
 */
function checkSet(workflows) {
	inDependencyOrder(workflows);
	const notes = ({ nodes }) => nodes.filter(isNote).map(({ id }) => id);
	return [
		...repeated(workflows, ({ id }) => [id], 'duplicate-id', 'two workflows have the id'),
		// A copy in another n8n is found by its notes: push.js says why.
		...repeated(workflows, notes, 'duplicate-note', 'two notes have the id'),
	];
}

module.exports = { checkSet, checkWorkflow };
