'use strict';
const { StepFailure } = require('../machine/steps.js');
const { createApi } = require('../system/api.js');
const { openStore, runningSystem } = require('../system/store.js');
const { openRemote } = require('./remote.js');

/**
 * The n8n that a command line names, else the one that `npm start` runs.
 *
 * @param {{ url?: string, 'api-key'?: string }} values
 */
function openTarget({ url, 'api-key': apiKey }) {
	if (url) return openRemote(url, apiKey);
	const here = runningSystem()?.n8nUrl;
	const ownKey = here && openStore().secrets.apiKey;
	if (here && ownKey) return createApi(here, ownKey);
	throw new StepFailure(
		'no n8n was named, and npm start is not running',
		'Start it in another terminal, or pass --url and --api-key.',
	);
}

module.exports = { openTarget };
