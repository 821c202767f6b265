'use strict';
const { NodeHelpers, Workflow } = require('n8n-workflow');
const { dependencies, isNote } = require('../workflows.js');

/** @import { INodeTypes } from 'n8n-workflow' */
/** @import { Workflow as BundledWorkflow, WorkflowNode } from '../workflows.js' */
/** @import { Catalogue } from './catalogue.js' */
/** @import { Problems } from './index.js' */
/** @typedef {{ from: string, to: string, type: string }} Edge names of nodes, and the kind of the connection */

/**
 * Every string below a value.
 *
 * @param {unknown} value
 * @returns {Generator<string, void>}
 */
function* strings(value) {
	if (typeof value === 'string') yield value;
	else if (value && typeof value === 'object')
		for (const child of Object.values(value)) yield* strings(child);
}

/**
 * All connections.
 *
 * @param {BundledWorkflow} workflow
 * @returns {Edge[]}
 */
function edges(workflow) {
	return Object.entries(workflow.connections ?? {}).flatMap(([from, outputs]) =>
		Object.entries(outputs).flatMap(([type, ends]) =>
			ends.flatMap((targets) => (targets ?? []).map(({ node }) => ({ from, to: node, type }))),
		),
	);
}

/**
 * Outputs of each node as n8n computes them from its parameters, its error output included.
 *
 * @param {BundledWorkflow} workflow
 * @param {Catalogue} catalogue
 * @returns {Map<string, { type: string, category?: string }[]>}
 */
function nodeOutputs(workflow, catalogue) {
	// n8n's model does without types that it does not know, whatever its declaration says.
	const nodeTypes = /** @type {INodeTypes} */ ({
		/**
		 * @param {string} type
		 * @param {number} version
		 */
		getByNameAndVersion: (type, version) => {
			const description = catalogue.find(type, version);
			return description && { description };
		},
	});
	// n8n's model fills in default parameters, in the nodes that it is given.
	const nodes = structuredClone(workflow.nodes);
	const model = new Workflow({ id: 'check', nodes, connections: {}, active: false, nodeTypes });
	const outputsByName = new Map();
	for (const node of nodes) {
		const description = catalogue.find(node.type, node.typeVersion);
		if (!description) continue;
		const outputs = NodeHelpers.getNodeOutputs(model, node, description);
		outputsByName.set(
			node.name,
			outputs.map((output) => (typeof output === 'string' ? { type: output } : output)),
		);
	}
	return outputsByName;
}

/**
 * Connections lead to nodes that are there.
 *
 * @param {BundledWorkflow} workflow
 * @returns {Problems}
 */
function* checkTargets(workflow) {
	const names = new Set(workflow.nodes.map(({ name }) => name));
	for (const { from, to } of edges(workflow)) {
		for (const name of [from, to].filter((end) => !names.has(end))) {
			yield {
				rule: 'bad-connection',
				node: from,
				text: `a connection names "${name}", which is not there`,
			};
		}
	}
}

/**
 * Nothing is wired to an output that a node does not have, and each error output leads somewhere.
 *
 * @param {BundledWorkflow} workflow
 * @param {Catalogue} catalogue
 * @returns {Problems}
 */
function* checkOutputs(workflow, catalogue) {
	for (const [name, outputs] of nodeOutputs(workflow, catalogue)) {
		const main = outputs.filter(({ type }) => type === 'main');
		const wired = workflow.connections?.[name]?.main ?? [];
		const beyond = wired.findIndex((targets, index) => index >= main.length && targets?.length);
		if (beyond >= 0) {
			yield {
				rule: 'bad-connection',
				node: name,
				text: `output ${beyond} is connected, but the node has ${main.length}`,
			};
		}
		const error = main.findIndex(({ category }) => category === 'error');
		if (error >= 0 && !wired[error]?.length) {
			yield { rule: 'unwired-error-output', node: name, text: 'its error output leads nowhere' };
		}
	}
}

/**
 * @param {BundledWorkflow} workflow
 * @param {Catalogue} catalogue
 * @returns {Problems}
 */
function* checkConnections(workflow, catalogue) {
	yield* checkTargets(workflow);
	yield* checkOutputs(workflow, catalogue);
}

// `$('Name')`, and the older forms that n8n still takes.
const REFERENCES = [
	/\$\(\s*(["'`])((?:\\.|(?!\1).)*)\1\s*\)/g,
	/\$node\[\s*(["'`])((?:\\.|(?!\1).)*)\1\s*\]/g,
	/\$items\(\s*(["'`])((?:\\.|(?!\1).)*)\1/g,
];

/**
 * @param {BundledWorkflow} workflow
 * @returns {Problems}
 */
function* checkReferences(workflow) {
	const names = new Set(workflow.nodes.map(({ name }) => name));
	for (const node of workflow.nodes.filter((candidate) => !isNote(candidate))) {
		for (const text of strings(node.parameters)) {
			for (const match of REFERENCES.flatMap((pattern) => [...text.matchAll(pattern)])) {
				const name = (match[2] ?? '').replace(/\\(.)/g, '$1');
				if (!names.has(name)) {
					yield {
						rule: 'bad-reference',
						node: node.name,
						text: `an expression names "${name}", which is not there`,
					};
				}
			}
		}
	}
}

/** Nodes whose failed messages would stop those of everybody else in the same execution. */
const PER_MESSAGE =
	/^n8n-nodes-clawbot\.(aiReply|botDelivery|botReply|dingTalk|feishu|modelApi|weCom)$/;

/**
 * n8n empties the list of items of such a node while the workflow that it called has yet to read it.
 *
 * @param {WorkflowNode} node
 */
const losesItems = ({ type, onError, parameters }) =>
	type === 'n8n-nodes-base.executeWorkflow' &&
	onError === 'continueErrorOutput' &&
	parameters?.options?.waitForSubWorkflow === false &&
	parameters.mode !== 'each';

/**
 * @param {BundledWorkflow} workflow
 * @returns {Problems}
 */
function* checkFailures(workflow) {
	for (const node of workflow.nodes) {
		const { name, type, onError, retryOnFail } = node;
		if (losesItems(node)) {
			yield {
				rule: 'loses-items',
				node: name,
				text: 'not waiting for a workflow, and an error output, hand it no items; run once for each item',
			};
		}
		if (!PER_MESSAGE.test(type)) continue;
		if (!/^continue/.test(onError ?? '')) {
			yield {
				rule: 'stops-others',
				node: name,
				text: 'one failed message would stop all that share its execution; set On Error to continue',
			};
		}
		if (retryOnFail) {
			yield {
				rule: 'second-retry',
				node: name,
				text: 'the delivery queue tries again what fails; switch Retry On Fail off',
			};
		}
	}
}

/**
 * @param {BundledWorkflow} workflow
 * @param {Set<string>} bundledIds
 * @returns {Problems}
 */
function* checkWorkflowReferences(workflow, bundledIds) {
	for (const id of dependencies(workflow)) {
		if (!bundledIds.has(id))
			yield {
				rule: 'missing-workflow',
				text: `it refers to the workflow ${id}, which is not bundled`,
			};
	}
}

module.exports = {
	checkConnections,
	checkFailures,
	checkReferences,
	checkWorkflowReferences,
	edges,
	strings,
};
