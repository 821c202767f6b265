'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { contentHash } = require('../workflows/canonical.js');
const { inDependencyOrder } = require('../workflows/workflows.js');
const { apiBody, withCredentialsOf } = require('./body.js');

/** @import { Api } from '../system/api.js' */
/** @import { Credential, OwnCredential } from '../system/credentials.js' */
/** @import { N8n } from '../system/n8n.js' */
/** @import { Store } from '../system/store.js' */
/** @import { Workflow } from '../workflows/workflows.js' */

/**
 * Imports the credentials that are new, and those whose source (sandbox accounts or `.env`) changed
 * since. What a person entered in the editor stays, unless their own `.env` has since said
 * otherwise. Returns remarks for the person.
 *
 * @param {Pick<N8n, 'folder' | 'cli' | 'importCredentials'>} n8n
 * @param {Store} store
 * @param {OwnCredential[]} credentials
 */
async function syncCredentials(n8n, store, credentials) {
	const { state, fingerprint } = store;
	const changed = credentials.filter(
		({ type, data }) => state.credentials[type] !== fingerprint(data),
	);
	const known = changed.filter(({ type }) => state.credentials[type]);
	const current = known.length > 0 ? await exportCredentials(n8n) : new Map();
	/** @type {string[]} */
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

/**
 * The credentials of an n8n, by their ids.
 *
 * @param {Pick<N8n, 'folder' | 'cli'>} n8n
 * @returns {Promise<Map<string, Credential>>}
 */
async function exportCredentials(n8n) {
	const file = path.join(n8n.folder, `export-${process.pid}.json`);
	fs.writeFileSync(file, '', { mode: 0o600 });
	try {
		await n8n.cli(['export:credentials', '--all', '--decrypted', `--output=${file}`]);
		/** @type {Credential[]} */
		const list = JSON.parse(fs.readFileSync(file, 'utf8') || '[]');
		return new Map(list.map((credential) => [credential.id, credential]));
	} finally {
		fs.rmSync(file, { force: true });
	}
}

/**
 * Imports the bundled workflows that this instance has never had; before n8n starts. Returns their number.
 *
 * @param {Pick<N8n, 'importWorkflows'>} n8n
 * @param {Store} store
 * @param {Workflow[]} bundled
 */
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

/**
 * Brings bundled workflows that changed since their import into the running n8n, where the person
 * has not changed them, and publishes those that never were. Called ones come first: n8n takes no
 * new version of a published workflow that calls an unpublished one.
 *
 * @param {Pick<N8n, 'publish'> & { api: Pick<Api, 'workflows' | 'workflow' | 'update'> }} n8n
 * @param {Store} store
 * @param {Workflow[]} bundled
 */
async function syncWorkflows(n8n, store, bundled) {
	const { api } = n8n;
	const current = new Map((await api.workflows()).map((workflow) => [workflow.id, workflow]));
	/** @type {string[]} */
	const remarks = [];
	let published = 0;
	for (const workflow of inDependencyOrder(bundled)) {
		const record = store.state.workflows[workflow.id];
		const theirs = current.get(workflow.id);
		const hash = contentHash(workflow);
		if (!record || !theirs) {
			remarks.push(
				`${workflow.name}: deleted in the editor, left out (npm run workflows:push brings it back)`,
			);
			continue;
		}
		if (record.bundled !== hash && contentHash(theirs) !== record.imported) {
			remarks.push(`${workflow.name}: changed here and in the editor; yours is kept`);
		} else if (record.bundled !== hash) {
			await api.update(workflow.id, apiBody(withCredentialsOf(workflow, theirs)));
			Object.assign(record, {
				bundled: hash,
				imported: contentHash(await api.workflow(workflow.id)),
			});
			remarks.push(`${workflow.name}: updated to the bundled version`);
		}
		if (record.published) continue;
		await n8n.publish([workflow]);
		const imported = contentHash(await api.workflow(workflow.id));
		Object.assign(record, { published: true, imported });
		published++;
	}
	store.saveState();
	return { remarks, published };
}

module.exports = { importNewWorkflows, syncCredentials, syncWorkflows };
