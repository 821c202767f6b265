import type { INodeProperties } from 'n8n-workflow';
import { credentialTest, wrongKeys } from '../../shared/http/credentialTest';
import { RECEIVING_KEYS } from '../credentialTest';
import { aiBotCallback } from './callback';

/** Which of WeCom's two kinds of bot a trigger listens to. */
export const authenticationField: INodeProperties = {
	displayName: 'Authentication',
	name: 'authentication',
	type: 'options',
	options: [
		{
			name: 'AI Bot',
			value: 'aiBot',
			description: 'An AI bot (智能机器人), for people and groups',
		},
		{ name: 'App', value: 'app', description: 'A self-built app (自建应用), for people' },
	],
	default: 'app',
	description: 'Which kind of bot the messages are written to',
};

/** No call proves an AI bot's keys before WeCom itself calls, so only their form can be tested. */
export const testAiBot = credentialTest(
	(data) =>
		wrongKeys(data, RECEIVING_KEYS, 'API 模式 → 使用 URL 回调') ?? aiBotCallback.missing(data),
	'Well formed; WeCom proves it when it saves the URL',
);
