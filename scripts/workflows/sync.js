'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { canonicalWorkflow, contentHash, inDependencyOrder } = require('./workflows.js');

/**
 * Imports the credentials that are new, and those whose source (sandbox accounts or `.env`) changed
 * since. What a person entered in the editor stays, unless their own `.env` has since said
 * otherwise. Returns remarks for the person.
 */
async function syncCredentials(n8n, store, credentials) {
	const { state, fingerprint } = store;
	const changed = credentials.filter(
		({ type, data }) => state.credentials[type] !== fingerprint(data),
	);
	const known = changed.filter(({ type }) => state.credentials[type]);
	const current = known.length > 0 ? await exportCredentials(n8n) : new Map();
	const remarks = [];
	const toImport = changed.filter(({ id, type, name, real }) => {
		if (!state.credentials[type]) return true;
		const theirs = current.get(id);
		const untouched = theirs && fingerprint(theirs.data) === state.credentials[type];
		if (untouched || real) {
			remarks.push(
				`${name}: updated${untouched ? '' : ', .env replaces what was entered in the editor'}`,
			);
			return true;
		}
		remarks.push(`${name}: ${theirs ? 'changed' : 'deleted'} in the editor, kept so`);
		return false;
	});
	await n8n.importCredentials(toImport.map(({ real, ...credential }) => credential));
	for (const { type, data } of toImport) state.credentials[type] = fingerprint(data);
	store.saveState();
	return remarks;
}

async function exportCredentials(n8n) {
	const file = path.join(n8n.folder, `export-${process.pid}.json`);
	fs.writeFileSync(file, '', { mode: 0o600 });
	try {
		await n8n.cli(['export:credentials', '--all', '--decrypted', `--output=${file}`]);
		const list = JSON.parse(fs.readFileSync(file, 'utf8') || '[]');
		return new Map(list.map((credential) => [credential.id, credential]));
	} finally {
		fs.rmSync(file, { force: true });
	}
}

/** Imports the bundled workflows that this instance has never had; before n8n starts. */
async function importNewWorkflows(n8n, store, bundled) {
	const fresh = bundled.filter((workflow) => !store.state.workflows[workflow.id]);
	await n8n.importWorkflows(fresh);
	for (const workflow of fresh) {
		const hash = contentHash(workflow);
		store.state.workflows[workflow.id] = { bundled: hash, imported: hash, published: false };
	}
	store.saveState();
	return fresh.length;
}

/** Nodes keep the credentials that they have in the instance: choosing one is the person's work. */
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

/** The part of a workflow that the public API takes. */
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

/**
 * Brings bundled workflows that changed since their import into the running n8n, where the person
 * has not changed them, and publishes those that never were. Called ones come first: n8n takes no
 * new version of a published workflow that calls an unpublished one. Returns `{ remarks, published }`.
 */
async function syncWorkflows(n8n, store, bundled) {
	const current = new Map((await n8n.api.workflows()).map((workflow) => [workflow.id, workflow]));
	const remarks = [];
	let published = 0;
	for (const workflow of inDependencyOrder(bundled)) {
		const record = store.state.workflows[workflow.id];
		const theirs = current.get(workflow.id);
		const hash = contentHash(workflow);
		if (!theirs) {
			remarks.push(
				`${workflow.name}: deleted in the editor, left out (npm run workflows:push brings it back)`,
			);
			continue;
		}
		if (record.bundled !== hash && contentHash(theirs) !== record.imported) {
			remarks.push(`${workflow.name}: changed here and in the editor; yours is kept`);
		} else if (record.bundled !== hash) {
			await n8n.api.update(workflow.id, apiBody(withCredentialsOf(workflow, theirs)));
			Object.assign(record, {
				bundled: hash,
				imported: contentHash(await n8n.api.workflow(workflow.id)),
			});
			remarks.push(`${workflow.name}: updated to the bundled version`);
		}
		if (record.published) continue;
		await n8n.publish([workflow]);
		const imported = contentHash(await n8n.api.workflow(workflow.id));
		Object.assign(record, { published: true, imported });
		published++;
	}
	store.saveState();
	return { remarks, published };
}

module.exports = { apiBody, importNewWorkflows, syncCredentials, syncWorkflows, withCredentialsOf };
