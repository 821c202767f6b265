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
import { testAiBot, testApp } from './credentialTest';
import { authenticationFields } from './receive/authentication';
import { callbackOf } from './receive/callback';
import { stream } from './receive/stream';

const setup = {
	service: 'WeCom',
	where: 'admin console. App: 接收消息 → 设置 API 接收. AI bot: API 模式 → 使用 URL 回调.',
	streamSteps: [
		'WeCom: choose 使用长连接 at 智能机器人 → API 模式, and copy Bot ID and Secret into the credential.',
		CONNECT,
	],
};

export class WeComTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'WeCom Trigger',
		name: 'weComTrigger',
		icon: { light: 'file:weCom.svg', dark: 'file:weCom.dark.svg' },
		group: ['trigger'],
		// Version 1 would cost an expression per request: n8n evaluates its Webhook node's options there.
		version: [2, 3, 3.1],
		defaultVersion: 3.1,
		subtitle:
			'={{ ($parameter.authentication === "aiBot" ? "AI bot" : "app") + ": " + $parameter.events.join(", ") }}',
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
				// Not `show`: n8n's panel would then leave out the field that says which kind of bot it is.
				displayOptions: { hide: { authentication: ['aiBot'] } },
			},
			{
				name: 'weComAiBotApi',
				required: true,
				testedBy: 'testAiBot',
				displayOptions: { hide: { authentication: ['app'] } },
			},
		],
		webhooks,
		...waitingTexts(setup),
		properties: triggerProperties({
			...setup,
			cardActions: true,
			own: authenticationFields,
			httpOnly: { authentication: ['app'] },
		}),
	};

	methods = { credentialTest: { testAiBot, testApp } };

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
