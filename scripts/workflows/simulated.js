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

/** @typedef {'dingtalk' | 'feishu' | 'wecom'} Platform that makes bots by a scan */

/**
 * Where the simulated platforms are asked for a bot, and the addresses of what is made there: by the platforms' own
 * words for them.
 *
 * @param {string} sandboxUrl
 * @returns {Record<Platform, Record<string, string>>}
 */
function sandboxRegistrations(sandboxUrl) {
	const oapi = `${sandboxUrl}/dingtalk/oapi`;
	const feishu = `${sandboxUrl}/feishu`;
	const lark = `${sandboxUrl}/lark`;
	return {
		dingtalk: {
			registrationUrl: oapi,
			baseUrl: `${sandboxUrl}/dingtalk/api`,
			oapiBaseUrl: oapi,
		},
		feishu: {
			registrationUrl: feishu,
			larkRegistrationUrl: lark,
			baseUrl: feishu,
			larkBaseUrl: lark,
		},
		wecom: {
			registrationUrl: `${sandboxUrl}/wecom`,
			websocketUrl: `${sandboxUrl.replace(/^http/, 'ws')}/wecom/aibot`,
		},
	};
}

/**
 * Whose account tells who stands in for the platform where bots are made.
 *
 * @type {Record<Platform, string>}
 */
const SCANNED = { dingtalk: 'dingTalkAppApi', feishu: 'feishuAppApi', wecom: 'weComAiBotApi' };

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
 * The nodes that let people connect bots.
 *
 * @param {Workflow} workflow
 */
const registrationsOf = ({ nodes }) =>
	nodes.filter(
		({ type, parameters }) => type.endsWith('.botRegistration') && parameters.operation === 'page',
	);

/**
 * Lets people scan the sandbox's codes, where the workflow names no other addresses.
 *
 * @param {Workflow} workflow is changed
 * @param {string} sandboxUrl
 * @param {(type: string) => boolean} isSimulated
 */
function presetRegistrations(workflow, sandboxUrl, isSimulated) {
	const settings = Object.entries(sandboxRegistrations(sandboxUrl)).flatMap(([platform, values]) =>
		isSimulated(SCANNED[/** @type {Platform} */ (platform)])
			? Object.entries(values).map(([name, value]) => [
					`${platform}${name.charAt(0).toUpperCase()}${name.slice(1)}`,
					value,
				])
			: [],
	);
	if (settings.length === 0) return;
	for (const { parameters } of registrationsOf(workflow)) {
		parameters.settings = { ...Object.fromEntries(settings), ...parameters.settings };
	}
}

/**
 * Takes the sandbox's addresses out again; a person's own stay.
 *
 * @param {Workflow} workflow is changed
 */
function dropPresetRegistrations(workflow) {
	for (const { parameters } of registrationsOf(workflow)) {
		const own = Object.entries(parameters.settings ?? {}).filter(
			([, value]) => !/^(?:http|ws):\/\/127\.0\.0\.1:\d+\//.test(String(value)),
		);
		if (own.length > 0) parameters.settings = Object.fromEntries(own);
		else delete parameters.settings;
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
	/** @param {string} type */
	const isSimulated = (type) =>
		accounts.some((account) => account.type === type && !account.real);
	const simulated = PLATFORMS.filter(({ type }) => isSimulated(type));
	const copies = rewritten(workflows, (text) =>
		simulated.reduce(
			(all, { official, path }) => all.replaceAll(`"${official}/`, `"${sandboxUrl}/${path}/`),
			text,
		),
	);
	const platforms = simulated.map(({ path }) => path);
	for (const workflow of copies) {
		presetGroups(workflow, platforms);
		presetRegistrations(workflow, sandboxUrl, isSimulated);
	}
	return copies;
}

/**
 * The bundle's own form of what `atSandbox` made.
 *
 * @param {Workflow} workflow
 */
function atOfficial(workflow) {
	const own = structuredClone(workflow);
	dropPresetGroups(own);
	dropPresetRegistrations(own);
	return rewritten(own, (text) =>
		PLATFORMS.reduce(
			(all, { official, path }) =>
				all.replace(new RegExp(`"http://127\\.0\\.0\\.1:\\d+/${path}/`, 'g'), `"${official}/`),
			text,
		),
	);
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

module.exports = { atOfficial, atSandbox, localWorkflows, sandboxRegistrations };
