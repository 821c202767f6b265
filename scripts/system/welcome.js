'use strict';
const path = require('node:path');
const { paths } = require('../machine/paths.js');
const { duration } = require('../machine/steps.js');
const { botsAddress, keysAddress, pageAddress, robotApiAddress } = require('./operators.js');

/** @import { Callbacks } from './callbacks.js' */
/** @import { ConnectionStates } from './connections.js' */
/** @import { OwnCredential } from './credentials.js' */
/** @import { Secrets } from './store.js' */

/**
 * @typedef {object} Started what `npm start` has started
 * @property {number} tookMs
 * @property {string} n8nUrl
 * @property {string} sandboxUrl
 * @property {string} email of n8n's owner
 * @property {Secrets} secrets
 * @property {Record<string, string>} settings of n8n
 * @property {OwnCredential[]} credentials
 * @property {Callbacks} callbacks
 * @property {ConnectionStates} connections
 */

/** @type {Record<string, keyof Callbacks>} */
const CALLBACKS = {
	dingTalkAppApi: 'dingtalk',
	feishuAppApi: 'feishu',
	weComAppApi: 'wecom',
	weComAiBotApi: 'wecom-aibot',
};

/**
 * How each bot gets its messages: the state of its long connection, or the address that the platform calls,
 * which a person enters at a real one.
 *
 * @param {Started} started
 */
function botLines({ n8nUrl, settings, credentials, callbacks, connections }) {
	const publicUrl = settings.WEBHOOK_URL?.replace(/\/+$/, '') ?? n8nUrl;
	return credentials.flatMap(({ type, name, real }) => {
		const trigger = CALLBACKS[type];
		const address = trigger && callbacks[trigger];
		const callback = address && `callback ${real ? address.replace(n8nUrl, publicUrl) : address}`;
		const state = connections[type] ?? callback;
		return state ? [`  ${name.padEnd(22)}${state}`] : [];
	});
}

/**
 * What a person reads at the end of `npm start`: where everything is, and how to get in.
 *
 * @param {Started} started
 */
function welcome(started) {
	const { tookMs, n8nUrl, sandboxUrl, email, secrets } = started;
	return [
		'',
		`Ready after ${duration(tookMs)}.`,
		'',
		`  Editor        ${n8nUrl}`,
		`  Login         ${email}`,
		`  Password      ${secrets.ownerPassword}`,
		`  Playground    ${sandboxUrl}/`,
		`  Dead letters  ${pageAddress(n8nUrl)}`,
		`  Keys          ${keysAddress(n8nUrl)}`,
		`  Bots          ${botsAddress(n8nUrl)}`,
		`                these pages: operator, ${secrets.operatorPassword}`,
		`  Robot API     ${robotApiAddress(n8nUrl)}/openapi.json`,
		'                npm run token -- --expire 36000',
		'',
		...botLines(started),
		'',
		`Ctrl-C ends everything. Logs are in ${path.relative(paths.root, paths.logs)}.`,
	].join('\n');
}

module.exports = { welcome };
