'use strict';
const { readWorkflows } = require('./workflows.js');

/** @import { Workflow } from './workflows.js' */
/** @typedef {{ type: string, real: boolean }} Account `real`: a person's, not the sandbox's */

/**
 * Where *ask platforms* asks for the time, whose account tells who stands in for that platform, and the
 * sandbox's path.
 */
const PLATFORMS = [
	{ type: 'dingTalkAppApi', official: 'https://oapi.dingtalk.com', path: 'dingtalk' },
	{ type: 'feishuAppApi', official: 'https://open.feishu.cn', path: 'feishu' },
	{ type: 'weComAppApi', official: 'https://qyapi.weixin.qq.com', path: 'wecom' },
];

/** Of n8n, as the bundled workflows call their own. */
const DEFAULT_URL = 'http://127.0.0.1:5678';

/**
 * The same JSON with its text changed.
 *
 * @template T
 * @param {T} value
 * @param {(text: string) => string} change
 * @returns {T}
 */
const rewritten = (value, change) => JSON.parse(change(JSON.stringify(value)));

/**
 * The same workflows, asking the sandbox where the account is the sandbox's: a trial asks nobody else.
 *
 * @param {Workflow[]} workflows
 * @param {string} sandboxUrl
 * @param {Account[]} accounts
 */
function atSandbox(workflows, sandboxUrl, accounts) {
	const simulated = PLATFORMS.filter(({ type }) =>
		accounts.some((account) => account.type === type && !account.real),
	);
	return rewritten(workflows, (text) =>
		simulated.reduce(
			(all, { official, path }) => all.replaceAll(`"${official}/`, `"${sandboxUrl}/${path}/`),
			text,
		),
	);
}

/**
 * The bundle's own form of what `atSandbox` made.
 *
 * @param {Workflow} workflow
 */
function atOfficial(workflow) {
	return rewritten(workflow, (text) =>
		PLATFORMS.reduce(
			(all, { official, path }) =>
				all.replace(new RegExp(`"http://127\\.0\\.0\\.1:\\d+/${path}/`, 'g'), `"${official}/`),
			text,
		),
	);
}

/** @param {string} url */
const isLocal = (url) => new URL(url).hostname === '127.0.0.1';

/**
 * The same workflows, with this n8n's address where they call it: on this machine it may listen on
 * another port than n8n's default one. Elsewhere the address is a person's work.
 *
 * @param {Workflow[]} workflows
 * @param {string} n8nUrl
 */
const atAddress = (workflows, n8nUrl) =>
	isLocal(n8nUrl)
		? rewritten(workflows, (text) => text.replaceAll(`"${DEFAULT_URL}/`, `"${n8nUrl}/`))
		: workflows;

/**
 * The bundle's own form of what `atAddress` made.
 *
 * @template {Workflow | Workflow[]} T
 * @param {T} workflow
 * @param {string} n8nUrl
 */
const atDefault = (workflow, n8nUrl) =>
	isLocal(n8nUrl)
		? rewritten(workflow, (text) => text.replaceAll(`"${n8nUrl}/`, `"${DEFAULT_URL}/`))
		: workflow;

/**
 * The bundled workflows of a folder as they run in an n8n and with a sandbox of this machine.
 *
 * @param {string} folder
 * @param {{ n8nUrl: string, sandboxUrl: string, accounts: Account[], store?: string }} place
 */
function localWorkflows(folder, { n8nUrl, sandboxUrl, accounts, store }) {
	const bundled = readWorkflows(folder, { store }).map(({ workflow }) => workflow);
	return atSandbox(atAddress(bundled, n8nUrl), sandboxUrl, accounts);
}

module.exports = { atAddress, atDefault, atOfficial, atSandbox, localWorkflows };
