'use strict';
const { NodeHelpers, Workflow } = require('n8n-workflow');
const { dependencies, isNote } = require('../workflows.js');

/** Every string below a value. */
function* strings(value) {
	if (typeof value === 'string') yield value;
	else if (value && typeof value === 'object')
		for (const child of Object.values(value)) yield* strings(child);
}

/** All connections as `{ from, to, type, index }`, names as in the file. */
function edges(workflow) {
	return Object.entries(workflow.connections ?? {}).flatMap(([from, outputs]) =>
		Object.entries(outputs).flatMap(([type, ends]) =>
			ends.flatMap((targets, index) =>
				(targets ?? []).map((target) => ({ from, to: target.node, type, index })),
			),
		),
	);
}

/** Outputs of each node as n8n computes them from its parameters, its error output included. */
function outputsByName(workflow, catalogue) {
	const nodeTypes = {
		getByName: () => undefined,
		getByNameAndVersion: (type, version) => {
			const description = catalogue.find(type, version);
			return description && { description };
		},
	};
	// n8n's model fills in default parameters, in the nodes that it is given.
	const nodes = structuredClone(workflow.nodes);
	const model = new Workflow({ id: 'check', nodes, connections: {}, active: false, nodeTypes });
	const known = nodes.filter((node) => catalogue.find(node.type, node.typeVersion));
	return new Map(
		known.map((node) => {
			const outputs = NodeHelpers.getNodeOutputs(
				model,
				node,
				catalogue.find(node.type, node.typeVersion),
			);
			return [
				node.name,
				outputs.map((output) => (typeof output === 'string' ? { type: output } : output)),
			];
		}),
	);
}

function* checkConnections(workflow, catalogue) {
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
	for (const [name, outputs] of outputsByName(workflow, catalogue)) {
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

// `$('Name')`, and the older forms that n8n still takes.
const REFERENCES = [
	/\$\(\s*(["'`])((?:\\.|(?!\1).)*)\1\s*\)/g,
	/\$node\[\s*(["'`])((?:\\.|(?!\1).)*)\1\s*\]/g,
	/\$items\(\s*(["'`])((?:\\.|(?!\1).)*)\1/g,
];

function* checkReferences(workflow) {
	const names = new Set(workflow.nodes.map(({ name }) => name));
	for (const node of workflow.nodes.filter((candidate) => !isNote(candidate))) {
		for (const text of strings(node.parameters)) {
			for (const match of REFERENCES.flatMap((pattern) => [...text.matchAll(pattern)])) {
				const name = match[2].replace(/\\(.)/g, '$1');
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

/** n8n empties the list of items of such a node while the workflow that it called has yet to read it. */
const losesItems = ({ type, onError, parameters }) =>
	type === 'n8n-nodes-base.executeWorkflow' &&
	onError === 'continueErrorOutput' &&
	parameters?.options?.waitForSubWorkflow === false &&
	parameters.mode !== 'each';

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
