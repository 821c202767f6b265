'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { errorOf } = require('../machine/errors.js');
const { StepFailure } = require('../machine/steps.js');
const { isByStream } = require('./streams.js');

/** @import { INode } from 'n8n-workflow' */

/**
 * A node as a file or an n8n has it; its parameters are whatever its type wants.
 *
 * @typedef {Omit<INode, 'parameters' | 'credentials'> & {
 *   parameters: Record<string, any>,
 *   credentials?: Record<string, { id: string | null, name: string }>,
 * }} WorkflowNode
 */
/** @typedef {{ node: string, type: string, index: number }} Target where a connection leads */
/**
 * By node and kind, for each output; an output that leads nowhere may be null.
 *
 * @typedef {Record<string, Record<string, (Target[] | null)[]>>} Connections
 */
/**
 * @typedef {object} Workflow as a bundled file has it
 * @property {string} id
 * @property {string} name
 * @property {WorkflowNode[]} nodes
 * @property {Connections} connections
 * @property {Record<string, unknown> & { errorWorkflow?: string }} settings
 */
/** @typedef {{ file: string, workflow: Workflow }} BundledFile */

/** Where deliveries are kept: in n8n's Data Tables, or in a database that many processes share. */
const STORES = ['embedded', 'postgres'];

/**
 * @param {string} folder
 * @returns {BundledFile[]}
 */
function readFolder(folder, place = '') {
	const files = fs
		.readdirSync(path.join(folder, place))
		.filter((name) => name.endsWith('.json'))
		.map((name) => path.join(place, name))
		.sort();
	return files.map((file) => {
		try {
			return { file, workflow: JSON.parse(fs.readFileSync(path.join(folder, file), 'utf8')) };
		} catch (error) {
			throw new StepFailure(`${file} is not JSON: ${errorOf(error).message}`, 'Restore the file.');
		}
	});
}

/**
 * The bundled workflows of a folder with their files, by file name. Another store than the embedded one
 * has a subfolder, whose workflows stand in for those with the same ids.
 *
 * @param {string} folder
 * @param {{ store?: string }} [options]
 */
function readWorkflows(folder, { store = 'embedded' } = {}) {
	if (!STORES.includes(store)) {
		throw new StepFailure(`there is no store "${store}"`, `Known are ${STORES.join(' and ')}.`);
	}
	if (!fs.existsSync(folder)) return [];
	const bundled = readFolder(folder);
	if (store === 'embedded') return bundled;
	const others = new Map(readFolder(folder, store).map((entry) => [entry.workflow.id, entry]));
	return bundled.map((entry) => others.get(entry.workflow.id) ?? entry);
}

/**
 * Where nodes refer to other workflows: the id is `holder[key]`.
 *
 * @param {Workflow} workflow
 */
function subWorkflowReferences(workflow) {
	/** @type {{ holder: Record<string, any>, key: string }[]} */
	const found = [];
	for (const { parameters } of workflow.nodes) {
		const value = parameters?.workflowId;
		if (typeof value === 'string') found.push({ holder: parameters, key: 'workflowId' });
		else if (value?.__rl) found.push({ holder: value, key: 'value' });
	}
	return found.filter(({ holder, key }) => holder[key] && !String(holder[key]).startsWith('='));
}

/**
 * Ids of the workflows that this one calls, and of its error workflow.
 *
 * @param {Workflow} workflow
 * @returns {string[]}
 */
function dependencies(workflow) {
	const ids = subWorkflowReferences(workflow).map(({ holder, key }) => holder[key]);
	if (workflow.settings?.errorWorkflow) ids.push(workflow.settings.errorWorkflow);
	return [...new Set(ids)].filter((id) => id !== workflow.id);
}

/**
 * The same workflow with every reference to another one replaced, where `ids` knows the new id.
 *
 * @template {Workflow} W
 * @param {W} workflow
 * @param {Map<string, string>} ids
 */
function withReferences(workflow, ids) {
	const copy = structuredClone(workflow);
	for (const { holder, key } of subWorkflowReferences(copy)) {
		const id = ids.get(holder[key]);
		if (!id) continue;
		holder[key] = id;
		if (holder.cachedResultUrl) holder.cachedResultUrl = `/workflow/${id}`;
	}
	const errorWorkflow = copy.settings?.errorWorkflow && ids.get(copy.settings.errorWorkflow);
	if (errorWorkflow) copy.settings = { ...copy.settings, errorWorkflow };
	return copy;
}

/**
 * Workflows ordered so that each comes after those it refers to: n8n refuses to publish a workflow
 * that calls an unpublished one. References to workflows outside the list do not count.
 *
 * @param {Workflow[]} workflows
 */
function inDependencyOrder(workflows) {
	const byId = new Map(workflows.map((workflow) => [workflow.id, workflow]));
	/** @type {Set<Workflow>} */
	const ordered = new Set();
	/**
	 * @param {Workflow} workflow
	 * @param {Workflow[]} callers
	 */
	const visit = (workflow, callers) => {
		if (ordered.has(workflow)) return;
		if (callers.includes(workflow)) {
			const circle = [...callers.slice(callers.indexOf(workflow)), workflow];
			throw new StepFailure(
				`workflows refer to each other in a circle: ${circle.map(({ name }) => name).join(' → ')}`,
				'Break the circle: n8n cannot publish any of them first.',
			);
		}
		for (const id of dependencies(workflow)) {
			const called = byId.get(id);
			if (called) visit(called, [...callers, workflow]);
		}
		ordered.add(workflow);
	};
	for (const workflow of workflows) visit(workflow, []);
	return [...ordered];
}

/**
 * Trigger nodes with a webhook, and the path as n8n registers it.
 *
 * @param {Pick<Workflow, 'nodes'>} workflow
 */
function webhooks(workflow) {
	return workflow.nodes
		.filter((node) => node.webhookId && !node.disabled && /trigger$|\.webhook$/i.test(node.type))
		.filter((node) => !isByStream(node))
		.map((node) => {
			// n8n's own Webhook node puts its path at the root; trigger nodes put it below their
			// webhookId.
			const own = node.type === 'n8n-nodes-base.webhook';
			/** @type {string} */
			const webhookPath = own ? node.parameters.path : `${node.webhookId}/webhook`;
			return { node, path: webhookPath };
		});
}

/** @param {Pick<WorkflowNode, 'type'>} node */
const isNote = (node) => node.type === 'n8n-nodes-base.stickyNote';

module.exports = {
	STORES,
	dependencies,
	inDependencyOrder,
	isNote,
	readWorkflows,
	webhooks,
	withReferences,
};
