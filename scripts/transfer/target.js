'use strict';
const { StepFailure } = require('../machine/steps.js');
const { createApi } = require('../system/api.js');
const { openStore, runningSystem } = require('../system/store.js');

/** The options of every workflow tool: which n8n it is about. */
const TARGET = /** @type {const} */ ({ url: { type: 'string' }, 'api-key': { type: 'string' } });

/**
 * The n8n that a command line names (`--url` and `--api-key`, or N8N_API_KEY), else the one that
 * `npm start` runs.
 *
 * @param {{ url?: string, 'api-key'?: string }} values
 */
function openTarget({ url, 'api-key': apiKey = process.env.N8N_API_KEY }) {
	if (url) {
		if (apiKey) return createApi(url, apiKey);
		throw new StepFailure(
			'no API key was given',
			'Make one in that n8n (Settings → n8n API) and pass it as --api-key, or in N8N_API_KEY.',
		);
	}
	const here = runningSystem()?.n8nUrl;
	const ownKey = here && openStore().secrets.apiKey;
	if (here && ownKey) return createApi(here, ownKey);
	throw new StepFailure(
		'no n8n was named, and npm start is not running',
		'Start it in another terminal, or pass --url and --api-key.',
	);
}

module.exports = { TARGET, openTarget };
