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

export class DingTalkTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'DingTalk Trigger',
		name: 'dingTalkTrigger',
		icon: { light: 'file:dingTalk.svg', dark: 'file:dingTalk.dark.svg' },
		group: ['trigger'],
		// Version 1 would cost an expression per request: n8n evaluates its Webhook node's options there.
		version: 2,
		subtitle: '={{ $parameter.events.join(", ") }}',
		description: 'Starts when somebody writes to the bot on DingTalk (钉钉), or an event happens',
		defaults: { name: 'DingTalk Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'dingTalkAppApi', required: true }],
		webhooks,
		triggerPanel: {
			header: '',
			executionsHelp: {
				inactive:
					'Publish the workflow, then enter the production URL in the developer console: 应用能力 → 机器人 → 消息接收地址 (HTTP 模式).',
				active: 'Messages to the bot start this workflow.',
			},
			activationHint: 'Publish the workflow, then enter its production URL in DingTalk’s console.',
		},
		properties: [connectionField('DingTalk'), ...triggerProperties],
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
