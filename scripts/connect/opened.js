'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { paths } = require('../machine/paths.js');
const { connectionStates } = require('../system/connections.js');

/** @import { StoredWorkflow } from '../system/api.js' */

const logFile = path.join(paths.logs, 'n8n.log');

/** What the n8n of `npm start` has logged since this was called. */
function logsFromNow() {
	const start = fs.existsSync(logFile) ? fs.statSync(logFile).size : 0;
	return () => {
		if (!fs.existsSync(logFile)) return '';
		return fs.readFileSync(logFile).subarray(start).toString('utf8');
	};
}

/**
 * How the long connection of a bot stands once it has said something; undefined where no trigger of the workflows
 * opens one.
 *
 * @param {StoredWorkflow[]} published
 * @param {{ type: string, values: Record<string, string> }} bot
 * @param {() => string} logs
 */
async function connectionState(published, { type, values }, logs) {
	const credential = { id: '', name: '', type, data: values, real: true };
	return (await connectionStates(published, [credential], logs))[type];
}

module.exports = { connectionState, logsFromNow };
