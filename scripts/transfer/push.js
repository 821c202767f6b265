'use strict';
const { errorOf } = require('../machine/errors.js');
const { contentHash } = require('../workflows/canonical.js');
const { inDependencyOrder, withReferences } = require('../workflows/workflows.js');
const { apiBody, withCredentialsOf } = require('./body.js');
const { findCopies } = require('./copies.js');

/** @import { Api, StoredWorkflow } from '../system/api.js' */
/** @import { Workflow } from '../workflows/workflows.js' */
/** @typedef {{ version: string, overwrite?: boolean }} PushOptions `version` is the package's */

const MARK = /\(bundle ([0-9a-f]{16})\)/;
/** @param {Workflow} workflow */
const mark = (workflow) => contentHash(workflow).slice(0, 16);
const CALLED_BY_WORKFLOWS = new Set([
	'n8n-nodes-base.executeWorkflowTrigger',
	'n8n-nodes-base.errorTrigger',
]);

/**
 * Whether a published workflow does nothing until another one calls it. Those that call it cannot
 * be published before it.
 *
 * @param {Workflow} workflow
 */
function waitsToBeCalled({ nodes }) {
	const triggers = nodes.filter(
		({ type, disabled }) => /trigger$|\.webhook$/i.test(type) && !disabled,
	);
	return triggers.every(({ type }) => CALLED_BY_WORKFLOWS.has(type));
}

/**
 * What a person still has to do with a workflow before it works.
 *
 * @param {StoredWorkflow} stored
 */
function leftToDo(stored) {
	const credentials = stored.nodes.flatMap((node) =>
		Object.values(node.credentials ?? {})
			.filter(({ id }) => !id)
			.map(({ name }) => name),
	);
	const todo = [...new Set(credentials)].map((name) => `choose or create the credential "${name}"`);
	if (!stored.active) todo.push('publish it');
	return todo;
}

/**
 * Stores the content, and in the description a mark of it, by which later edits are known.
 *
 * @param {Api} api
 * @param {string} id
 * @param {Workflow} workflow
 * @param {string} version
 */
async function store(api, id, workflow, version) {
	const stored = await api.update(id, apiBody(workflow));
	const description = `n8n-nodes-clawbot ${version} (bundle ${mark(stored)})`;
	return await api.update(id, { ...apiBody(workflow), description });
}

/**
 * Brings one workflow, whose references are those of the other n8n, to its copy or makes one.
 *
 * @param {Api} api
 * @param {Workflow} wanted
 * @param {StoredWorkflow | undefined} copy
 * @param {PushOptions} options
 * @returns {Promise<{ result: 'created' | 'updated' | 'unchanged' | 'kept', stored: StoredWorkflow }>}
 */
async function bring(api, wanted, copy, { version, overwrite }) {
	if (!copy) {
		const { id } = await api.create(apiBody(wanted));
		return { result: 'created', stored: await store(api, id, wanted, version) };
	}
	if (contentHash(copy) === contentHash(wanted)) return { result: 'unchanged', stored: copy };
	const isEdited = MARK.exec(copy.description ?? '')?.[1] !== mark(copy);
	if (isEdited && !overwrite) return { result: 'kept', stored: copy };
	const merged = withCredentialsOf(wanted, copy);
	return { result: 'updated', stored: await store(api, copy.id, merged, version) };
}

/**
 * Publishes a workflow where that is safe. Returns what n8n says against it, for a person.
 *
 * @param {Api} api
 * @param {StoredWorkflow} stored is marked as active when it is published
 */
async function publish(api, stored) {
	if (stored.active || !waitsToBeCalled(stored)) return [];
	try {
		Object.assign(stored, await api.activate(stored.id));
		return [];
	} catch (error) {
		return [errorOf(error).message];
	}
}

/**
 * Brings the bundled workflows into an n8n over its public API: called workflows first, references
 * rewritten to the ids that it gives. New ones that only wait to be called are published; the others
 * start something, which is a person's decision. Repeating it changes nothing; a workflow that was
 * edited there is kept unless `overwrite`. Returns what became of each and what a person has `todo`.
 *
 * @param {Api} api
 * @param {Workflow[]} bundled
 * @param {PushOptions} options
 */
async function pushWorkflows(api, bundled, options) {
	const remote = await api.workflows();
	const ids = new Map();
	const rows = [];
	for (const workflow of inDependencyOrder(bundled)) {
		const [copy, ...others] = findCopies(workflow, remote);
		const wanted = withReferences(workflow, ids);
		const there = copy && (await api.workflow(copy.id));
		const { result, stored } = await bring(api, wanted, there, options);
		ids.set(workflow.id, stored.id);
		const todo = [];
		if (others.length > 0)
			todo.push(`${others.length + 1} copies are there; this is about ${stored.id}`);
		if (result === 'kept')
			todo.push('it differs and was edited (or imported by hand) there; --overwrite replaces it');
		if (result === 'created') todo.push(...(await publish(api, stored)));
		rows.push({ name: workflow.name, result, id: stored.id, todo: [...todo, ...leftToDo(stored)] });
	}
	return rows;
}

module.exports = { pushWorkflows };
