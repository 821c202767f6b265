'use strict';
const path = require('node:path');

const root = path.resolve(__dirname, '..', '..');
const inRoot = (...parts) => path.join(root, ...parts);

/** Where everything of this project is. `data` is git-ignored and holds all that a start creates. */
const paths = {
	root,
	data: inRoot('.clawbot'),
	logs: inRoot('.clawbot', 'logs'),
	modules: inRoot('node_modules'),
	// The npm package `node` brings the version that n8n needs, whatever the system has.
	node: inRoot('node_modules', '.bin', 'node'),
	n8n: inRoot('node_modules', 'n8n', 'bin', 'n8n'),
	workflows: inRoot('workflows'),
	sandbox: inRoot('sandbox', 'main.ts'),
	accounts: inRoot('sandbox', 'accounts.json'),
	dotenv: inRoot('.env'),
};

module.exports = { paths, inRoot };
