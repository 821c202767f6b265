'use strict';
const { pause } = require('../machine/signals.js');
const { isByStream } = require('../workflows/streams.js');

/** @import { OwnCredential } from './credentials.js' */
/** @import { Workflow } from '../workflows/workflows.js' */

/**
 * How each long connection stands, by the type of its credential: `connected`, or why not.
 *
 * @typedef {Record<string, string>} ConnectionStates
 */

/**
 * Of each credential that a bot connects with: the trigger, and what n8n's log calls the connection.
 *
 * @type {Record<string, { trigger: string, service: string, app: string }>}
 */
const APPS = {
	dingTalkAppApi: { trigger: 'dingTalkTrigger', service: 'DingTalk', app: 'clientId' },
	feishuAppApi: { trigger: 'feishuTrigger', service: 'Feishu', app: 'appId' },
	weComAiBotApi: { trigger: 'weComTrigger', service: 'WeCom', app: 'botId' },
};

/** By then each has said how it stands: an attempt to connect has 15 s, and a busy n8n begins late. */
const LONGEST_WAIT_MS = 60_000;
const UNKNOWN = 'not known yet: read n8n.log';

/**
 * What a log says last of a connection.
 *
 * @param {string} log
 * @param {string} name
 */
function lastSaid(log, name) {
	const lines = log.split('\n').filter((line) => line.includes(`${name}: `));
	const said = lines.map((line) => line.slice(line.indexOf(`${name}: `) + name.length + 2));
	return said.findLast((text) => /^(connected|not connected|closed)\b/.test(text))?.trim();
}

/**
 * How the long connections of an n8n stand, as its log says: nothing else of n8n shows it to the outside. Waits
 * until each has said something.
 *
 * @param {Pick<Workflow, 'nodes'>[]} workflows published ones
 * @param {OwnCredential[]} credentials
 * @param {() => string} logs
 * @returns {Promise<ConnectionStates>}
 */
async function connectionStates(workflows, credentials, logs) {
	const triggers = workflows.flatMap(({ nodes }) => nodes.filter(isByStream));
	const wanted = credentials.flatMap(({ type, data }) => {
		const app = APPS[type];
		const isUsed = triggers.some(
			(node) => !node.disabled && app && node.type.endsWith(`.${app.trigger}`),
		);
		return app && isUsed ? [{ type, name: `${app.service} ${data[app.app]}` }] : [];
	});
	const limit = Date.now() + LONGEST_WAIT_MS;
	const isSaid = () => wanted.every(({ name }) => lastSaid(logs(), name) !== undefined);
	while (!isSaid() && Date.now() < limit) await pause(100);
	return Object.fromEntries(
		wanted.map(({ type, name }) => [type, lastSaid(logs(), name) ?? UNKNOWN]),
	);
}

module.exports = { APPS, connectionStates };
