'use strict';
const { StepFailure } = require('../machine/steps.js');
const { reach } = require('./api.js');

/** @import { Api } from './api.js' */
/** @typedef {{ keyId: string, secret: string }} ApiKey of the Robot API */

/** The table of API keys, as the bundled workflows make it. */
const TABLE = 'clawbot_api_keys';
const COLUMNS = {
	keyId: 'string',
	client: 'string',
	secretHash: 'string',
	scopes: 'string',
	status: 'string',
	createdAtMs: 'number',
	expiresAtMs: 'number',
};

/** @param {Pick<Api, 'call'>} api */
async function tableId(api) {
	const filter = encodeURIComponent(JSON.stringify({ name: TABLE }));
	const { data } = await api.call('GET', `/data-tables?filter=${filter}`);
	// n8n looks for a part of the name.
	const table = data.find((/** @type {{ name: string }} */ { name }) => name === TABLE);
	if (table) return table.id;
	const columns = Object.entries(COLUMNS).map(([name, type]) => ({ name, type }));
	return (await api.call('POST', '/data-tables', { name: TABLE, columns })).id;
}

/**
 * Puts a new API key with every scope into the table of an n8n.
 *
 * @param {Pick<Api, 'call'>} api
 * @param {string} client whom it is for
 * @returns {Promise<ApiKey>}
 */
async function makeKey(api, client) {
	// Where n8n runs, the package was built.
	const { apiKeys } = require('../../index.js');
	const { row, secret } = apiKeys.newApiKey(client, apiKeys.SCOPES, { now: Date.now() });
	await api.call('POST', `/data-tables/${await tableId(api)}/rows`, { data: [row] });
	return { keyId: row.keyId, secret };
}

/**
 * Exchanges an API key for tokens at the Robot API.
 *
 * @param {string} address in front of `/token`
 * @param {ApiKey} key
 * @param {number} [expiresIn] seconds
 * @returns {Promise<{ access_token: string, expires_in: number, expires_at: string } | undefined>}
 * undefined where the key is not valid
 */
async function exchange(address, { keyId, secret }, expiresIn) {
	const body = {
		grant_type: 'client_credentials',
		client_id: keyId,
		client_secret: secret,
		...(expiresIn !== undefined && { expires_in: expiresIn }),
	};
	const response = await reach(address, `${address}/token`, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify(body),
		signal: AbortSignal.timeout(30_000),
	});
	if (response.status === 401) return undefined;
	/** @type {any} */
	const answer = await response.json().catch(() => ({}));
	if (response.ok && answer.access_token) return answer;
	throw new StepFailure(
		`${address}/token answered ${response.status}: ${answer.error_description ?? answer.message ?? 'nothing more'}`,
		response.status === 404
			? 'Publish the workflow "ClawBot 1 bot: issue access tokens"; check the address.'
			: '',
	);
}

module.exports = { exchange, makeKey };
