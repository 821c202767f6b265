'use strict';
const { webhooks } = require('../workflows/workflows.js');

const PLATFORMS = { dingTalkTrigger: 'dingtalk', feishuTrigger: 'feishu', weComTrigger: 'wecom' };

/**
 * Where each simulated platform delivers to: the first trigger of its kind among the workflows, as
 * `{ dingtalk, 'dingtalk-events', feishu, wecom, 'wecom-aibot' }` with full URLs.
 */
function callbacksOf(workflows, n8nUrl) {
	const found = {};
	for (const { node, path } of workflows.flatMap(webhooks)) {
		const platform = PLATFORMS[node.type.split('.').pop()];
		if (!platform) continue;
		const aiBot = platform === 'wecom' && node.parameters.authentication === 'aiBot';
		const name = aiBot ? 'wecom-aibot' : platform;
		found[name] ??= `${n8nUrl}/webhook/${path}`;
	}
	// One DingTalk trigger takes robot messages and the app's event subscription at the same address.
	if (found.dingtalk) found['dingtalk-events'] = found.dingtalk;
	return found;
}

module.exports = { callbacksOf };
