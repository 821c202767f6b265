'use strict';
const { paths } = require('../machine/paths.js');
const { readWorkflows } = require('../workflows/workflows.js');

/** @import { Api } from '../system/api.js' */

/* What n8n's Data Tables hold after an hour of work, for the measurement of an n8n that has nothing to do. */

/** n8n takes as many rows in one call. */
const ROWS_AT_ONCE = 100;
const MINUTE = 60_000;

/**
 * The columns of a table, as the bundled workflow makes them that uses it first.
 * @param {string} name
 * @returns {{ name: string, type: string }[]}
 */
function columnsOf(name) {
	for (const { workflow } of readWorkflows(paths.workflows)) {
		for (const { parameters } of workflow.nodes) {
			if (parameters.operation === 'create' && parameters.tableName === name) {
				return parameters.columns.column;
			}
		}
	}
	throw new Error(`No bundled workflow makes the table ${name}`);
}

/**
 * The table of a name, made where it is not there: a workflow that looks at it may make it at the same moment.
 * @param {Api} api
 * @param {string} name
 * @returns {Promise<{ id: string }>}
 */
async function tableOf(api, name) {
	const filter = encodeURIComponent(JSON.stringify({ name }));
	const find = async () => (await api.call('GET', `/data-tables?filter=${filter}`)).data[0];
	const known = await find();
	if (known) return known;
	try {
		return await api.call('POST', '/data-tables', { name, columns: columnsOf(name) });
	} catch (error) {
		const made = await find();
		if (!made) throw error;
		return made;
	}
}

/**
 * Puts rows into a table.
 * @param {Api} api
 * @param {string} name
 * @param {object[]} rows
 */
async function fill(api, name, rows) {
	const { id } = await tableOf(api, name);
	for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
		const data = rows.slice(from, from + ROWS_AT_ONCE);
		await api.call('POST', `/data-tables/${id}/rows`, { data });
	}
}

/**
 * A delivery to Feishu's sandbox group.
 * @param {string} key
 * @param {object} columns
 */
function delivery(key, columns) {
	const now = Date.now();
	const unsent = {
		platform: 'feishu',
		via: 'app',
		target: { type: 'chat', ids: ['oc_5a4db0c5000000000000000000000001'] },
		content: { format: 'text', text: `${key} of the benchmark` },
		longText: 'split',
		seed: key,
		sentParts: 0,
		messageIds: [],
		repeatable: true,
	};
	return {
		key,
		version: 1,
		kind: 'notification',
		status: 'waiting',
		priority: 2,
		platform: 'feishu',
		bot: 'app',
		conversation: 'oc_5a4db0c5000000000000000000000001',
		dueAt: now,
		claim: '',
		attempts: 1,
		deadlineAt: now + 24 * 60 * MINUTE,
		class: 'temporary',
		code: 'HTTP 503',
		fingerprint: 'bench',
		reason: 'Feishu: the service is busy',
		payload: JSON.stringify({ unsent }),
		history: '[]',
		audit: '[]',
		workflowId: 'clawbotDeliver1',
		executionId: '1',
		announced: '',
		createdAtMs: now,
		settledAtMs: 0,
		...columns,
	};
}

/**
 * Deliveries after an hour: most were sent at a later attempt, some died and were announced, a few wait longer
 * than the measurement takes.
 */
function deliveries() {
	const now = Date.now();
	/**
	 * @param {number} count
	 * @param {string} name
	 * @param {(n: number) => object} columns
	 */
	const of = (count, name, columns) =>
		Array.from({ length: count }, (_, n) => delivery(`${name} ${n}`, columns(n)));
	return [
		...of(600, 'sent', (n) => ({ version: 3, status: 'delivered', settledAtMs: now - n * 6000 })),
		...of(40, 'dead', (n) => ({
			version: 2,
			status: 'dead',
			class: 'badRequest',
			code: String(230_001 + (n % 4)),
			fingerprint: `bench ${n % 4}`,
			announced: 'open',
			settledAtMs: now - n * MINUTE,
		})),
		...of(10, 'waits', (n) => ({ dueAt: now + (60 + n) * MINUTE })),
	];
}

/**
 * One heartbeat and one source of metrics.
 * @param {string} n8nUrl
 */
const watched = (n8nUrl) => ({
	clawbot_heartbeats: [{ name: 'bench', enabled: true, address: n8nUrl }],
	clawbot_metric_sources: [{ name: 'n8n', kind: 'n8n', url: `${n8nUrl}/metrics`, enabled: true }],
});

/**
 * Fills the tables of the bundled workflows.
 * @param {{ n8n: { url: string, api: Api } }} system
 */
async function fillTables({ n8n }) {
	const tables = { clawbot_deliveries: deliveries(), ...watched(n8n.url) };
	for (const [name, rows] of Object.entries(tables)) await fill(n8n.api, name, rows);
}

module.exports = { delivery, fillTables };
