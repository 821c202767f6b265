import type {
	IDisplayOptions,
	INodeProperties,
	INodePropertyOptions,
	INodeTypeDescription,
} from 'n8n-workflow';

/** The webhooks of every trigger. All fields are plain: n8n would evaluate expressions per request. */
export const webhooks: NonNullable<INodeTypeDescription['webhooks']> = [
	{
		name: 'setup',
		httpMethod: 'GET',
		// The same URL: the panel shows it once.
		ndvHideUrl: true,
		responseMode: 'onReceived',
		responseData: '',
		path: 'webhook',
	},
	{
		name: 'default',
		httpMethod: 'POST',
		ndvHideMethod: true,
		responseMode: 'onReceived',
		// Empty: n8n then answers with `webhookResponse`, after it has stored the execution.
		responseData: '',
		path: 'webhook',
	},
];

/** How the address of a trigger gets to its platform. */
export interface Setup {
	/** The platform's name. */
	service: string;
	/** The place in the platform's console that takes the URL. */
	where: string;
}

/** What n8n says of a trigger when it waits for a message, and when its workflow was published. */
export function waitingTexts({ service, where }: Setup) {
	return {
		triggerPanel: {
			header: `Wait for a message on ${service}`,
			executionsHelp: {
				inactive: `Publish the workflow, then enter the production URL in ${service}’s ${where}`,
				active: 'Messages to the bot start this workflow.',
			},
			activationHint: `Publish the workflow, then enter its production URL in ${service}’s console.`,
		},
		eventTriggerDescription: `Write to the bot on ${service}. A test needs the test URL in the console.`,
		activationMessage: `The bot answers once this trigger’s production URL stands in ${service}’s ${where}`,
	} satisfies Partial<INodeTypeDescription>;
}

/** Longer than any platform delivers again (Feishu: over six hours), shorter than messages are remembered. */
export const DEFAULT_MAX_AGE_MINUTES = 8 * 60;

/** Version 3: a group's bot is for those who mention it. */
const sinceVersion3: IDisplayOptions = { show: { '@version': [{ _cnd: { gte: 3 } }] } };

/** A kind of message; its name as n8n's node panel lists the trigger. */
const MESSAGE: INodePropertyOptions = {
	name: 'Message',
	value: 'message',
	action: 'On message to the bot',
	description: 'Someone wrote to the bot (接收消息)',
};
const CARD_ACTION: INodePropertyOptions = {
	name: 'Card Action',
	value: 'action',
	action: 'On card action',
	description: 'Someone pressed a button or sent a form on a card (卡片回调)',
};
const EVENT: INodePropertyOptions = {
	name: 'Event',
	value: 'event',
	action: 'On event',
	description: 'Anything else that the app is subscribed to (事件订阅)',
};

/**
 * Of HTML n8n's notice (2.41) keeps `a`, `ul` and `li` alone: an item would get a bullet before its number,
 * while a list without items is an indented line.
 */
const steps = (texts: string[]): string =>
	texts.map((text, index) => `<ul>${index + 1}. ${text}</ul>`).join('');

interface TriggerFields extends Setup {
	/** Whether the platform sends card actions to this trigger. */
	cardActions: boolean;
	/** Between the connection and what every trigger has. */
	own?: INodeProperties[];
}

/** The parameters of a trigger, in their order. */
export function triggerProperties({
	service,
	where,
	cardActions,
	own = [],
}: TriggerFields): INodeProperties[] {
	return [
		{
			displayName: steps([
				`Publish this workflow: ${service} wants an answer from the address.`,
				'Open Webhook URLs above and copy the Production URL.',
				`Paste it into ${service}’s ${where}`,
			]),
			name: 'notice',
			type: 'notice',
			default: '',
			displayOptions: { show: { connection: ['httpCallback'] } },
		},
		{
			displayName: 'Connection',
			name: 'connection',
			// One way is no choice.
			type: 'hidden',
			default: 'httpCallback',
		},
		...own,
		{
			displayName: 'Events',
			name: 'events',
			type: 'multiOptions',
			options: [MESSAGE, ...(cardActions ? [CARD_ACTION] : []), EVENT],
			default: ['message'],
			required: true,
			description: 'What starts the workflow. Anything else is acknowledged and dropped.',
		},
		groupMessages,
		options,
	];
}

/** Which messages of groups are for the bot. */
const groupMessages: INodeProperties = {
	displayName: 'Group Messages',
	name: 'groupMessages',
	type: 'options',
	options: [
		{ name: 'All', value: 'all', description: 'As many as the platform delivers' },
		{
			name: 'That Mention the Bot',
			value: 'mentionsBot',
			description: 'Not those that mention everybody (@所有人) only',
		},
	],
	default: 'mentionsBot',
	description: 'Which messages of groups start the workflow. Direct messages always do.',
	// An app of WeCom is in no group.
	displayOptions: { ...sinceVersion3, hide: { authentication: ['app'] } },
};

/** What a trigger does with the messages that come to it. */
const options: INodeProperties = {
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
			displayName: 'Include Messages of Other Bots',
			name: 'fromBots',
			type: 'boolean',
			default: false,
			description:
				'Whether what other bots write in groups starts the workflow. Two bots that answer each other never end.',
			displayOptions: sinceVersion3,
		},
		{
			displayName: 'Include Messages to Everybody',
			name: 'toEverybody',
			type: 'boolean',
			default: false,
			description: 'Whether a group message to everybody (@所有人) counts as one to the bot',
			displayOptions: sinceVersion3,
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
};
