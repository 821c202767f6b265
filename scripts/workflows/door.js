'use strict';

/** @import { Connections, Workflow } from './workflows.js' */

/**
 * @param {string} name
 * @returns {Connections[string]}
 */
const to = (name) => ({ main: [[{ node: name, type: 'main', index: 0 }]] });

/**
 * The path of the webhook by which `door` lets others in.
 *
 * @param {string} workflowId
 */
const doorPath = (workflowId) => `door-${workflowId}`;

/**
 * A workflow for tests and measurements, by which they call one that has no webhook: it takes `{ items: [] }`,
 * hands the items over and answers with what comes back, or at once.
 *
 * @param {string} workflowId the workflow that is called
 * @param {{ answer?: 'items' | 'atOnce' }} [options]
 * @returns {Workflow}
 */
function door(workflowId, { answer = 'items' } = {}) {
	const path = doorPath(workflowId);
	const answers =
		answer === 'items'
			? { responseMode: 'lastNode', responseData: 'allEntries' }
			: { responseMode: 'onReceived' };
	return {
		id: path,
		name: `Door to ${workflowId}`,
		nodes: [
			{
				id: 'call',
				name: 'Call',
				type: 'n8n-nodes-base.webhook',
				typeVersion: 2.1,
				position: [0, 0],
				webhookId: path,
				parameters: { httpMethod: 'POST', path, ...answers, options: {} },
			},
			{
				id: 'items',
				name: 'Items',
				type: 'n8n-nodes-base.splitOut',
				typeVersion: 1,
				position: [224, 0],
				parameters: { fieldToSplitOut: 'body.items', options: {} },
			},
			{
				id: 'work',
				name: 'Work',
				type: 'n8n-nodes-base.executeWorkflow',
				typeVersion: 1.2,
				position: [448, 0],
				parameters: { workflowId: { __rl: true, mode: 'id', value: workflowId }, options: {} },
			},
		],
		connections: { Call: to('Items'), Items: to('Work') },
		settings: { executionOrder: 'v1' },
	};
}

/**
 * Hands items to a workflow through its door.
 *
 * @param {string} n8nUrl
 * @param {string} workflowId
 * @param {object[]} items
 */
async function throughDoor(n8nUrl, workflowId, items) {
	return await fetch(`${n8nUrl}/webhook/${doorPath(workflowId)}`, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ items }),
	});
}

module.exports = { door, throughDoor };
