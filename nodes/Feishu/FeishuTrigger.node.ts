import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	type ITriggerFunctions,
	type ITriggerResponse,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';
import { webhookMethodsFor } from '../shared/receive/callback';
import { CONNECT, triggerProperties, waitingTexts, webhooks } from '../shared/receive/fields';
import { passOn, startStream } from '../shared/receive/streamTrigger';
import { receiveCallback } from '../shared/receive/webhook';
import { testApp } from './credentialTest';
import { callbackOf } from './receive/callback';
import { stream } from './receive/stream';

const setup = {
	service: 'Feishu',
	where:
		'developer console: 事件与回调 → 事件配置 → 将事件发送至开发者服务器, and under 回调配置 for card actions. Subscribe to 接收消息 (im.message.receive_v1).',
	streamSteps: [
		CONNECT,
		'Feishu’s developer console, which saves this only while n8n is connected: choose 使用长连接接收事件 at 事件与回调 → 事件配置, for card actions 使用长连接接收回调 at 回调配置.',
		'Add the event 接收消息 (im.message.receive_v1), then publish a version (版本管理与发布).',
	],
};

export class FeishuTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Feishu Trigger',
		name: 'feishuTrigger',
		icon: { light: 'file:feishu.svg', dark: 'file:feishu.dark.svg' },
		group: ['trigger'],
		// Version 1 would cost an expression per request: n8n evaluates its Webhook node's options there.
		version: [2, 3],
		defaultVersion: 3,
		subtitle: '={{ $parameter.events.join(", ") }}',
		description:
			'Starts when somebody writes to the bot on Feishu (飞书) or Lark, uses a card, or an event happens',
		defaults: { name: 'Feishu Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'feishuAppApi', required: true, testedBy: 'testApp' }],
		webhooks,
		...waitingTexts(setup),
		properties: triggerProperties({ ...setup, cardActions: true }),
	};

	methods = { credentialTest: { testApp } };

	webhookMethods = webhookMethodsFor(callbackOf);

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await receiveCallback(this, callbackOf);
	}

	async trigger(this: ITriggerFunctions): Promise<ITriggerResponse> {
		return await startStream(this, stream);
	}

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await passOn(this, stream);
	}
}
