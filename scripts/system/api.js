'use strict';
const { StepFailure } = require('../machine/steps.js');

async function readJson(response) {
	const text = await response.text();
	try {
		return text ? JSON.parse(text) : undefined;
	} catch {
		return { message: text.slice(0, 300) };
	}
}

/** An answer of n8n that is not 2xx; `status` is HTTP's, `message` n8n's own words. */
class ApiError extends StepFailure {
	constructor(method, path, status, body) {
		super(`n8n answered ${status} to ${method} ${path}: ${body?.message ?? 'no message'}`, '');
		this.status = status;
		if (status === 401) this.cure = 'Check the API key (n8n: Settings → n8n API).';
		if (status === 403) this.cure = 'Give the API key the scopes for workflows and credentials.';
	}
}

async function request(url, method, path, { body, headers = {} } = {}) {
	let response;
	try {
		response = await fetch(`${url}${path}`, {
			method,
			headers: { ...(body ? { 'content-type': 'application/json' } : {}), ...headers },
			body: body ? JSON.stringify(body) : undefined,
			signal: AbortSignal.timeout(60_000),
		});
	} catch (error) {
		const reason = error.cause?.code ?? error.cause?.message ?? error.message;
		throw new StepFailure(
			`n8n at ${url} cannot be reached (${reason})`,
			'Check the address, and that n8n is running.',
		);
	}
	const json = await readJson(response);
	if (!response.ok) throw new ApiError(method, path, response.status, json);
	return { json, response };
}

/**
 * Signs the owner in with the editor's own login and makes an API key, instead of an earlier one of
 * the same label; with every scope it may have where `scopes` is left out.
 */
async function createApiKey(url, { email, password }, label, scopes) {
	const { response } = await request(url, 'POST', '/rest/login', {
		body: { emailOrLdapLoginId: email, password },
	});
	const headers = {
		cookie: response.headers
			.getSetCookie()
			.map((c) => c.split(';')[0])
			.join('; '),
	};
	const existing = (await request(url, 'GET', '/rest/api-keys', { headers })).json.data;
	const list = Array.isArray(existing) ? existing : (existing.items ?? []);
	for (const key of list.filter((entry) => entry.label === label)) {
		await request(url, 'DELETE', `/rest/api-keys/${key.id}`, { headers });
	}
	const wanted =
		scopes ?? (await request(url, 'GET', '/rest/api-keys/scopes', { headers })).json.data;
	const made = await request(url, 'POST', '/rest/api-keys', {
		headers,
		body: { label, expiresAt: null, scopes: wanted },
	});
	return made.json.data.rawApiKey;
}

/** n8n's public REST API with one key. Every method throws an `ApiError` for a refused request. */
function createApi(url, apiKey) {
	const base = url.replace(/\/+$/, '');
	const call = async (method, path, body) =>
		(await request(base, method, `/api/v1${path}`, { body, headers: { 'x-n8n-api-key': apiKey } }))
			.json;
	const byId = (id) => `/workflows/${encodeURIComponent(id)}`;

	return {
		url: base,
		/** All workflows, archived ones left out, whatever the number of pages. */
		async workflows() {
			const found = [];
			let cursor;
			do {
				const page = await call('GET', `/workflows?limit=100${cursor ? `&cursor=${cursor}` : ''}`);
				found.push(...page.data.filter((workflow) => !workflow.isArchived));
				cursor = page.nextCursor && encodeURIComponent(page.nextCursor);
			} while (cursor);
			return found;
		},
		workflow: async (id) => await call('GET', byId(id)),
		create: async (workflow) => await call('POST', '/workflows', workflow),
		update: async (id, workflow) => await call('PUT', byId(id), workflow),
		remove: async (id) => await call('DELETE', byId(id)),
		activate: async (id) => await call('POST', `${byId(id)}/activate`, {}),
		deactivate: async (id) => await call('POST', `${byId(id)}/deactivate`, {}),
		executions: async (query = '') => (await call('GET', `/executions${query}`)).data,
		call,
	};
}

module.exports = { createApi, createApiKey };
