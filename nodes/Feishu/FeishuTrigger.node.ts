import {
	NodeConnectionTypes,
	type IHookFunctions,
	type INodeType,
	type INodeTypeDescription,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';
import { assertConfigured, receive } from '../shared/receive/webhook';
import { connectionField, triggerProperties, webhooks } from '../shared/receive/fields';
import { httpChannel } from './receive/callback';

export class FeishuTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Feishu Trigger',
		name: 'feishuTrigger',
		icon: { light: 'file:feishu.svg', dark: 'file:feishu.dark.svg' },
		group: ['trigger'],
		// Version 1 would cost an expression per request: n8n evaluates its Webhook node's options there.
		version: 2,
		subtitle: '={{ $parameter.events.join(", ") }}',
		description:
			'Starts when somebody writes to the bot on Feishu (飞书) or Lark, uses a card, or an event happens',
		defaults: { name: 'Feishu Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'feishuAppApi', required: true }],
		webhooks,
		triggerPanel: {
			header: '',
			executionsHelp: {
				inactive:
					'Publish the workflow, then enter the production URL in the developer console: 事件与回调 → 事件配置 → 将事件发送至开发者服务器, and under 回调配置 for card actions. Subscribe to 接收消息 (im.message.receive_v1).',
				active: 'Messages to the bot start this workflow.',
			},
			activationHint: 'Publish the workflow, then enter its production URL in Feishu’s console.',
		},
		properties: [connectionField('Feishu'), ...triggerProperties],
	};

	webhookMethods = {
		default: {
			async checkExists(this: IHookFunctions): Promise<boolean> {
				return await assertConfigured(this, httpChannel);
			},
			async create(this: IHookFunctions): Promise<boolean> {
				return true;
			},
			async delete(this: IHookFunctions): Promise<boolean> {
				return true;
			},
		},
	};

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await receive(this, httpChannel);
	}
}
