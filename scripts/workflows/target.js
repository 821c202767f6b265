'use strict';
const { parseArgs } = require('node:util');
const { createApi } = require('../system/api.js');
const { openStore, runningSystem } = require('../system/store.js');
const { StepFailure } = require('../machine/steps.js');

/**
 * Reads the command line of a workflow tool: which n8n it is about (`--url` and `--api-key`, or
 * N8N_API_KEY, or else the one that `npm start` runs), and its own `options`.
 */
function readTarget(options = {}) {
	let parsed;
	try {
		parsed = parseArgs({
			options: { url: { type: 'string' }, 'api-key': { type: 'string' }, ...options },
			allowPositionals: true,
		});
	} catch (error) {
		throw new StepFailure(
			error.message,
			`Known are ${['url', 'api-key', ...Object.keys(options)].map((name) => `--${name}`).join(', ')}.`,
		);
	}
	const { values, positionals } = parsed;
	const apiKey = values['api-key'] ?? process.env.N8N_API_KEY;
	if (values.url) {
		if (!apiKey) {
			throw new StepFailure(
				'no API key was given',
				'Make one in that n8n (Settings → n8n API) and pass it as --api-key, or in N8N_API_KEY.',
			);
		}
		return { api: createApi(values.url, apiKey), values, positionals };
	}
	const running = runningSystem();
	if (!running?.n8nUrl) {
		throw new StepFailure(
			'no n8n was named, and npm start is not running',
			'Start it in another terminal, or pass --url and --api-key.',
		);
	}
	return { api: createApi(running.n8nUrl, openStore().secrets.apiKey), values, positionals };
}

module.exports = { readTarget };
