import { dingTalkEvents, dingTalkRobot } from './dingtalk/deliver.ts';
import { feishuEvents } from './feishu/deliver.ts';
import type { CallbackProtocol } from './callback-protocol.ts';
import { weComAiBot } from './wecom/aibot-deliver.ts';
import { weComApp } from './wecom/deliver.ts';

/** By callback name. */
export const callbackProtocols: Record<string, CallbackProtocol> = {
	dingtalk: dingTalkRobot,
	'dingtalk-events': dingTalkEvents,
	feishu: feishuEvents,
	wecom: weComApp,
	'wecom-aibot': weComAiBot,
};
