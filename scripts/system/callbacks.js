'use strict';
const { isForAiBot } = require('../workflows/streams.js');
const { webhooks } = require('../workflows/workflows.js');

/** @import { Workflow } from '../workflows/workflows.js' */
/** @typedef {Partial<Record<'dingtalk' | 'dingtalk-events' | 'feishu' | 'wecom' | 'wecom-aibot', string>>} Callbacks */

/** @type {Record<string, 'dingtalk' | 'feishu' | 'wecom'>} */
const PLATFORMS = { dingTalkTrigger: 'dingtalk', feishuTrigger: 'feishu', weComTrigger: 'wecom' };

/**
 * Where each simulated platform delivers to, as full URLs: the first trigger of its kind among the
 * workflows.
 *
 * @param {Pick<Workflow, 'nodes'>[]} workflows
 * @param {string} n8nUrl
 */
function callbacksOf(workflows, n8nUrl) {
	/** @type {Callbacks} */
	const found = {};
	for (const { node, path } of workflows.flatMap(webhooks)) {
		const platform = PLATFORMS[node.type.split('.').pop() ?? ''];
		if (!platform) continue;
		const aiBot = platform === 'wecom' && isForAiBot(node);
		const name = aiBot ? 'wecom-aibot' : platform;
		found[name] ??= `${n8nUrl}/webhook/${path}`;
	}
	// One DingTalk trigger takes robot messages and the app's event subscription at the same address.
	if (found.dingtalk) found['dingtalk-events'] = found.dingtalk;
	return found;
}

module.exports = { callbacksOf };
