'use strict';
const fs = require('node:fs');
const { installPackages, isInstalled, prepareBinaries } = require('./install.js');
const { build } = require('./package.js');
const { paths } = require('./paths.js');
const { preflight } = require('./preflight.js');

/** @import { WantedPort } from './preflight.js' */
/** @import { Steps } from './steps.js' */

/**
 * From a fresh clone to a built package: the part that `npm start` and `npm test` share.
 *
 * @param {Steps} steps
 * @param {WantedPort[]} [ports]
 */
async function bootstrap({ step }, ports = []) {
	await step(
		'Check this machine',
		async () => await preflight({ installed: isInstalled(), ports }),
	);
	fs.mkdirSync(paths.logs, { recursive: true, mode: 0o700 });
	await step('Install packages', installPackages);
	await step('Prepare Node 24 and SQLite', prepareBinaries);
	await step('Build the package', build);
}

module.exports = { bootstrap };
