import type { IDisplayOptions, INodeProperties, INodePropertyOptions } from 'n8n-workflow';

/* Parameters that stand in several nodes under the same name and in the same order. */

const showForSend: IDisplayOptions = {
	show: { resource: ['message'], operation: ['send'] },
};
/** Whom to write to: a group robot knows its group. */
export const showForApp: IDisplayOptions = {
	show: { ...showForSend.show, authentication: ['app'] },
};
export const showForReply: IDisplayOptions = {
	show: { resource: ['message'], operation: ['reply'] },
};

/** By the names that messages carry. */
export const platformOptions: INodePropertyOptions[] = [
	{ name: 'DingTalk (钉钉)', value: 'dingtalk' },
	{ name: 'Feishu (飞书)', value: 'feishu' },
	{ name: 'WeCom (企业微信)', value: 'wecom' },
];

/** The resource and operation of the platform nodes. */
export const messageOperations: INodeProperties[] = [
	{
		displayName: 'Resource',
		name: 'resource',
		type: 'options',
		noDataExpression: true,
		options: [{ name: 'Message', value: 'message' }],
		default: 'message',
	},
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['message'] } },
		options: [
			{
				name: 'Reply',
				value: 'reply',
				action: 'Reply to a message',
				description: 'Answer a message from the trigger where it was written',
			},
			{
				name: 'Send',
				value: 'send',
				action: 'Send a message',
				description: 'Write to a group or to people',
			},
		],
		default: 'send',
	},
];

/**
 * By which kind of bot a platform's node sends.
 * @param kinds what each is there, with its Chinese name
 */
export function authenticationField(kinds: { app: string; groupRobot: string }): INodeProperties {
	return {
		displayName: 'Authentication',
		name: 'authentication',
		type: 'options',
		options: [
			{ name: 'App', value: 'app', description: kinds.app },
			{ name: 'Group Robot', value: 'groupRobot', description: kinds.groupRobot },
		],
		default: 'groupRobot',
		displayOptions: { show: { operation: ['send'] } },
	};
}

export const formatField: INodeProperties = {
	displayName: 'Format',
	name: 'format',
	type: 'options',
	options: [
		{ name: 'Markdown', value: 'markdown', description: 'Headings, bold, lists, links' },
		{ name: 'Text', value: 'text' },
	],
	default: 'text',
};

const text: INodeProperties = {
	displayName: 'Text',
	name: 'text',
	type: 'string',
	typeOptions: { rows: 4 },
	default: '',
};

export const longTextField: INodeProperties = {
	displayName: 'Long Text',
	name: 'longText',
	type: 'options',
	options: [
		{
			name: 'Refuse',
			value: 'refuse',
			description: 'Fail with a clear error and send nothing',
		},
		{
			name: 'Split Into Several Messages',
			value: 'split',
			description:
				'In order, between paragraphs where possible; a code block that is cut is closed and opened again. The one answer that a WeCom AI bot may give is cut instead.',
		},
	],
	default: 'split',
	description: 'What to do with a text that is longer than the platform takes',
};

const title: INodeProperties = {
	displayName: 'Title',
	name: 'title',
	type: 'string',
	default: '',
	description:
		'Of a Markdown message, shown in the conversation list. Empty: the first line of the text. WeCom has none.',
};

const mentions: INodeProperties[] = [
	{
		displayName: 'Mention Everybody',
		name: 'mentionAll',
		type: 'boolean',
		default: false,
		description:
			'Whether to mention everybody in the group (@所有人). DingTalk and WeCom: by group robot only.',
	},
	{
		displayName: 'Mention User IDs',
		name: 'mentionIds',
		type: 'string',
		default: '',
		description:
			'Whom to mention in a group, IDs separated by commas. DingTalk and WeCom: by group robot only.',
	},
];

/** What is said by Send. */
export const sendContent: INodeProperties[] = [
	{ ...formatField, displayOptions: showForSend },
	{ ...text, required: true, displayOptions: showForSend },
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		displayOptions: showForSend,
		options: [longTextField, ...mentions, title],
	},
];

/** What is said by a reply. An empty text means the answer of a Model API node. */
export function replyContent(displayOptions?: IDisplayOptions): INodeProperties[] {
	const shown = displayOptions && { displayOptions };
	return [
		{ ...formatField, default: 'markdown', ...shown },
		{
			...text,
			placeholder: 'The answer of the Model API node',
			description: 'Empty: the answer that a Model API node has put into the item',
			...shown,
		},
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [longTextField, title],
			...shown,
		},
	];
}
