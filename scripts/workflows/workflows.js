'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { createHash } = require('node:crypto');
const { StepFailure } = require('../machine/steps.js');

/** Where deliveries are kept: in n8n's Data Tables, or in a database that many processes share. */
const STORES = ['embedded', 'postgres'];

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
			throw new StepFailure(`${file} is not JSON: ${error.message}`, 'Restore the file.');
		}
	});
}

/**
 * The bundled workflows of a folder: `[{ file, workflow }]`, by file name. Another store than the
 * embedded one has a subfolder, whose workflows stand in for those with the same ids.
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

/** Where nodes refer to other workflows: `[{ node, holder, key }]`, the id being `holder[key]`. */
function subWorkflowReferences(workflow) {
	const found = [];
	for (const node of workflow.nodes) {
		const value = node.parameters?.workflowId;
		if (typeof value === 'string') found.push({ node, holder: node.parameters, key: 'workflowId' });
		else if (value?.__rl) found.push({ node, holder: value, key: 'value' });
	}
	return found.filter(({ holder, key }) => holder[key] && !String(holder[key]).startsWith('='));
}

/** Ids of the workflows that this one calls, and of its error workflow. */
function dependencies(workflow) {
	const ids = subWorkflowReferences(workflow).map(({ holder, key }) => holder[key]);
	if (workflow.settings?.errorWorkflow) ids.push(workflow.settings.errorWorkflow);
	return [...new Set(ids)].filter((id) => id !== workflow.id);
}

/** The same workflow with every reference to another one replaced, where `ids` knows the new id. */
function withReferences(workflow, ids) {
	const copy = structuredClone(workflow);
	for (const { holder, key } of subWorkflowReferences(copy)) {
		const id = ids.get(holder[key]);
		if (!id) continue;
		holder[key] = id;
		if (holder.cachedResultUrl) holder.cachedResultUrl = `/workflow/${id}`;
	}
	const error = copy.settings?.errorWorkflow;
	if (error && ids.has(error)) copy.settings.errorWorkflow = ids.get(error);
	return copy;
}

/**
 * Workflows ordered so that each comes after those it refers to: n8n refuses to publish a workflow
 * that calls an unpublished one. References to workflows outside the list do not count.
 */
function inDependencyOrder(workflows) {
	const byId = new Map(workflows.map((workflow) => [workflow.id, workflow]));
	const done = new Set();
	const ordered = [];
	const visit = (workflow, trail) => {
		if (done.has(workflow.id)) return;
		if (trail.includes(workflow.id)) {
			const circle = [...trail.slice(trail.indexOf(workflow.id)), workflow.id];
			throw new StepFailure(
				`workflows refer to each other in a circle: ${circle.map((id) => byId.get(id).name).join(' → ')}`,
				'Break the circle: n8n cannot publish any of them first.',
			);
		}
		for (const id of dependencies(workflow)) {
			if (byId.has(id)) visit(byId.get(id), [...trail, workflow.id]);
		}
		done.add(workflow.id);
		ordered.push(workflow);
	};
	for (const workflow of workflows) visit(workflow, []);
	return ordered;
}

/** Trigger nodes with a webhook: `[{ node, path }]`, the path as n8n registers it. */
function webhooks(workflow) {
	return workflow.nodes
		.filter((node) => node.webhookId && !node.disabled && /trigger$|\.webhook$/i.test(node.type))
		.filter((node) => node.parameters?.connection !== 'stream')
		.map((node) => {
			// n8n's own Webhook node puts its path at the root; trigger nodes put it below their
			// webhookId.
			const own = node.type === 'n8n-nodes-base.webhook';
			return { node, path: own ? node.parameters.path : `${node.webhookId}/webhook` };
		});
}

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
// What n8n adds on its own to every workflow it stores; it says nothing about the workflow.
const SETTINGS_OF_THE_INSTANCE = [
	'binaryMode',
	'availableInMCP',
	'timeSavedMode',
	'credentialResolverId',
];
const DEFAULT_SETTINGS = { callerPolicy: 'workflowsFromSameOwner', executionOrder: 'v1' };

const pick = (object, keys) =>
	Object.fromEntries(
		keys.filter((key) => object[key] !== undefined).map((key) => [key, object[key]]),
	);

function sorted(value) {
	if (Array.isArray(value)) return value.map(sorted);
	if (value === null || typeof value !== 'object') return value;
	return Object.fromEntries(
		Object.keys(value)
			.sort()
			.map((key) => [key, sorted(value[key])]),
	);
}

function canonicalNode(node) {
	const copy = pick(node, NODE_KEYS);
	copy.parameters = sorted(node.parameters ?? {});
	if (copy.credentials) {
		// `id: null` is n8n's own form of "find it by name"; an id would be one instance's own.
		copy.credentials = Object.fromEntries(
			Object.entries(copy.credentials)
				.sort(([a], [b]) => (a < b ? -1 : 1))
				.map(([type, credential]) => [type, { id: null, name: credential?.name ?? credential }]),
		);
		if (Object.keys(copy.credentials).length === 0) delete copy.credentials;
	}
	for (const key of ['disabled', 'retryOnFail', 'alwaysOutputData', 'executeOnce', 'notesInFlow']) {
		if (copy[key] === false) delete copy[key];
	}
	if (!copy.retryOnFail) for (const key of ['maxTries', 'waitBetweenTries']) delete copy[key];
	if (copy.onError === 'stopWorkflow') delete copy.onError;
	if (copy.notes === '') delete copy.notes;
	return copy;
}

const isNote = (node) => node.type === 'n8n-nodes-base.stickyNote';

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
 * @returns {any}
 */
function canonicalWorkflow(workflow) {
	const nodes = workflow.nodes.map(canonicalNode).sort(byPlace);
	const order = new Map(nodes.map((node, index) => [node.name, index]));
	const place = (name) => order.get(name) ?? nodes.length;
	const connections = Object.fromEntries(
		Object.entries(workflow.connections ?? {})
			.filter(([, outputs]) =>
				Object.values(outputs).some((output) => output?.some((to) => to?.length)),
			)
			.sort(([a], [b]) => place(a) - place(b))
			.map(([name, outputs]) => [name, sorted(outputs)]),
	);
	const settings = { ...DEFAULT_SETTINGS, ...workflow.settings };
	for (const key of SETTINGS_OF_THE_INSTANCE) delete settings[key];
	return pick({ ...workflow, nodes, connections, settings: sorted(settings) }, TOP_KEYS);
}

/** The text of a bundled file. */
const workflowText = (workflow) => `${JSON.stringify(canonicalWorkflow(workflow), null, 2)}\n`;

/** A hash of what a person sees and edits: equal hashes mean nobody changed the workflow. */
function contentHash(workflow) {
	const { name, nodes, connections, settings } = canonicalWorkflow(workflow);
	const content = nodes.map(({ credentials, ...node }) => node);
	return createHash('sha256')
		.update(JSON.stringify({ name, nodes: content, connections, settings }))
		.digest('hex');
}

module.exports = {
	STORES,
	canonicalWorkflow,
	contentHash,
	dependencies,
	inDependencyOrder,
	isNote,
	readWorkflows,
	webhooks,
	withReferences,
	workflowText,
};
