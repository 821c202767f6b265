import {
	NodeConnectionTypes,
	UnexpectedError,
	type ICredentialsDecrypted,
	type ICredentialTestFunctions,
	type IHookFunctions,
	type INodeCredentialTestResult,
	type INodeType,
	type INodeTypeDescription,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';
import { assertConfigured, receive, type Channel } from '../shared/receive/webhook';
import { connectionField, triggerProperties, webhooks } from '../shared/receive/fields';
import { aiBotChannel, channels } from './receive/callback';

function channelOf(ctx: IHookFunctions | IWebhookFunctions): Channel {
	const authentication = ctx.getNodeParameter('authentication') as string;
	const channel = channels[authentication];
	if (!channel) throw new UnexpectedError(`There is no kind of bot ${authentication}`);
	return channel;
}

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
		triggerPanel: {
			header: '',
			executionsHelp: {
				inactive:
					'Publish the workflow, then enter the production URL in the admin console. App: 接收消息 → 设置 API 接收. AI bot: API 模式 → 使用 URL 回调.',
				active: 'Messages to the bot start this workflow.',
			},
			activationHint: 'Publish the workflow, then enter its production URL in WeCom’s console.',
		},
		properties: [
			connectionField('WeCom'),
			{
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
			},
			...triggerProperties,
		],
	};

	methods = {
		credentialTest: {
			/** No call proves these keys before WeCom itself calls, so only their form can be tested. */
			async testAiBot(
				this: ICredentialTestFunctions,
				credential: ICredentialsDecrypted,
			): Promise<INodeCredentialTestResult> {
				const missing = aiBotChannel.missing(credential.data ?? {});
				return missing
					? { status: 'Error', message: missing }
					: { status: 'OK', message: 'Well formed; WeCom proves it when it saves the URL' };
			},
		},
	};

	webhookMethods = {
		default: {
			async checkExists(this: IHookFunctions): Promise<boolean> {
				return await assertConfigured(this, channelOf(this));
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
		return await receive(this, channelOf(this));
	}
}
