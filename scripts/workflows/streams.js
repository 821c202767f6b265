'use strict';

/** @import { Workflow, WorkflowNode } from './workflows.js' */

/**
 * Whether a WeCom Trigger listens to an AI bot, and not to an app. n8n leaves out what is a parameter's default.
 *
 * @param {Pick<WorkflowNode, 'typeVersion' | 'parameters'>} node
 */
function isForAiBot({ typeVersion, parameters = {} }) {
	const { authentication = typeVersion >= 3.1 ? 'aiBot' : 'app' } = parameters;
	return authentication === 'aiBot';
}

/**
 * Whether a node is a trigger whose bot may have a long connection. An app of WeCom has none.
 *
 * @param {Pick<WorkflowNode, 'type' | 'typeVersion' | 'parameters'>} node
 */
function hasStream(node) {
	if (/\.(?:dingTalk|feishu)Trigger$/.test(node.type)) return true;
	return node.type.endsWith('.weComTrigger') && isForAiBot(node);
}

/**
 * Whether a platform's messages come by a long connection.
 *
 * @param {Pick<WorkflowNode, 'type' | 'typeVersion' | 'parameters'>} node
 */
function isByStream(node) {
	const { typeVersion, parameters = {} } = node;
	const { connection = typeVersion >= 3 ? 'stream' : 'httpCallback' } = parameters;
	return hasStream(node) && connection === 'stream';
}

/**
 * The same workflows, with the platforms' messages by HTTP callbacks.
 *
 * @param {Workflow[]} workflows
 */
function withCallbacks(workflows) {
	const copies = structuredClone(workflows);
	for (const node of copies.flatMap(({ nodes }) => nodes)) {
		if (isByStream(node)) node.parameters = { ...node.parameters, connection: 'httpCallback' };
	}
	return copies;
}

module.exports = { hasStream, isByStream, isForAiBot, withCallbacks };
