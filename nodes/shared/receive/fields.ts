import {
	fromFunction,
	webhookDescriptionFields,
	type IDisplayOptions,
	type INodeProperties,
	type INodePropertyOptions,
	type INodeTypeDescription,
} from 'n8n-workflow';

/**
 * The webhooks of every trigger; none where its messages come by a long connection: n8n registers none for the
 * method `''`, and a test run does not wait for one. An app of WeCom has none, whatever was chosen before it. Other fields are plain, and these are read without
 * expressions: n8n would evaluate them for each request.
 */
export const webhooks: NonNullable<INodeTypeDescription['webhooks']> = [
	{
		name: 'setup',
		...webhookDescriptionFields({
			httpMethod: fromFunction(({ authentication, connection }) =>
				connection === 'stream' && authentication !== 'app' ? '' : 'GET',
			),
		}),
		// The same URL: the panel shows it once.
		ndvHideUrl: true,
		responseMode: 'onReceived',
		responseData: '',
		path: 'webhook',
	},
	{
		name: 'default',
		...webhookDescriptionFields({
			httpMethod: fromFunction(({ authentication, connection }) =>
				connection === 'stream' && authentication !== 'app' ? '' : 'POST',
			),
		}),
		ndvHideMethod: true,
		// The editor alone reads this one.
		ndvHideUrl: '={{ $parameter.connection === "stream" && $parameter.authentication !== "app" }}',
		responseMode: 'onReceived',
		// Empty: n8n then answers with `webhookResponse`, after it has stored the execution.
		responseData: '',
		path: 'webhook',
	},
];

/** How messages get from a platform to its trigger. */
export interface Setup {
	/** The platform's name. */
	service: string;
	/** The place in the platform's console that takes the URL of the HTTP callbacks. */
	where: string;
	/** What to do for the long connection, in its order: in the platform's console, and `CONNECT`. */
	streamSteps: string[];
}

/** A step of every platform. */
export const CONNECT = 'Publish this workflow: n8n connects by itself. It needs no public address.';

/** What n8n says of a trigger when it waits for a message, and when its workflow was published. */
export function waitingTexts({ service }: Setup) {
	return {
		triggerPanel: {
			header: `Press Execute step, then write to the bot on ${service}`,
			executionsHelp: {
				inactive: `Publish the workflow, then choose in ${service}’s console how messages come: the steps stand in the trigger’s parameters.`,
				active: 'Messages to the bot start this workflow.',
			},
			activationHint:
				'A test takes the next message to the bot; a published workflow does not get that one. With HTTP callbacks the console needs the test URL.',
		},
		eventTriggerDescription: `Write to the bot on ${service} now. With HTTP callbacks the console needs the test URL.`,
		activationMessage: `The bot answers once ${service}’s console knows how messages come: the steps stand in the trigger’s parameters.`,
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
const byStream = { displayOptions: { show: { connection: ['stream'] } } };
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
	/** Whether the platform sends card actions to this trigger by HTTP; by a long connection they all do. */
	cardActions: boolean;
	/** Between the notice and what every trigger has. */
	own?: INodeProperties[];
	/** Bots that have no long connection, by values of `own`. */
	httpOnly?: NonNullable<IDisplayOptions['show']>;
}

/** The parameters of a trigger, in their order. */
export function triggerProperties({
	cardActions,
	own = [],
	httpOnly,
	...setup
}: TriggerFields): INodeProperties[] {
	return [
		...notices(setup),
		...own,
		...connectionFields(httpOnly),
		{
			displayName: 'Events',
			name: 'events',
			type: 'multiOptions',
			options: [MESSAGE, cardActions ? CARD_ACTION : { ...CARD_ACTION, ...byStream }, EVENT],
			default: ['message'],
			required: true,
			description: 'What starts the workflow. Anything else is acknowledged and dropped.',
		},
		groupMessages,
		options,
	];
}

/** What has to be done on the platform's side. */
const notices = ({ service, where, streamSteps }: Setup): INodeProperties[] => [
	{
		displayName: `${steps(streamSteps)}<ul>To try it out: press Execute step, then write to the bot.</ul>`,
		name: 'streamNotice',
		type: 'notice',
		default: '',
		...byStream,
	},
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
];

/** How messages come. Before version 3, and for some bots, one way is no choice. */
function connectionFields(httpOnly: TriggerFields['httpOnly']): INodeProperties[] {
	const field = { displayName: 'Connection', name: 'connection', noDataExpression: true } as const;
	const hidden = { ...field, type: 'hidden', default: 'httpCallback' } as const;
	const before3 = { ...hidden, displayOptions: { hide: sinceVersion3.show } };
	const none = httpOnly && {
		...hidden,
		displayOptions: { show: { ...sinceVersion3.show, ...httpOnly } },
	};
	return [
		before3,
		...(none ? [none] : []),
		{
			...field,
			type: 'options',
			options: [
				{
					name: 'Long Connection (Stream 长连接)',
					value: 'stream',
					description: 'No public address, no certificate: n8n connects to the platform',
				},
				{
					name: 'HTTP Callback (回调)',
					value: 'httpCallback',
					description: 'The platform calls n8n: it needs a public address',
				},
			],
			default: 'stream',
			description: 'How the platform’s messages come to n8n',
			displayOptions: { ...sinceVersion3, ...(httpOnly && { hide: httpOnly }) },
		},
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
