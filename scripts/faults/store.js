'use strict';
const { marksIn } = require('./marks.js');

/** @import { Api } from '../system/api.js' */

/**
 * @typedef {object} Row of the delivery store, as the checker wants it
 * @property {string} key
 * @property {string} status
 * @property {string} kind
 * @property {number} attempts
 * @property {string} fingerprint of its failure: like failures are one group
 * @property {number} [settledAt]
 * @property {string[]} marks of the messages that it is about
 */

const TABLE = 'clawbot_deliveries';

/**
 * @param {Api} api
 * @returns {Promise<string | undefined>} the id of the table, where it is there
 */
async function tableId(api) {
	return (await api.list('/data-tables')).find(({ name }) => name === TABLE)?.id;
}

/**
 * The rows of the delivery store as they are; none where the table is not there yet.
 *
 * @param {Api} api
 */
async function readTable(api) {
	const id = await tableId(api);
	return id ? await api.list(`/data-tables/${id}/rows`) : [];
}

/**
 * @param {Api} api
 * @param {Record<string, unknown>} row
 */
async function insertRow(api, row) {
	const body = { data: [row], returnType: 'count' };
	await api.call('POST', `/data-tables/${await tableId(api)}/rows`, body);
}

/** @param {Api} api */
async function deleteTable(api) {
	await api.call('DELETE', `/data-tables/${await tableId(api)}`);
}

/**
 * The marks of the messages that a row is about; an execution's row shows only some of them.
 *
 * @param {Api} api
 * @param {any} row
 */
async function marksOf(api, row) {
	if (row.kind !== 'execution' || row.status === 'delivered') return marksIn(row.payload);
	const path = `/executions/${encodeURIComponent(row.executionId)}?includeData=true`;
	const execution = await api.call('GET', path).catch(() => undefined);
	return marksIn(row.payload + JSON.stringify(execution?.data ?? ''));
}

/**
 * The rows of the delivery store as the checker wants them.
 *
 * @param {Api} api
 * @returns {Promise<Row[]>}
 */
async function readRows(api) {
	return await Promise.all(
		(await readTable(api)).map(async (row) => ({
			...row,
			marks: await marksOf(api, row),
			settledAt: row.settledAtMs || undefined,
		})),
	);
}

/**
 * The executions that n8n keeps, with the marks in their data.
 *
 * @param {Api} api
 */
async function readExecutions(api) {
	const executions = await api.list('/executions', '&includeData=true');
	return executions.map(({ workflowData, ...execution }) => ({
		...execution,
		marks: marksIn(JSON.stringify(execution.data ?? '')),
	}));
}

module.exports = { deleteTable, insertRow, readExecutions, readRows, readTable };
