'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { inRoot, paths } = require('./paths.js');
const { run } = require('./processes.js');
const { StepFailure } = require('./steps.js');

/** @import { Progress } from './steps.js' */

const NEEDED_NODE = 24;

/** @param {string} file */
const readJson = (file) =>
	fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : undefined;

/**
 * @typedef {object} LockedPackage
 * @property {string} [name]
 * @property {string} [version]
 * @property {string[]} [os]
 * @property {string[]} [cpu]
 * @property {string[]} [libc]
 * @property {boolean} [optional]
 * @property {boolean} [devOptional]
 * @property {boolean} [link]
 * @property {boolean} [extraneous] nothing asks for it any more; npm leaves it in the file and out of the folder
 */
/** @typedef {{ packages: Record<string, LockedPackage> }} LockFile */

/**
 * Packages that the lock file wants and npm's record of the last finished install lacks. npm writes
 * that record (`node_modules/.package-lock.json`) last, so an interrupted install has none.
 *
 * @param {LockFile} lock
 * @param {LockFile | undefined} installed
 */
function missingPackages(lock, installed) {
	return Object.entries(lock.packages)
		.filter(([place, wanted]) => {
			// Binaries for other systems are listed as well; npm leaves them out without a word.
			const elsewhere = wanted.os || wanted.cpu || wanted.libc;
			const optional = wanted.optional || wanted.devOptional || wanted.link || place === '';
			if (elsewhere || optional || wanted.extraneous) return false;
			return installed?.packages?.[place]?.version !== wanted.version;
		})
		.map(([place]) => place);
}

function isInstalled() {
	const lock = readJson(inRoot('package-lock.json'));
	const installed = readJson(path.join(paths.modules, '.package-lock.json'));
	return missingPackages(lock, installed).length === 0;
}

/**
 * Installs what the lock file names, and changes neither it nor package.json.
 *
 * Not `npm ci`: it refuses a lock file that lacks binaries for other systems, and those are left
 * out where a registry mirror does not carry them. Install scripts stay off: some need downloads
 * that a company's network refuses.
 *
 * @param {Progress} progress
 */
async function installPackages(progress) {
	if (isInstalled()) return 'up to date';
	progress('about 4 minutes and 3 GB the first time');
	await run('npm', ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund'], {
		cwd: paths.root,
		title: 'npm install',
		cure: "Check the network, and npm's registry setting (npm config get registry), then start again.",
	});
	return 'installed';
}

/**
 * @param {string} command
 * @param {string[]} args
 */
async function works(command, args, test = (/** @type {string} */ _output) => true) {
	try {
		return test(await run(command, args, { cwd: paths.root }));
	} catch {
		return false;
	}
}

/**
 * Makes the binary of a package, which an install without scripts leaves out, where it does not work yet.
 *
 * @param {string} name
 * @param {() => Promise<boolean>} isThere
 * @param {string} cure
 */
async function prepareBinary(name, isThere, cure) {
	if (await isThere()) return 'up to date';
	// make compiles on every core.
	const env = { ...process.env, JOBS: 'max' };
	await run('npm', ['rebuild', name], { cwd: paths.root, env, cure });
	if (!(await isThere())) throw new StepFailure(`the binary of "${name}" does not work`, cure);
	return 'made';
}

/** @param {Progress} progress */
async function prepareNode(progress) {
	progress('downloading Node 24');
	const isRightNode = (/** @type {string} */ output) =>
		Number(/^v(\d+)/.exec(output)?.[1]) >= NEEDED_NODE;
	return await prepareBinary(
		'node',
		async () => await works(paths.node, ['--version'], isRightNode),
		'Check the network; the npm package "node" brings the Node that n8n needs.',
	);
}

/** @param {Progress} progress */
async function prepareSqlite(progress) {
	progress('building it takes about 2 minutes');
	return await prepareBinary(
		'sqlite3',
		async () => await works(paths.node, ['-e', 'require("sqlite3")']),
		'Install a C++ compiler, make and python3 (Debian: apt-get install build-essential python3), then start again.',
	);
}

module.exports = { installPackages, isInstalled, missingPackages, prepareNode, prepareSqlite };
