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
	service: 'DingTalk',
	where: 'developer console: 应用能力 → 机器人 → 消息接收地址 (HTTP 模式).',
	streamSteps: [
		CONNECT,
		'DingTalk’s developer console: choose Stream 模式 at 应用能力 → 机器人 → 消息接收模式, for events also at 事件订阅 → 推送方式. Then publish a version (版本管理与发布).',
	],
};

export class DingTalkTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'DingTalk Trigger',
		name: 'dingTalkTrigger',
		icon: { light: 'file:dingTalk.svg', dark: 'file:dingTalk.dark.svg' },
		group: ['trigger'],
		// Version 1 would cost an expression per request: n8n evaluates its Webhook node's options there.
		version: [2, 3],
		defaultVersion: 3,
		subtitle: '={{ $parameter.events.join(", ") }}',
		description:
			'Starts when somebody writes to the bot on DingTalk (钉钉), uses a card, or an event happens',
		defaults: { name: 'DingTalk Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'dingTalkAppApi', required: true, testedBy: 'testApp' }],
		webhooks,
		...waitingTexts(setup),
		properties: triggerProperties({ ...setup, cardActions: false }),
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
