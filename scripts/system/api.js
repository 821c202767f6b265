'use strict';
const { fetchReason } = require('../machine/errors.js');
const { StepFailure } = require('../machine/steps.js');

/** @import { Workflow, WorkflowNode } from '../workflows/workflows.js' */

/**
 * @typedef {object} InstanceFields what an n8n adds to a workflow that it keeps
 * @property {boolean} active whether it is published
 * @property {boolean} [isArchived]
 * @property {string} [description]
 * @property {string} [versionId] of what is stored
 * @property {{ nodes: WorkflowNode[], versionId?: string } | null} [activeVersion] what is published
 * @property {any} [staticData]
 */
/** @typedef {Workflow & InstanceFields} StoredWorkflow */
/** @typedef {Partial<Workflow> & { description?: string }} WorkflowBody what may be written */
/** @typedef {ReturnType<typeof createApi>} Api */
/** @typedef {{ email: string, password: string }} Owner of an n8n */

/**
 * A request that tells a person what to do where nobody answers.
 *
 * @param {string} address as the person knows it
 * @param {string} url
 * @param {RequestInit} init
 */
async function reach(address, url, init) {
	try {
		return await fetch(url, init);
	} catch (error) {
		throw new StepFailure(
			`${address} cannot be reached (${fetchReason(error)})`,
			'Check the address, and that n8n is running.',
		);
	}
}

/**
 * @param {Response} response
 * @returns {Promise<any>} the body, which need not be JSON where something stands before n8n
 */
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
	/**
	 * @param {string} method
	 * @param {string} path
	 * @param {number} status
	 * @param {{ message?: string } | undefined} body
	 */
	constructor(method, path, status, body) {
		super(`n8n answered ${status} to ${method} ${path}: ${body?.message ?? 'no message'}`, '');
		this.status = status;
		if (status === 401) this.cure = 'Check the API key (n8n: Settings → n8n API).';
		if (status === 403) this.cure = 'Give the API key the scopes for workflows and credentials.';
	}
}

/**
 * Makes one request. No redirect is followed: the key and what is written are for this n8n, and a POST would become
 * a GET on the way.
 *
 * @param {string} url
 * @param {string} method
 * @param {string} path
 * @param {{ body?: unknown, headers?: Record<string, string> }} [options]
 */
async function request(url, method, path, { body, headers = {} } = {}) {
	const response = await reach(`n8n at ${url}`, `${url}${path}`, {
		method,
		headers: { ...(body ? { 'content-type': 'application/json' } : {}), ...headers },
		body: body ? JSON.stringify(body) : undefined,
		redirect: 'manual',
		signal: AbortSignal.timeout(60_000),
	});
	const target = response.headers.get('location');
	if (target && !response.ok && URL.canParse(target, url)) {
		throw new StepFailure(
			`n8n at ${url} sends requests on to ${new URL(target, url).origin}`,
			'Name that address, if it is your n8n.',
		);
	}
	const json = await readJson(response);
	if (!response.ok) throw new ApiError(method, path, response.status, json);
	return { json, response };
}

/**
 * Signs the owner in with the editor's own login and makes an API key, instead of an earlier one of
 * the same label; with every scope it may have where `scopes` is left out.
 *
 * @param {string} url
 * @param {Owner} owner
 * @param {string} label
 * @param {string[]} [scopes]
 * @returns {Promise<string>}
 */
async function createApiKey(url, { email, password }, label, scopes) {
	const { response } = await request(url, 'POST', '/rest/login', {
		body: { emailOrLdapLoginId: email, password },
	});
	const cookies = response.headers.getSetCookie().map((cookie) => cookie.split(';')[0]);
	const headers = { cookie: cookies.join('; ') };
	const existing = (await request(url, 'GET', '/rest/api-keys', { headers })).json.data;
	/** @type {{ id: string, label: string }[]} */
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

/**
 * n8n's public REST API with one key. Every method throws an `ApiError` for a refused request.
 *
 * @param {string} url
 * @param {string} apiKey
 */
function createApi(url, apiKey) {
	const base = url.replace(/\/+$/, '');
	const headers = { 'x-n8n-api-key': apiKey };
	/**
	 * @param {string} method
	 * @param {string} path below `/api/v1`
	 * @param {unknown} [body]
	 * @returns {Promise<any>}
	 */
	const call = async (method, path, body) =>
		(await request(base, method, `/api/v1${path}`, { body, headers })).json;

	/**
	 * Everything of a list, whatever the number of its pages.
	 *
	 * @param {string} path
	 * @param {string} [query] begins with `&`
	 * @returns {Promise<any[]>}
	 */
	async function list(path, query = '') {
		const found = [];
		let next = '';
		do {
			const page = await call('GET', `${path}?limit=100${query}${next}`);
			found.push(...page.data);
			next = page.nextCursor ? `&cursor=${encodeURIComponent(page.nextCursor)}` : '';
		} while (next);
		return found;
	}

	/** @param {string} id */
	const byId = (id) => `/workflows/${encodeURIComponent(id)}`;

	return {
		url: base,
		call,
		list,
		/** @returns {Promise<StoredWorkflow[]>} all of them but archived ones */
		workflows: async () => (await list('/workflows')).filter(({ isArchived }) => !isArchived),
		/** @type {(id: string) => Promise<StoredWorkflow>} */
		workflow: async (id) => await call('GET', byId(id)),
		/** @type {(workflow: WorkflowBody) => Promise<StoredWorkflow>} */
		create: async (workflow) => await call('POST', '/workflows', workflow),
		/** @type {(id: string, workflow: WorkflowBody) => Promise<StoredWorkflow>} */
		update: async (id, workflow) => await call('PUT', byId(id), workflow),
		/** @type {(id: string) => Promise<unknown>} */
		remove: async (id) => await call('DELETE', byId(id)),
		/** @type {(id: string) => Promise<StoredWorkflow>} */
		activate: async (id) => await call('POST', `${byId(id)}/activate`, {}),
		/** @type {(id: string) => Promise<StoredWorkflow>} */
		deactivate: async (id) => await call('POST', `${byId(id)}/deactivate`, {}),
		/** @type {(query?: string) => Promise<any[]>} the first page */
		executions: async (query = '') => (await call('GET', `/executions${query}`)).data,
	};
}

module.exports = { ApiError, createApi, createApiKey, reach };
