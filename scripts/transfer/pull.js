'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { atDefault } = require('../workflows/addresses.js');
const { workflowText } = require('../workflows/canonical.js');
const { atOfficial } = require('../workflows/simulated.js');
const { readWorkflows, withReferences } = require('../workflows/workflows.js');
const { findCopies } = require('./copies.js');

/** @import { Api } from '../system/api.js' */

/**
 * A file name for a workflow of that name.
 *
 * @param {string} name
 */
const slug = (name) =>
	name
		.toLowerCase()
		.replace(/[^\p{L}\p{N}]+/gu, '-')
		.replace(/^-|-$/g, '');

/**
 * Writes workflows of a running n8n back into the bundle: those that are bundled, and further ones
 * by id. References and ids become the bundle's own again. Returns what became of each file.
 *
 * @param {Pick<Api, 'url' | 'workflows'>} api
 * @param {string} folder
 * @param {{ furtherIds?: string[], store?: string }} [options] `store` says which one that n8n uses
 */
async function pullWorkflows(api, folder, { furtherIds = [], store } = {}) {
	const remote = await api.workflows();
	const bundled = readWorkflows(folder, { store });
	const found = bundled.map(({ file, workflow }) => ({
		file,
		id: workflow.id,
		copy: findCopies(workflow, remote)[0],
	}));
	for (const id of furtherIds) {
		const copy = remote.find((workflow) => workflow.id === id);
		found.push({ file: `${copy ? slug(copy.name) : id}.json`, id, copy });
	}
	const ids = new Map(found.flatMap(({ id, copy }) => (copy ? [[copy.id, id]] : [])));
	return found.map(({ file, id, copy }) => {
		if (!copy) return { file, result: 'not there' };
		const target = path.join(folder, file);
		const own = atDefault({ ...withReferences(copy, ids), id }, api.url);
		const text = workflowText(atOfficial(own));
		if (fs.existsSync(target) && fs.readFileSync(target, 'utf8') === text)
			return { file, result: 'unchanged' };
		fs.writeFileSync(target, text);
		return { file, result: 'written' };
	});
}

module.exports = { pullWorkflows };
