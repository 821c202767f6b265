'use strict';
const { StepFailure } = require('../machine/steps.js');

/** @typedef {{ id: string, name: string, type: string, data: Record<string, any> }} Credential as n8n imports it */
/** @typedef {Credential & { real: boolean }} OwnCredential `real`: a person's account, not the sandbox's */
/** @typedef {Record<string, any>} Accounts credential data by n8n's type */
/** @typedef {Record<string, string>} Variables of `.env` and the environment */

/**
 * The credentials of the bundled workflows: n8n's type, the name by which workflows find them, and
 * for each field the variable of `.env` that sets it. `required` fields must all be there once one
 * variable of the credential is set; what is left out keeps the node's official default. `keepAlive`: its
 * requests keep their connections open, as n8n's process reads its proxies where they do (n8nEnvironment.js).
 *
 * @type {{ type: string, name: string, variables: Record<string, string>, required: string[], keepAlive?: boolean }[]}
 */
const CREDENTIALS = [
	{
		type: 'dingTalkAppApi',
		name: 'ClawBot DingTalk App',
		variables: {
			clientId: 'CLAWBOT_DINGTALK_CLIENT_ID',
			clientSecret: 'CLAWBOT_DINGTALK_CLIENT_SECRET',
			robotCode: 'CLAWBOT_DINGTALK_ROBOT_CODE',
			token: 'CLAWBOT_DINGTALK_TOKEN',
			aesKey: 'CLAWBOT_DINGTALK_AES_KEY',
			baseUrl: 'CLAWBOT_DINGTALK_BASE_URL',
			oapiBaseUrl: 'CLAWBOT_DINGTALK_OAPI_BASE_URL',
		},
		required: ['clientId', 'clientSecret'],
		keepAlive: true,
	},
	{
		type: 'dingTalkGroupRobotApi',
		name: 'ClawBot DingTalk Group Robot',
		variables: {
			webhookUrl: 'CLAWBOT_DINGTALK_GROUP_WEBHOOK_URL',
			secret: 'CLAWBOT_DINGTALK_GROUP_SECRET',
		},
		required: ['webhookUrl'],
	},
	{
		type: 'feishuAppApi',
		name: 'ClawBot Feishu App',
		variables: {
			appId: 'CLAWBOT_FEISHU_APP_ID',
			appSecret: 'CLAWBOT_FEISHU_APP_SECRET',
			encryptKey: 'CLAWBOT_FEISHU_ENCRYPT_KEY',
			verificationToken: 'CLAWBOT_FEISHU_VERIFICATION_TOKEN',
			baseUrl: 'CLAWBOT_FEISHU_BASE_URL',
		},
		required: ['appId', 'appSecret'],
		keepAlive: true,
	},
	{
		type: 'feishuGroupRobotApi',
		name: 'ClawBot Feishu Group Robot',
		variables: {
			webhookUrl: 'CLAWBOT_FEISHU_GROUP_WEBHOOK_URL',
			secret: 'CLAWBOT_FEISHU_GROUP_SECRET',
		},
		required: ['webhookUrl'],
	},
	{
		type: 'weComAppApi',
		name: 'ClawBot WeCom App',
		variables: {
			corpId: 'CLAWBOT_WECOM_CORP_ID',
			agentId: 'CLAWBOT_WECOM_AGENT_ID',
			secret: 'CLAWBOT_WECOM_SECRET',
			token: 'CLAWBOT_WECOM_TOKEN',
			encodingAesKey: 'CLAWBOT_WECOM_ENCODING_AES_KEY',
			baseUrl: 'CLAWBOT_WECOM_BASE_URL',
		},
		required: ['corpId', 'agentId', 'secret', 'token', 'encodingAesKey'],
		keepAlive: true,
	},
	{
		type: 'weComGroupRobotApi',
		name: 'ClawBot WeCom Group Robot',
		variables: { webhookUrl: 'CLAWBOT_WECOM_GROUP_WEBHOOK_URL' },
		required: ['webhookUrl'],
	},
	{
		type: 'weComAiBotApi',
		name: 'ClawBot WeCom AI Bot',
		variables: {
			botId: 'CLAWBOT_WECOM_AIBOT_ID',
			secret: 'CLAWBOT_WECOM_AIBOT_SECRET',
			token: 'CLAWBOT_WECOM_AIBOT_TOKEN',
			encodingAesKey: 'CLAWBOT_WECOM_AIBOT_ENCODING_AES_KEY',
			websocketUrl: 'CLAWBOT_WECOM_AIBOT_WEBSOCKET_URL',
		},
		required: ['botId', 'secret'],
	},
	{
		type: 'clawBotModelApi',
		name: 'ClawBot Model',
		variables: {
			provider: 'CLAWBOT_MODEL_PROVIDER',
			baseUrl: 'CLAWBOT_MODEL_BASE_URL',
			apiKey: 'CLAWBOT_MODEL_API_KEY',
			apiSecret: 'CLAWBOT_MODEL_API_SECRET',
			authScheme: 'CLAWBOT_MODEL_AUTH_SCHEME',
		},
		required: ['provider', 'apiKey'],
		keepAlive: true,
	},
	{
		type: 'clawBotAliyunSmsApi',
		name: 'ClawBot Aliyun SMS',
		variables: {
			accessKeyId: 'CLAWBOT_ALIYUN_SMS_ACCESS_KEY_ID',
			accessKeySecret: 'CLAWBOT_ALIYUN_SMS_ACCESS_KEY_SECRET',
			baseUrl: 'CLAWBOT_ALIYUN_SMS_BASE_URL',
		},
		required: ['accessKeyId', 'accessKeySecret'],
	},
];

/** Variables of `.env` that set this project's own ports, and whom `npm run token` and `npm run connect` ask. */
const SETTINGS = [
	'CLAWBOT_N8N_PORT',
	'CLAWBOT_SANDBOX_PORT',
	'CLAWBOT_ROBOT_API_URL',
	'CLAWBOT_API_KEY',
	'CLAWBOT_API_SECRET',
	'CLAWBOT_DINGTALK_REGISTRATION_URL',
	'CLAWBOT_DINGTALK_CODE_DOMAINS',
	'CLAWBOT_DINGTALK_SOURCE',
	'CLAWBOT_FEISHU_REGISTRATION_URL',
	'CLAWBOT_FEISHU_CODE_DOMAINS',
	'CLAWBOT_FEISHU_SOURCE',
	'CLAWBOT_LARK_REGISTRATION_URL',
	'CLAWBOT_LARK_BASE_URL',
	'CLAWBOT_WECOM_REGISTRATION_URL',
	'CLAWBOT_WECOM_CODE_DOMAINS',
	'CLAWBOT_WECOM_SOURCE',
];

/**
 * A mistyped name would silently leave the sandbox's value in place.
 *
 * @param {Variables} variables
 */
function refuseUnknownVariables(variables) {
	const known = new Set([
		...SETTINGS,
		...CREDENTIALS.flatMap((entry) => Object.values(entry.variables)),
	]);
	const unknown = Object.keys(variables).find(
		(name) => name.startsWith('CLAWBOT_') && !known.has(name),
	);
	if (unknown) {
		throw new StepFailure(
			`.env sets ${unknown}, which nothing reads`,
			'Compare it with .env.example.',
		);
	}
}

/**
 * What a person's own variables say of a credential; undefined where they say nothing.
 *
 * @param {typeof CREDENTIALS[number]} entry
 * @param {Variables} variables
 */
function ownData({ name, variables: names, required }, variables) {
	const data = Object.fromEntries(
		Object.entries(names).flatMap(([field, variable]) => {
			const value = variables[variable];
			return value ? [[field, value]] : [];
		}),
	);
	const [field] = Object.keys(data);
	if (field === undefined) return undefined;
	const missing = required.filter((each) => !data[each]);
	if (missing.length === 0) return data;
	throw new StepFailure(
		`.env sets ${names[field]}, but not ${missing.map((each) => names[each]).join(', ')}`,
		`Fill in the missing values of "${name}", or clear all of them to use the sandbox.`,
	);
}

/**
 * The credentials to import: the sandbox's accounts, or a person's own where `variables` (read from
 * `.env`) sets at least one field. Real and simulated values are never mixed in one credential.
 *
 * @param {Accounts} accounts
 * @param {Variables} variables
 * @returns {OwnCredential[]}
 */
function buildCredentials(accounts, variables) {
	refuseUnknownVariables(variables);
	return CREDENTIALS.flatMap((entry) => {
		const { name, type, keepAlive } = entry;
		const own = ownData(entry, variables);
		const known = own ?? accounts[type];
		if (!known) return [];
		const data = { ...known, ...(keepAlive && { keepAlive }) };
		return [{ id: `clawbot-${type}`, name, type, data, real: own !== undefined }];
	});
}

module.exports = { CREDENTIALS, SETTINGS, buildCredentials };
