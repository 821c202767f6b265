import { dingTalkEvents, dingTalkRobot } from './dingtalk/deliver.ts';
import { feishuEvents } from './feishu/deliver.ts';
import type { Carrier } from './carrier.ts';
import { weComAiBot, weComApp } from './wecom/deliver.ts';

/** By callback name. */
export const carriers: Record<string, Carrier> = {
	dingtalk: dingTalkRobot,
	'dingtalk-events': dingTalkEvents,
	feishu: feishuEvents,
	wecom: weComApp,
	'wecom-aibot': weComAiBot,
};
