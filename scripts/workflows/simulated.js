'use strict';
const fs = require('node:fs');
const { inRoot } = require('../machine/paths.js');
const { atAddress, rewritten } = require('./addresses.js');
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

/** @typedef {{ platform: string, conversationId: string }} Group of people who may give commands */

/**
 * The sandbox's groups: one of each platform, and the one of its operators.
 *
 * @returns {Group[]}
 */
function sandboxGroups() {
	const { operations, ...groups } = JSON.parse(
		fs.readFileSync(inRoot('sandbox', 'groups.json'), 'utf8'),
	);
	const ofPlatforms = PLATFORMS.map(({ path }) => ({ platform: path, conversationId: groups[path] }));
	return [{ platform: operations.platform, conversationId: operations.id }, ...ofPlatforms];
}

/**
 * The nodes that check who gives commands.
 *
 * @param {Workflow} workflow
 */
const gatesOf = ({ nodes }) =>
	nodes.filter(
		({ type, parameters }) =>
			/\.(deadLetters|alerts)$/.test(type) &&
			(parameters.rowsFor === 'commands' || parameters.operation === 'admit'),
	);

/**
 * Lets a simulated platform's groups give commands, where the workflow names none.
 *
 * @param {Workflow} workflow is changed
 * @param {string[]} simulated platforms
 */
function presetGroups(workflow, simulated) {
	const groups = sandboxGroups().filter(({ platform }) => simulated.includes(platform));
	if (groups.length === 0) return;
	for (const { parameters } of gatesOf(workflow)) parameters.operationsGroups ??= { groups };
}

/**
 * Takes the sandbox's groups out again; a person's own stay.
 *
 * @param {Workflow} workflow is changed
 */
function dropPresetGroups(workflow) {
	const preset = new Set(sandboxGroups().map(({ conversationId }) => conversationId));
	for (const { parameters } of gatesOf(workflow)) {
		/** @type {Group[]} */
		const all = parameters.operationsGroups?.groups ?? [];
		const groups = all.filter(({ conversationId }) => !preset.has(conversationId));
		if (groups.length > 0) parameters.operationsGroups = { groups };
		else delete parameters.operationsGroups;
	}
}

/**
 * The same workflows, asking the sandbox where the account is the sandbox's: a trial asks nobody else. The
 * sandbox's groups may give commands there.
 *
 * @param {Workflow[]} workflows
 * @param {string} sandboxUrl
 * @param {Account[]} accounts
 */
function atSandbox(workflows, sandboxUrl, accounts) {
	const simulated = PLATFORMS.filter(({ type }) =>
		accounts.some((account) => account.type === type && !account.real),
	);
	const copies = rewritten(workflows, (text) =>
		simulated.reduce(
			(all, { official, path }) => all.replaceAll(`"${official}/`, `"${sandboxUrl}/${path}/`),
			text,
		),
	);
	const platforms = simulated.map(({ path }) => path);
	for (const workflow of copies) presetGroups(workflow, platforms);
	return copies;
}

/**
 * The bundle's own form of what `atSandbox` made.
 *
 * @param {Workflow} workflow
 */
function atOfficial(workflow) {
	const copy = rewritten(workflow, (text) =>
		PLATFORMS.reduce(
			(all, { official, path }) =>
				all.replace(new RegExp(`"http://127\\.0\\.0\\.1:\\d+/${path}/`, 'g'), `"${official}/`),
			text,
		),
	);
	dropPresetGroups(copy);
	return copy;
}

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

module.exports = { atOfficial, atSandbox, localWorkflows };
