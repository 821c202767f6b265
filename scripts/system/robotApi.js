'use strict';
const { StepFailure } = require('../machine/steps.js');

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

async function tableId(api) {
	const filter = encodeURIComponent(JSON.stringify({ name: TABLE }));
	const { data } = await api.call('GET', `/data-tables?filter=${filter}`);
	// n8n looks for a part of the name.
	const table = data.find(({ name }) => name === TABLE);
	if (table) return table.id;
	const columns = Object.entries(COLUMNS).map(([name, type]) => ({ name, type }));
	return (await api.call('POST', '/data-tables', { name: TABLE, columns })).id;
}

/** Puts a new API key with every scope into the table of an n8n; returns `{ keyId, secret }`. */
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
 * @param {{ keyId: string, secret: string }} key
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
	let response;
	try {
		response = await fetch(`${address}/token`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify(body),
			signal: AbortSignal.timeout(30_000),
		});
	} catch (error) {
		const reason = error.cause?.code ?? error.cause?.message ?? error.message;
		throw new StepFailure(
			`${address} cannot be reached (${reason})`,
			'Check the address, and that n8n is running.',
		);
	}
	if (response.status === 401) return undefined;
	const answer = await response.json().catch(() => ({}));
	if (response.ok && answer.access_token) return answer;
	throw new StepFailure(
		`${address}/token answered ${response.status}: ${answer.error_description ?? answer.message ?? 'nothing more'}`,
		response.status === 404
			? 'Publish the workflow "ClawBot: issue access tokens"; check the address.'
			: '',
	);
}

module.exports = { exchange, makeKey };
