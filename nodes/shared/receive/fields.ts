import type { INodeProperties, INodeTypeDescription } from 'n8n-workflow';

/** The webhooks of every trigger. All fields are plain: n8n would evaluate expressions per request. */
export const webhooks: NonNullable<INodeTypeDescription['webhooks']> = [
	{
		name: 'setup',
		httpMethod: 'GET',
		responseMode: 'onReceived',
		responseData: '',
		path: 'webhook',
	},
	{
		name: 'default',
		httpMethod: 'POST',
		responseMode: 'onReceived',
		// Empty: n8n then answers with `webhookResponse`, after it has stored the execution.
		responseData: '',
		path: 'webhook',
	},
];

/**
 * What a trigger's panel says before a message has come.
 * @param where the place in the platform's console that takes the URL
 */
export function panelFor(
	service: string,
	where: string,
): NonNullable<INodeTypeDescription['triggerPanel']> {
	return {
		header: '',
		executionsHelp: {
			inactive: `Publish the workflow, then enter the production URL in the ${where}`,
			active: 'Messages to the bot start this workflow.',
		},
		activationHint: `Publish the workflow, then enter its production URL in ${service}’s console.`,
	};
}

/** Longer than any platform delivers again (Feishu: over six hours), shorter than messages are remembered. */
export const DEFAULT_MAX_AGE_MINUTES = 8 * 60;

/** How the trigger is reached. */
export function connectionField(service: string): INodeProperties {
	return {
		displayName: 'Connection',
		name: 'connection',
		type: 'options',
		options: [
			{
				name: 'HTTP Callback',
				value: 'httpCallback',
				description: `${service} calls this n8n: enter the production URL above in the console`,
			},
		],
		default: 'httpCallback',
	};
}

/** The parameters that every trigger has, after its own. */
export const triggerProperties: INodeProperties[] = [
	{
		displayName: 'Events',
		name: 'events',
		type: 'multiOptions',
		options: [
			{
				name: 'Card Action',
				value: 'action',
				description:
					'Someone pressed a button or sent a form on a card (卡片回调). Feishu and WeCom only.',
			},
			{
				name: 'Event',
				value: 'event',
				description: 'Anything else that the app is subscribed to (事件订阅)',
			},
			{ name: 'Message', value: 'message', description: 'Someone wrote to the bot (接收消息)' },
		],
		default: ['message'],
		required: true,
		description: 'What starts the workflow. Anything else is acknowledged and dropped.',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			{
				displayName: 'Executions',
				name: 'executions',
				type: 'options',
				options: [
					{
						name: 'Automatic',
						value: 'automatic',
						description:
							'Together where every node that follows is known to work each message by itself; otherwise one per message',
					},
					{
						name: 'One per Message',
						value: 'onePerMessage',
						description: 'Each message starts an execution of its own',
					},
					{
						name: 'Together',
						value: 'together',
						description:
							'Messages that arrive together are the items of one execution. Nodes such as AI Agent then mix people up: they take the memory of the first item for all.',
					},
				],
				default: 'automatic',
				description: 'How many messages one execution takes',
			},
			{
				displayName: 'Include Raw Payload',
				name: 'includeRaw',
				type: 'boolean',
				default: false,
				description: "Whether to add the platform's own payload to each item as <code>raw</code>",
			},
			{
				displayName: 'Maximum Age (Minutes)',
				name: 'maxAgeMinutes',
				type: 'number',
				typeOptions: { minValue: 1 },
				default: DEFAULT_MAX_AGE_MINUTES,
				description:
					'How old a message may be, after an outage for example. Redeliveries are recognised for nine hours: with a greater age, one may start a second execution.',
			},
			{
				displayName: 'Older Messages',
				name: 'olderMessages',
				type: 'options',
				options: [
					{ name: 'Drop', value: 'drop', description: 'Acknowledge and start nothing' },
					{
						name: 'Pass On, Flagged',
						value: 'flag',
						description: 'Pass the item on with <code>stale: true</code>',
					},
				],
				default: 'drop',
				description: 'What to do with a message that is older than the maximum age',
			},
		],
	},
];
