'use strict';
const { StepFailure } = require('../machine/steps.js');
const { createApi } = require('../system/api.js');

/** The options that name an n8n. */
const REMOTE = /** @type {const} */ ({ url: { type: 'string' }, 'api-key': { type: 'string' } });

/**
 * The n8n at an address, with `--api-key`, or N8N_API_KEY, which no list of processes shows.
 *
 * @param {string} url
 * @param {string} [apiKey]
 */
function openRemote(url, apiKey = process.env.N8N_API_KEY) {
	if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
		throw new StepFailure(`"${url}" is no address`, 'Write it whole: https://n8n.example.com');
	}
	if (apiKey) return createApi(url, apiKey);
	throw new StepFailure(
		'no API key was given',
		'Make one in that n8n (Settings → n8n API) and pass it as --api-key, or in N8N_API_KEY.',
	);
}

module.exports = { REMOTE, openRemote };
