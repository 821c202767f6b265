'use strict';
const { ApiError, createApi } = require('./api.js');

/** @import { Api } from './api.js' */
/** @import { OwnCredential } from './credentials.js' */
/** @import { N8n } from './n8n.js' */

/** What bundled workflows need of their own n8n: to recover and time executions, and to ask for its audit. */
const TYPE = 'n8nApi';
const ID = `clawbot-${TYPE}`;
const SCOPES = ['execution:list', 'execution:read', 'execution:retry', 'securityAudit:generate'];

/**
 * n8n finds a workflow's credential when it imports the workflow: it is there before its key is.
 *
 * @param {string} n8nUrl
 * @returns {OwnCredential}
 */
const recoveryCredential = (n8nUrl, apiKey = '') => ({
	id: ID,
	name: 'ClawBot n8n API',
	type: TYPE,
	data: { apiKey, baseUrl: `${n8nUrl}/api/v1` },
	real: false,
});

/**
 * @param {string} n8nUrl
 * @param {string} apiKey
 */
async function works(n8nUrl, apiKey) {
	try {
		await createApi(n8nUrl, apiKey).executions('?limit=1');
		return true;
	} catch (error) {
		if (error instanceof ApiError && [401, 403].includes(error.status)) return false;
		throw error;
	}
}

/**
 * Sees to it that the credential holds a key of the running n8n, with no more scopes than it needs.
 * Returns that key: `knownKey`, the credential's, where that works still.
 *
 * @param {Pick<N8n, 'url' | 'createKey'> & { api: Pick<Api, 'call'> }} n8n
 * @param {string} [knownKey]
 */
async function connectRecovery(n8n, knownKey) {
	if (knownKey && (await works(n8n.url, knownKey))) return knownKey;
	const apiKey = await n8n.createKey('clawbot recovery', SCOPES);
	const { data } = recoveryCredential(n8n.url, apiKey);
	await n8n.api.call('PATCH', `/credentials/${ID}`, { data }).catch((error) => {
		// Whoever deleted the credential wants no recovery.
		if (!(error instanceof ApiError) || error.status !== 404) throw error;
	});
	return apiKey;
}

module.exports = { connectRecovery, recoveryCredential };
