'use strict';
const { strings } = require('./graph.js');

/** @import { Workflow } from '../workflows.js' */
/** @import { Catalogue } from './catalogue.js' */
/** @import { Problems } from './index.js' */

// Fields that belong to one instance or one moment, never to a file that is shared.
const INSTANCE_FIELDS = [
	'active',
	'activeVersion',
	'activeVersionId',
	'createdAt',
	'updatedAt',
	'homeProject',
	'isArchived',
	'meta',
	'shared',
	'scopes',
	'staticData',
	'tags',
	'triggerCount',
	'usedCredentials',
	'versionCounter',
	'versionId',
];

/** @type {[RegExp, what: string][]} */
const SECRETS = [
	[/\bSEC[0-9a-f]{64}\b/, 'a DingTalk robot secret'],
	[/[?&]access_token=[\w-]{16,}/, 'a DingTalk robot address'],
	[/\/bot\/v2\/hook\/[\w-]{16,}/, 'a Feishu robot address'],
	[/\/webhook\/send\?key=[\w-]{16,}/, 'a WeCom robot address'],
	[/\bsk-[\w-]{20,}/, 'a model API key'],
	[/\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{5,}/, 'a signed token'],
	[/\bBearer\s+[\w.~+/-]{16,}/i, 'an Authorization header'],
	[/-----BEGIN [A-Z ]*PRIVATE KEY-----/, 'a private key'],
];
const SECRET_NAMES =
	/^(secret|password|apiKey|api_key|token|accessToken|access_token|clientSecret|appSecret|aesKey|encodingAesKey|encryptKey)$/i;

/**
 * Every string below a value with the name of its field.
 *
 * @param {unknown} value
 * @returns {Generator<[name: string, text: string], void>}
 */
function* fields(value) {
	if (!value || typeof value !== 'object') return;
	for (const [name, child] of Object.entries(value)) {
		if (typeof child === 'string') yield [name, child];
		yield* fields(child);
	}
}

/**
 * @param {Workflow} workflow
 * @returns {Problems}
 */
function* checkSecrets(workflow) {
	for (const node of workflow.nodes) {
		for (const text of strings(node)) {
			const found = SECRETS.find(([pattern]) => pattern.test(text));
			if (found)
				yield {
					rule: 'secret',
					node: node.name,
					text: `it holds ${found[1]}; that belongs in a credential`,
				};
		}
		for (const [name, text] of fields(node.parameters)) {
			if (SECRET_NAMES.test(name) && text && !text.startsWith('=')) {
				yield {
					rule: 'secret',
					node: node.name,
					text: `its parameter "${name}" holds a value; that belongs in a credential`,
				};
			}
		}
	}
}

/**
 * @param {Workflow} workflow
 * @param {Catalogue} catalogue
 * @returns {Problems}
 */
function* checkCredentials(workflow, catalogue) {
	for (const node of workflow.nodes) {
		const description = catalogue.find(node.type, node.typeVersion);
		for (const [type, credential] of Object.entries(node.credentials ?? {})) {
			if (credential?.id !== null || !credential.name) {
				yield {
					rule: 'credential-id',
					node: node.name,
					text: `${type} must be { "id": null, "name": "…" }: n8n then finds it by name, in any instance`,
				};
			}
			const declared = description?.credentials?.some(({ name }) => name === type);
			const chosen = Object.values(node.parameters).includes(type);
			if (description && !declared && !chosen) {
				yield {
					rule: 'unknown-credential',
					node: node.name,
					text: `it has no credential of type ${type}`,
				};
			}
		}
	}
}

/**
 * Whether the file holds only the workflow: no run data, nothing of one instance, nothing secret.
 *
 * @param {Workflow & Record<string, unknown>} workflow with whatever else its file holds
 * @param {Catalogue} catalogue
 * @returns {Problems}
 */
function* checkHygiene(workflow, catalogue) {
	if (workflow.pinData && Object.keys(workflow.pinData).length > 0) {
		yield { rule: 'pin-data', text: 'it holds pinned test data' };
	}
	const own = INSTANCE_FIELDS.filter((name) => workflow[name] !== undefined);
	if (own.length > 0)
		yield { rule: 'instance-data', text: `it holds ${own.join(', ')}, which belong to one n8n` };
	yield* checkCredentials(workflow, catalogue);
	yield* checkSecrets(workflow);
}

module.exports = { checkHygiene };
