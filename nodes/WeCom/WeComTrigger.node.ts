import {
	NodeConnectionTypes,
	type INodeType,
	type INodeTypeDescription,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';
import { webhookMethodsFor } from '../shared/receive/callback';
import { connectionField, panelFor, triggerProperties, webhooks } from '../shared/receive/fields';
import { receiveCallback } from '../shared/receive/webhook';
import { testApp } from './credentialTest';
import { authenticationField, testAiBot } from './receive/authentication';
import { callbackOf } from './receive/callback';

export class WeComTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'WeCom Trigger',
		name: 'weComTrigger',
		icon: { light: 'file:weCom.svg', dark: 'file:weCom.dark.svg' },
		group: ['trigger'],
		// Version 1 would cost an expression per request: n8n evaluates its Webhook node's options there.
		version: 2,
		subtitle: '={{ $parameter.events.join(", ") }}',
		description:
			'Starts when somebody writes to the bot on WeCom (企业微信), uses a card, or an event happens',
		defaults: { name: 'WeCom Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			{
				name: 'weComAppApi',
				required: true,
				testedBy: 'testApp',
				displayOptions: { show: { authentication: ['app'] } },
			},
			{
				name: 'weComAiBotApi',
				required: true,
				testedBy: 'testAiBot',
				displayOptions: { show: { authentication: ['aiBot'] } },
			},
		],
		webhooks,
		triggerPanel: panelFor(
			'WeCom',
			'admin console. App: 接收消息 → 设置 API 接收. AI bot: API 模式 → 使用 URL 回调.',
		),
		properties: [connectionField('WeCom'), authenticationField, ...triggerProperties],
	};

	methods = { credentialTest: { testAiBot, testApp } };

	webhookMethods = webhookMethodsFor(callbackOf);

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await receiveCallback(this, callbackOf);
	}
}
