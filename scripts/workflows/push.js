'use strict';
const { apiBody, withCredentialsOf } = require('./sync.js');
const { contentHash, inDependencyOrder, isNote, withReferences } = require('./workflows.js');

const MARK = /\(bundle ([0-9a-f]{16})\)/;
const short = (hash) => hash.slice(0, 16);
const CALLED_BY_WORKFLOWS = new Set([
	'n8n-nodes-base.executeWorkflowTrigger',
	'n8n-nodes-base.errorTrigger',
]);

/**
 * Finds the copy of a bundled workflow in another n8n: by its id where n8n's command line or `npm
 * start` imported it, else by the node id of a note in it, which survives every kind of import and
 * renaming.
 */
function findCopies(workflow, remote) {
	const notes = new Set(workflow.nodes.filter(isNote).map(({ id }) => id));
	const copies = remote.filter(
		(other) =>
			other.id === workflow.id || other.nodes.some((node) => isNote(node) && notes.has(node.id)),
	);
	const rank = (other) => (other.id === workflow.id ? 0 : other.name === workflow.name ? 1 : 2);
	return copies.sort((a, b) => rank(a) - rank(b));
}

/**
 * Whether a published workflow does nothing until another one calls it. Those that call it cannot
 * be published before it.
 */
function waitsToBeCalled({ nodes }) {
	const triggers = nodes.filter(
		({ type, disabled }) => /trigger$|\.webhook$/i.test(type) && !disabled,
	);
	return triggers.every(({ type }) => CALLED_BY_WORKFLOWS.has(type));
}

/** What a person still has to do with a workflow before it works. */
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
 * Brings the bundled workflows into an n8n over its public API: called workflows first, references
 * rewritten to the ids that it gives. New ones that only wait to be called are published; the others
 * start something, which is a person's decision. Repeating it changes nothing; a workflow that was
 * edited there is kept unless `overwrite`.
 *
 * Returns `[{ name, result: 'created' | 'updated' | 'unchanged' | 'kept', id, todo: string[] }]`.
 */
async function pushWorkflows(api, bundled, { version, overwrite = false }) {
	const remote = await api.workflows();
	const ids = new Map();
	const rows = [];

	/** Stores the content, and in the description a mark of it, by which later edits are known. */
	async function store(id, workflow) {
		const stored = await api.update(id, apiBody(workflow));
		const mark = `n8n-nodes-clawbot ${version} (bundle ${short(contentHash(stored))})`;
		return await api.update(id, { ...apiBody(workflow), description: mark });
	}

	/** Publishes it where that is safe; what n8n says against it is left for a person. */
	async function publish(stored, todo) {
		if (stored.active || !waitsToBeCalled(stored)) return stored;
		try {
			return { ...stored, ...(await api.activate(stored.id)) };
		} catch (error) {
			todo.push(error.message);
			return stored;
		}
	}

	for (const workflow of inDependencyOrder(bundled)) {
		const wanted = withReferences(workflow, ids);
		const copies = findCopies(workflow, remote);
		const todo =
			copies.length > 1 ? [`${copies.length} copies are there; this is about ${copies[0].id}`] : [];
		let stored = copies[0] && (await api.workflow(copies[0].id));
		let result;
		if (!stored) {
			const { id } = await api.create(apiBody(wanted));
			stored = await store(id, wanted);
			result = 'created';
		} else if (contentHash(stored) === contentHash(wanted)) {
			result = 'unchanged';
		} else if (
			!overwrite &&
			MARK.exec(stored.description ?? '')?.[1] !== short(contentHash(stored))
		) {
			todo.push('it differs and was edited (or imported by hand) there; --overwrite replaces it');
			result = 'kept';
		} else {
			stored = await store(stored.id, withCredentialsOf(wanted, stored));
			result = 'updated';
		}
		ids.set(workflow.id, stored.id);
		if (result === 'created') stored = await publish(stored, todo);
		rows.push({ name: workflow.name, result, id: stored.id, todo: [...todo, ...leftToDo(stored)] });
	}
	return rows;
}

module.exports = { findCopies, pushWorkflows };
