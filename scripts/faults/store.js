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

/** @param {any} execution with its data */
const withMarks = ({ workflowData, ...execution }) => ({
	...execution,
	marks: marksIn(JSON.stringify(execution.data ?? '')),
});

/**
 * The executions that n8n keeps, with the marks in their data.
 *
 * @param {Api} api
 */
async function readExecutions(api) {
	return (await api.list('/executions', '&includeData=true')).map(withMarks);
}

/**
 * The id of the newest execution that is over; 0 where there is none.
 *
 * @param {Api} api
 */
async function newestExecution(api) {
	return Number((await api.executions('?limit=1'))[0]?.id ?? 0);
}

/**
 * The executions of a workflow that are over and newer than that one, the newest 250 of them at most, with the
 * marks in their data.
 *
 * @param {Api} api
 * @param {string} workflowId
 * @param {number} id
 */
async function executionsAfter(api, workflowId, id) {
	const newest = await api.executions(`?limit=250&includeData=true&workflowId=${workflowId}`);
	return newest.filter((execution) => Number(execution.id) > id).map(withMarks);
}

module.exports = {
	deleteTable,
	executionsAfter,
	insertRow,
	newestExecution,
	readExecutions,
	readRows,
	readTable,
};
