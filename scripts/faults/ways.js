'use strict';
const { callbacksOf } = require('../system/callbacks.js');
const { hasStream } = require('../workflows/streams.js');

/** @import { WorkflowNode } from '../workflows/workflows.js' */
/** @import { Arena } from './arena.js' */
/** @typedef {'stream' | 'httpCallback'} Way by which messages come to the bots */

/** The bundled workflow that people write to. */
const ANSWER = 'clawbotAnswer001';

/** A bot without a callback has its messages by connection or not at all. */
const NOWHERE = { dingtalk: '', 'dingtalk-events': '', feishu: '', wecom: '', 'wecom-aibot': '' };

/**
 * The same node with its messages by that way, where it has the choice.
 *
 * @param {WorkflowNode} node
 * @param {Way} connection
 * @returns {WorkflowNode}
 */
function byWay(node, connection) {
	return hasStream(node) ? { ...node, parameters: { ...node.parameters, connection } } : node;
}

/**
 * Publishes the bots' workflow anew, with its messages by a long connection or by HTTP; ends when n8n has
 * taken that up for HTTP. Connections come by themselves.
 *
 * @param {Pick<Arena, 'system'>} arena
 * @param {Way} way
 */
async function answerBy({ system }, way) {
	const { n8n, sandbox } = system;
	const bundled = n8n.published.find(({ id }) => id === ANSWER);
	if (!bundled) throw new Error(`${ANSWER} is not published`);
	// n8n has the ids of the credentials.
	const stored = await n8n.api.workflow(ANSWER);
	const nodes = stored.nodes.map((node) => byWay(node, way));
	const workflow = { ...bundled, nodes };
	await n8n.api.deactivate(ANSWER);
	const { name, connections, settings } = bundled;
	await n8n.api.update(ANSWER, { name, nodes, connections, settings });
	await n8n.api.activate(ANSWER);
	n8n.published = n8n.published.map((each) => (each === bundled ? workflow : each));
	await n8n.waitForWebhooks([workflow]);
	await sandbox.setCallbacks({ ...NOWHERE, ...callbacksOf(n8n.published, n8n.url) });
}

module.exports = { ANSWER, answerBy };
