'use strict';
const { canonicalWorkflow } = require('../workflows/canonical.js');

/** @import { Workflow } from '../workflows/workflows.js' */

/**
 * Nodes keep the credentials that they have in the instance: choosing one is the person's work.
 *
 * @param {Workflow} workflow
 * @param {Workflow} current the same one in the instance
 * @returns {Workflow}
 */
function withCredentialsOf(workflow, current) {
	const there = new Map(current.nodes.map((node) => [node.id, node.credentials]));
	return {
		...workflow,
		nodes: workflow.nodes.map((node) => {
			const kept = there.get(node.id);
			return node.credentials && kept
				? { ...node, credentials: { ...node.credentials, ...kept } }
				: node;
		}),
	};
}

/**
 * The part of a workflow that the public API takes.
 *
 * @param {Workflow} workflow
 */
function apiBody(workflow) {
	const { name, nodes, connections, settings } = canonicalWorkflow(workflow);
	// The canonical form has credentials by name; here the ids that the instance knows are wanted.
	const credentials = new Map(workflow.nodes.map((node) => [node.id, node.credentials]));
	return {
		name,
		nodes: nodes.map((node) => ({
			...node,
			...(credentials.get(node.id) ? { credentials: credentials.get(node.id) } : {}),
		})),
		connections,
		settings,
	};
}

module.exports = { apiBody, withCredentialsOf };
