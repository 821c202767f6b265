'use strict';
const path = require('node:path');

const root = path.resolve(__dirname, '..', '..');

/** @param {string[]} parts */
const inRoot = (...parts) => path.join(root, ...parts);

// A second system beside the first one, as the tests start it, needs a folder of its own.
const data = process.env.CLAWBOT_DATA ? path.resolve(process.env.CLAWBOT_DATA) : inRoot('.clawbot');

/**
 * Where everything of this project is. `data` is git-ignored and holds all that a start creates.
 */
const paths = {
	root,
	data,
	logs: path.join(data, 'logs'),
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
