'use strict';
const { createHash } = require('node:crypto');
const { isNote } = require('./workflows.js');

/** @import { Connections, Workflow, WorkflowNode } from './workflows.js' */

const TOP_KEYS = ['id', 'name', 'nodes', 'connections', 'settings'];
const NODE_KEYS = [
	'id',
	'name',
	'type',
	'typeVersion',
	'position',
	'webhookId',
	'disabled',
	'parameters',
	'credentials',
	'onError',
	'retryOnFail',
	'maxTries',
	'waitBetweenTries',
	'alwaysOutputData',
	'executeOnce',
	'notes',
	'notesInFlow',
];
/** @type {(keyof WorkflowNode)[]} */
const FALSE_BY_DEFAULT = [
	'disabled',
	'retryOnFail',
	'alwaysOutputData',
	'executeOnce',
	'notesInFlow',
];
// What n8n adds on its own to every workflow it stores; it says nothing about the workflow.
const SETTINGS_OF_THE_INSTANCE = [
	'binaryMode',
	'availableInMCP',
	'timeSavedMode',
	'credentialResolverId',
];
const DEFAULT_SETTINGS = { callerPolicy: 'workflowsFromSameOwner', executionOrder: 'v1' };

/**
 * @template {object} T
 * @param {T} object
 * @param {string[]} keys
 * @returns {T} the named fields that are there, in the order of `keys`
 */
function pick(object, keys) {
	const fields = new Map(Object.entries(object));
	const found = keys.map((key) => [key, fields.get(key)]);
	return /** @type {T} */ (Object.fromEntries(found.filter(([, value]) => value !== undefined)));
}

/**
 * The same JSON with the fields of every object in alphabetical order.
 *
 * @template T
 * @param {T} value
 * @returns {T}
 */
function sorted(value) {
	/** @type {unknown} */
	let copy = value;
	if (Array.isArray(value)) copy = value.map(sorted);
	else if (value !== null && typeof value === 'object') {
		const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
		copy = Object.fromEntries(fields.map(([key, field]) => [key, sorted(field)]));
	}
	return /** @type {T} */ (copy);
}

/**
 * `id: null` is n8n's own form of "find it by name"; an id would be one instance's own.
 *
 * @param {NonNullable<WorkflowNode['credentials']>} credentials
 */
function byName(credentials) {
	return Object.fromEntries(
		Object.entries(credentials)
			.sort(([a], [b]) => (a < b ? -1 : 1))
			.map(([type, credential]) => [type, { id: null, name: credential.name }]),
	);
}

/**
 * @param {WorkflowNode} node
 * @returns {WorkflowNode}
 */
function canonicalNode(node) {
	const copy = pick(node, NODE_KEYS);
	copy.parameters = sorted(node.parameters ?? {});
	if (Object.keys(copy.credentials ?? {}).length === 0) delete copy.credentials;
	else if (copy.credentials) copy.credentials = byName(copy.credentials);
	for (const key of FALSE_BY_DEFAULT) if (copy[key] === false) delete copy[key];
	if (!copy.retryOnFail) {
		delete copy.maxTries;
		delete copy.waitBetweenTries;
	}
	if (copy.onError === 'stopWorkflow') delete copy.onError;
	if (copy.notes === '') delete copy.notes;
	return copy;
}

/**
 * Notes first, then from left to right and from top to bottom.
 *
 * @param {WorkflowNode} a
 * @param {WorkflowNode} b
 */
function byPlace(a, b) {
	return (
		Number(isNote(b)) - Number(isNote(a)) ||
		a.position[0] - b.position[0] ||
		a.position[1] - b.position[1] ||
		(a.name < b.name ? -1 : 1)
	);
}

/**
 * The form in which a workflow is kept in the repository: fixed key order, nodes by their place on
 * the canvas, credentials by name only; no test data, run state, instance ids or dates.
 *
 * @param {Workflow} workflow
 * @returns {Workflow}
 */
function canonicalWorkflow(workflow) {
	const nodes = workflow.nodes.map(canonicalNode).sort(byPlace);
	const order = new Map(nodes.map((node, index) => [node.name, index]));
	/** @param {string} name */
	const place = (name) => order.get(name) ?? nodes.length;
	/** @type {Connections} */
	const connections = Object.fromEntries(
		Object.entries(workflow.connections ?? {})
			.filter(([, outputs]) =>
				Object.values(outputs).some((output) => output?.some((targets) => targets?.length)),
			)
			.sort(([a], [b]) => place(a) - place(b))
			.map(([name, outputs]) => [name, sorted(outputs)]),
	);
	/** @type {Record<string, unknown>} */
	const settings = { ...DEFAULT_SETTINGS, ...workflow.settings };
	for (const key of SETTINGS_OF_THE_INSTANCE) delete settings[key];
	return pick({ ...workflow, nodes, connections, settings: sorted(settings) }, TOP_KEYS);
}

/**
 * The text of a bundled file.
 *
 * @param {Workflow} workflow
 */
const workflowText = (workflow) => `${JSON.stringify(canonicalWorkflow(workflow), null, 2)}\n`;

/**
 * A hash of what a person sees and edits: equal hashes mean nobody changed the workflow.
 *
 * @param {Workflow} workflow
 */
function contentHash(workflow) {
	const { name, nodes, connections, settings } = canonicalWorkflow(workflow);
	const content = nodes.map(({ credentials, ...node }) => node);
	return createHash('sha256')
		.update(JSON.stringify({ name, nodes: content, connections, settings }))
		.digest('hex');
}

module.exports = { canonicalWorkflow, contentHash, workflowText };
