'use strict';
const path = require('node:path');
const { atAddress } = require('../workflows/addresses.js');
const { readWorkflows } = require('../workflows/workflows.js');
const { pushWorkflows } = require('./push.js');

/** @import { Api } from '../system/api.js' */

/** The options of a push, and what its usage says of them. */
const PUSH = /** @type {const} */ ({ overwrite: { type: 'boolean' }, store: { type: 'string' } });
const PUSH_USAGE = '[--overwrite] [--store postgres]';

/**
 * Brings the workflows of a package into an n8n. Returns what became of each, for a person.
 *
 * @param {Api} api
 * @param {string} root of the package
 * @param {{ overwrite?: boolean, store?: string }} options
 */
async function pushBundled(api, root, { overwrite, store }) {
	const files = readWorkflows(path.join(root, 'workflows'), { store });
	const bundled = files.map(({ workflow }) => workflow);
	const { version } = require(path.join(root, 'package.json'));
	const rows = await pushWorkflows(api, atAddress(bundled, api.url), { version, overwrite });
	const width = Math.max(...rows.map(({ name }) => name.length), 0);
	const lines = rows.flatMap(({ name, result, id, todo }) => [
		`${result.padEnd(9)}  ${name.padEnd(width)}  ${api.url}/workflow/${id}`,
		...todo.map((text) => `           to do: ${text}`),
	]);
	const counts = ['created', 'updated', 'unchanged', 'kept'].map(
		(wanted) => `${rows.filter(({ result }) => result === wanted).length} ${wanted}`,
	);
	return [...lines, counts.join(', ')].join('\n');
}

module.exports = { PUSH, PUSH_USAGE, pushBundled };
