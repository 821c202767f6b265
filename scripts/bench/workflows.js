'use strict';
const { paths } = require('../machine/paths.js');
const { buildCredentials } = require('../system/credentials.js');
const { hasStream, withCallbacks } = require('../workflows/streams.js');
const { readWorkflows } = require('../workflows/workflows.js');

/** @import { Accounts, Credential } from '../system/credentials.js' */
/** @import { Connections, Workflow, WorkflowNode } from '../workflows/workflows.js' */

const MODEL_KEY = { id: 'clawbotBenchKey', name: 'Bench: model key', type: 'httpHeaderAuth' };
const ANSWERING = 'clawbotAnswer001';
/** As many as the note of seen messages holds (nodes/shared/receive/seen.ts), of six bytes each. */
const NOTE_BYTES = 16_384 * 6;

/**
 * @param {string} name
 * @param {string} type one of n8n's own
 * @param {number} typeVersion
 * @param {number} x
 * @param {Record<string, unknown>} parameters
 * @param {Partial<WorkflowNode>} [more]
 * @returns {WorkflowNode}
 */
const node = (name, type, typeVersion, x, parameters, more = {}) => ({
	id: name.toLowerCase().replaceAll(' ', '-'),
	name,
	type: `n8n-nodes-base.${type}`,
	typeVersion,
	position: [x, 0],
	parameters,
	...more,
});
/**
 * @param {string} name
 * @returns {Connections[string]}
 */
const to = (name) => ({ main: [[{ node: name, type: 'main', index: 0 }]] });

/**
 * The floor: the least that answers a DingTalk robot with n8n's own nodes, as n8n's users build it. It
 * verifies nothing, recognises no redelivery and answers in the acknowledgement.
 *
 * @param {string} modelUrl
 * @returns {Workflow}
 */
function floorWorkflow(modelUrl) {
	return {
		id: 'clawbotBenchFloor',
		name: 'Bench: floor',
		nodes: [
			node(
				'Message',
				'webhook',
				2.1,
				0,
				{
					httpMethod: 'POST',
					path: 'clawbot-bench-floor',
					responseMode: 'responseNode',
					options: {},
				},
				{ webhookId: 'clawbot-bench-floor' },
			),
			node(
				'Ask the model',
				'httpRequest',
				4.2,
				224,
				{
					method: 'POST',
					url: `${modelUrl}/chat/completions`,
					authentication: 'genericCredentialType',
					genericAuthType: 'httpHeaderAuth',
					sendBody: true,
					specifyBody: 'json',
					jsonBody:
						'={{ JSON.stringify({ model: "sandbox-chat", messages: [' +
						'{ role: "system", content: "You are a helpful assistant in a company chat." }, ' +
						'{ role: "user", content: $json.body.text.content }] }) }}',
					options: {},
				},
				{ credentials: { httpHeaderAuth: { id: MODEL_KEY.id, name: MODEL_KEY.name } } },
			),
			node('Answer', 'respondToWebhook', 1.4, 448, {
				respondWith: 'json',
				responseBody:
					'={{ JSON.stringify({ msgtype: "text", text: { content: $json.choices[0].message.content } }) }}',
				options: {},
			}),
		],
		connections: { Message: to('Ask the model'), 'Ask the model': to('Answer') },
		settings: { executionOrder: 'v1' },
	};
}

/**
 * @param {string} apiKey of the model
 * @returns {Credential}
 */
const floorCredential = (apiKey) => ({
	...MODEL_KEY,
	data: { name: 'Authorization', value: `Bearer ${apiKey}` },
});

const bundled = () => readWorkflows(paths.workflows).map(({ workflow }) => workflow);

const OWN_STARTS = ['n8n-nodes-base.scheduleTrigger', 'n8n-nodes-clawbot.deliveryTrigger'];

/** The bundled workflows that start by themselves: when something is due, every minute, once a day. */
function startingByThemselves() {
	return bundled().filter(({ nodes }) => nodes.some(({ type }) => OWN_STARTS.includes(type)));
}

/**
 * A copy of the bundled answering workflow, with `name` at the end of its webhook ids.
 *
 * @param {string} name
 * @param {'stream' | 'httpCallback'} [connection] how its messages come
 * @returns {Workflow}
 */
function copyOf(name, connection = 'httpCallback') {
	const originals = bundled().filter(({ id }) => id === ANSWERING);
	const [copy] = connection === 'stream' ? originals : withCallbacks(originals);
	if (!copy) throw new Error(`no bundled workflow has the id ${ANSWERING}`);
	for (const each of copy.nodes) if (each.webhookId) each.webhookId += `-${name}`;
	return { ...copy, id: `clawbotBench${name}`, name: `Bench: ${name}` };
}

/**
 * A copy with `note` as what it remembers of messages seen before n8n started.
 *
 * @param {string} name
 * @param {string} [note]
 * @returns {Workflow}
 */
const copyWithNote = (name, note) => ({
	...copyOf(name),
	...(note && { staticData: { global: { clawbotSeen: note } } }),
});

/**
 * A copy whose messages come by connection: nothing of WeCom's apps.
 *
 * @param {string} name
 */
function copyByStream(name) {
	const copy = copyOf(name, 'stream');
	for (const each of copy.nodes) {
		if (each.type.endsWith('.weComTrigger') && !hasStream(each)) each.disabled = true;
	}
	return copy;
}

/** @param {string} name of a credential */
const without = (name) => `${name}, without Keep-Alive`;

/**
 * The same with credentials whose requests make a connection each.
 *
 * @param {string} name
 */
function copyWithoutKeepAlive(name) {
	const copy = copyByStream(name);
	for (const { credentials = {} } of copy.nodes) {
		for (const each of Object.values(credentials)) each.name = without(each.name);
	}
	return copy;
}

/**
 * @param {Accounts} accounts
 * @returns {Credential[]}
 */
const credentialsWithoutKeepAlive = (accounts) =>
	buildCredentials(accounts, {}).map(({ id, name, type, data }) => ({
		id: `${id}-without`,
		name: without(name),
		type,
		data: { ...data, keepAlive: false },
	}));

module.exports = {
	NOTE_BYTES,
	copyByStream,
	copyWithNote,
	copyWithoutKeepAlive,
	credentialsWithoutKeepAlive,
	floorCredential,
	floorWorkflow,
	startingByThemselves,
};
