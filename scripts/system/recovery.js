'use strict';
const { createApi } = require('./api.js');

/** What bundled workflows need of their own n8n: to recover and time executions, and to ask for its audit. */
const TYPE = 'n8nApi';
const ID = `clawbot-${TYPE}`;
const SCOPES = ['execution:list', 'execution:read', 'execution:retry', 'securityAudit:generate'];
const DEFAULT_URL = 'http://127.0.0.1:5678';

/** n8n finds a workflow's credential when it imports the workflow: it is there before its key is. */
const recoveryCredential = (n8nUrl, apiKey = '') => ({
	id: ID,
	name: 'ClawBot n8n API',
	type: TYPE,
	data: { apiKey, baseUrl: `${n8nUrl}/api/v1` },
	real: false,
});

/** An n8n on this machine may listen on another port than n8n's default one. */
function replaceAddress(workflows, from, to) {
	return JSON.parse(JSON.stringify(workflows).replaceAll(`"${from}/`, `"${to}/`));
}

const isLocal = (url) => new URL(url).hostname === '127.0.0.1';

/** The same workflows, with this n8n's address where they call it. Elsewhere that is a person's work. */
const atAddress = (workflows, n8nUrl) =>
	isLocal(n8nUrl) ? replaceAddress(workflows, DEFAULT_URL, n8nUrl) : workflows;

/** The bundle's own form of what `atAddress` made. */
const atDefault = (workflow, n8nUrl) =>
	isLocal(n8nUrl) ? replaceAddress(workflow, n8nUrl, DEFAULT_URL) : workflow;

async function works(n8nUrl, apiKey) {
	try {
		await createApi(n8nUrl, apiKey).executions('?limit=1');
		return true;
	} catch (error) {
		if (error.status === 401 || error.status === 403) return false;
		throw error;
	}
}

/**
 * Sees to it that the credential holds a key of the running n8n, with no more scopes than it needs.
 * Returns that key: `knownKey`, the credential's, where that works still.
 */
async function connectRecovery(n8n, knownKey) {
	if (knownKey && (await works(n8n.url, knownKey))) return knownKey;
	const apiKey = await n8n.createKey('clawbot recovery', SCOPES);
	const { data } = recoveryCredential(n8n.url, apiKey);
	await n8n.api.call('PATCH', `/credentials/${ID}`, { data }).catch((error) => {
		// Whoever deleted the credential wants no recovery.
		if (error.status !== 404) throw error;
	});
	return apiKey;
}

module.exports = { atAddress, atDefault, connectRecovery, recoveryCredential };
