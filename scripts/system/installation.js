'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { run } = require('../machine/processes.js');

/** @import { Packed } from '../machine/package.js' */

/** n8n brings the peer dependency itself; install scripts stay off. */
const NPM_OPTIONS = [
	'--legacy-peer-deps',
	'--omit=peer',
	'--ignore-scripts',
	'--no-audit',
	'--no-fund',
];

/**
 * Installs the package into n8n's folder, as a user would the published one. Returns false when it is
 * there already.
 *
 * @param {string} folder
 * @param {Packed} packed
 */
async function installPackage(folder, { tarball, hash }) {
	const nodes = path.join(folder, '.n8n', 'nodes');
	const stamp = path.join(nodes, 'installed-package');
	if (fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === hash) return false;
	fs.mkdirSync(nodes, { recursive: true });
	fs.rmSync(stamp, { force: true });
	// npm compares by version and keeps an older build of the same one.
	const earlier = path.join(nodes, 'node_modules', 'n8n-nodes-clawbot');
	fs.rmSync(earlier, { recursive: true, force: true });
	fs.rmSync(path.join(nodes, 'package-lock.json'), { force: true });
	await run('npm', ['install', '--prefix', nodes, ...NPM_OPTIONS, tarball], {
		cwd: nodes,
		title: 'installing the package into n8n',
	});
	fs.writeFileSync(stamp, hash);
	return true;
}

module.exports = { installPackage };
