'use strict';
const path = require('node:path');
const { paths } = require('../machine/paths.js');
const { duration } = require('../machine/steps.js');
const { keysAddress, pageAddress, robotApiAddress } = require('./operators.js');

/** @import { Callbacks } from './callbacks.js' */
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
 */

/**
 * The addresses to enter at the real platforms, for each real account with a trigger.
 *
 * @param {Started} started
 */
function callbackLines({ n8nUrl, settings, credentials, callbacks }) {
	/** @type {Record<string, keyof Callbacks>} */
	const triggers = {
		dingTalkAppApi: 'dingtalk',
		feishuAppApi: 'feishu',
		weComAppApi: 'wecom',
		weComAiBotApi: 'wecom-aibot',
	};
	const publicUrl = settings.WEBHOOK_URL?.replace(/\/+$/, '') ?? n8nUrl;
	return credentials.flatMap(({ type, name, real }) => {
		const trigger = triggers[type];
		const address = trigger && callbacks[trigger];
		if (!real || !address) return [];
		return [`  ${name}: callback address ${address.replace(n8nUrl, publicUrl)}`];
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
		`                both pages: operator, ${secrets.operatorPassword}`,
		`  Robot API     ${robotApiAddress(n8nUrl)}/openapi.json`,
		'                npm run token -- --expire 36000',
		...callbackLines(started),
		'',
		`Ctrl-C ends everything. Logs are in ${path.relative(paths.root, paths.logs)}.`,
	].join('\n');
}

module.exports = { welcome };
