'use strict';
const { ApiError, createApi } = require('./api.js');

/** @import { Api } from './api.js' */
/** @import { OwnCredential } from './credentials.js' */
/** @import { N8n } from './n8n.js' */

/**
 * @typedef {object} OwnKey what bundled workflows need of the API of their own n8n
 * @property {string} type of the credential
 * @property {string} name of the credential
 * @property {string} label of the key
 * @property {string[]} scopes no more than it needs
 * @property {string} tried a path that needs one of them
 */

/** @type {OwnKey} Recovers and times executions, and asks for the audit. */
const RECOVERY = {
	type: 'n8nApi',
	name: 'ClawBot n8n API',
	label: 'clawbot recovery',
	scopes: ['execution:list', 'execution:read', 'execution:retry', 'securityAudit:generate'],
	tried: '/executions?limit=1',
};

/** @type {OwnKey} Connects bots: makes their credentials, and puts them into workflows. */
const BOTS = {
	type: 'clawBotInstanceApi',
	name: 'ClawBot Instance',
	label: 'clawbot bots',
	scopes: [
		...['list', 'create', 'read', 'update', 'delete'].map((does) => `credential:${does}`),
		...['list', 'read', 'update', 'activate', 'deactivate'].map((does) => `workflow:${does}`),
	],
	tried: '/credentials?limit=1',
};

/** @param {OwnKey} own */
const idOf = ({ type }) => `clawbot-${type}`;

/**
 * n8n finds a workflow's credential when it imports the workflow: it is there before its key is.
 *
 * @param {OwnKey} own
 * @param {string} n8nUrl
 * @returns {OwnCredential}
 */
const ownCredential = (own, n8nUrl, apiKey = '') => ({
	id: idOf(own),
	name: own.name,
	type: own.type,
	data: { apiKey, baseUrl: `${n8nUrl}/api/v1` },
	real: false,
});

/**
 * @param {OwnKey} own
 * @param {string} n8nUrl
 * @param {string} apiKey
 */
async function works({ tried }, n8nUrl, apiKey) {
	try {
		await createApi(n8nUrl, apiKey).call('GET', tried);
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
 * @param {OwnKey} own
 * @param {Pick<N8n, 'url' | 'createKey'> & { api: Pick<Api, 'call'> }} n8n
 * @param {string} [knownKey]
 */
async function connectKey(own, n8n, knownKey) {
	if (knownKey && (await works(own, n8n.url, knownKey))) return knownKey;
	const apiKey = await n8n.createKey(own.label, own.scopes);
	const { data } = ownCredential(own, n8n.url, apiKey);
	await n8n.api.call('PATCH', `/credentials/${idOf(own)}`, { data }).catch((error) => {
		// Whoever deleted the credential wants nothing of it.
		if (!(error instanceof ApiError) || error.status !== 404) throw error;
	});
	return apiKey;
}

module.exports = { BOTS, RECOVERY, connectKey, ownCredential };
