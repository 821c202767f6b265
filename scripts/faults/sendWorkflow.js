'use strict';

/** @import { Connections, Workflow } from '../workflows/workflows.js' */

const SEND_PATH = 'clawbot-faults-send';

/**
 * @param {string} name
 * @returns {Connections[string]}
 */
const to = (name) => ({ main: [[{ node: name, type: 'main', index: 0 }]] });

/**
 * Another team's workflow: hands what it is sent, `{ requests: [] }`, to `deliver-message`.
 *
 * @type {Workflow}
 */
const sendWorkflow = {
	id: 'clawbotFaultSend',
	name: 'Faults: send',
	nodes: [
		{
			id: 'take',
			name: 'Take requests',
			type: 'n8n-nodes-base.webhook',
			typeVersion: 2.1,
			position: [0, 0],
			webhookId: SEND_PATH,
			parameters: { httpMethod: 'POST', path: SEND_PATH, responseMode: 'onReceived', options: {} },
		},
		{
			id: 'split',
			name: 'One item each',
			type: 'n8n-nodes-base.splitOut',
			typeVersion: 1,
			position: [224, 0],
			parameters: { fieldToSplitOut: 'body.requests', options: {} },
		},
		{
			id: 'deliver',
			name: 'Deliver',
			type: 'n8n-nodes-base.executeWorkflow',
			typeVersion: 1.3,
			position: [448, 0],
			parameters: {
				workflowId: { __rl: true, mode: 'list', value: 'clawbotDeliver1' },
				options: {},
			},
		},
	],
	connections: { 'Take requests': to('One item each'), 'One item each': to('Deliver') },
	settings: { executionOrder: 'v1' },
};

module.exports = { SEND_PATH, sendWorkflow };
