'use strict';
const { marksIn } = require('./marks.js');

const TABLE = 'clawbot_deliveries';
const PAGE = 250;

async function all(api, path, more = '') {
	const found = [];
	let cursor;
	do {
		const next = cursor ? `&cursor=${encodeURIComponent(cursor)}` : '';
		const page = await api.call('GET', `${path}?limit=${PAGE}${more}${next}`);
		found.push(...page.data);
		cursor = page.nextCursor;
	} while (cursor);
	return found;
}

const tableOf = async (api) => (await all(api, '/data-tables')).find(({ name }) => name === TABLE);

/** The rows of the delivery store as they are. */
async function readTable(api) {
	const table = await tableOf(api);
	return table ? await all(api, `/data-tables/${table.id}/rows`) : [];
}

async function insertRow(api, row) {
	const { id } = await tableOf(api);
	await api.call('POST', `/data-tables/${id}/rows`, { data: [row], returnType: 'count' });
}

async function deleteTable(api) {
	const { id } = await tableOf(api);
	await api.call('DELETE', `/data-tables/${id}`);
}

/** The marks of the messages that a row is about; an execution's row shows only some of them. */
async function marksOf(api, row) {
	if (row.kind !== 'execution' || row.status === 'delivered') return marksIn(row.payload);
	const path = `/executions/${encodeURIComponent(row.executionId)}?includeData=true`;
	const execution = await api.call('GET', path).catch(() => undefined);
	return marksIn(row.payload + JSON.stringify(execution?.data ?? ''));
}

/**
 * The rows of the delivery store as the checker wants them, through n8n's public API: each is the row
 * with `marks` and `settledAt`. None where the table is not there yet.
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

/** The executions that n8n keeps, with the marks in their data. */
async function readExecutions(api) {
	const executions = await all(api, '/executions', '&includeData=true');
	return executions.map(({ workflowData, ...execution }) => ({
		...execution,
		marks: marksIn(JSON.stringify(execution.data ?? '')),
	}));
}

module.exports = { deleteTable, insertRow, readExecutions, readRows, readTable };
