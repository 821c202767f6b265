'use strict';
const fs = require('node:fs');
const { installPackages, isInstalled, prepareNode, prepareSqlite } = require('./install.js');
const { build } = require('./package.js');
const { paths } = require('./paths.js');
const { preflight } = require('./preflight.js');

/** @import { WantedPort } from './preflight.js' */
/** @import { Steps } from './steps.js' */

/**
 * From a fresh clone to installed packages and the Node that n8n needs.
 *
 * @param {Steps} steps
 * @param {WantedPort[]} [ports]
 */
async function install({ step }, ports = []) {
	await step(
		'Check this machine',
		async () => await preflight({ installed: isInstalled(), ports }),
	);
	fs.mkdirSync(paths.logs, { recursive: true, mode: 0o700 });
	await step('Install packages', installPackages);
	await step('Prepare Node 24', prepareNode);
}

/**
 * From a fresh clone to a built package, with all that n8n needs.
 *
 * @param {Steps} steps
 * @param {WantedPort[]} [ports]
 */
async function bootstrap(steps, ports) {
	await install(steps, ports);
	await steps.step('Prepare SQLite', prepareSqlite);
	await steps.step('Build the package', build);
}

module.exports = { bootstrap, install };
