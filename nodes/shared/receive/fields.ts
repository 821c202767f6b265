import {
	fromFunction,
	webhookDescriptionFields,
	type IDisplayOptions,
	type INodeProperties,
	type INodePropertyOptions,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { groupMessages, options, sinceVersion3 } from './intakeFields';

/**
 * The webhooks of every trigger. There is none where its messages come by a long connection: n8n registers
 * none for the method `''`, and a test run does not wait for one. An app of WeCom has no long connection,
 * whatever was chosen before its kind. The method is read without expressions, and all other fields are plain:
 * n8n would evaluate expressions for each request.
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
