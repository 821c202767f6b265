'use strict';

/** @import { Workflow, WorkflowNode } from './workflows.js' */

/**
 * Whether a node is a trigger whose bot may have a long connection. An app of WeCom has none.
 *
 * @param {Pick<WorkflowNode, 'type' | 'typeVersion' | 'parameters'>} node
 */
function hasStream({ type, typeVersion, parameters = {} }) {
	const isWeCom = type.endsWith('.weComTrigger');
	if (!isWeCom && !/\.(?:dingTalk|feishu)Trigger$/.test(type)) return false;
	return typeVersion >= 3 && (!isWeCom || parameters.authentication === 'aiBot');
}

/**
 * Whether a platform's messages come by a long connection: n8n leaves out what is a parameter's default.
 *
 * @param {Pick<WorkflowNode, 'type' | 'typeVersion' | 'parameters'>} node
 */
const isByStream = (node) => hasStream(node) && node.parameters?.connection !== 'httpCallback';

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

module.exports = { hasStream, isByStream, withCallbacks };
