'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { atOfficial } = require('../system/platforms.js');
const { findCopies } = require('./push.js');
const { atDefault } = require('../system/recovery.js');
const { readWorkflows, withReferences, workflowText } = require('./workflows.js');

const slug = (name) =>
	name
		.toLowerCase()
		.replace(/[^\p{L}\p{N}]+/gu, '-')
		.replace(/^-|-$/g, '');

/**
 * Writes workflows of a running n8n back into the bundle: those that are bundled, and further ones
 * by id. References and ids become the bundle's own again. `store` says which one that n8n uses. Returns `[{ file, result }]`, the result
 * being `written`, `unchanged` or `not there`.
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
	const ids = new Map(found.filter(({ copy }) => copy).map(({ id, copy }) => [copy.id, id]));
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
