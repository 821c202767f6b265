import type { INodeProperties } from 'n8n-workflow';
import { platformOptions } from '../shared/node/fields';

const yesOrNo = [
	{ name: 'No', value: 'no' },
	{ name: 'Yes', value: 'yes' },
];

const conditions: INodeProperties = {
	displayName: 'Conditions',
	name: 'conditions',
	type: 'collection',
	placeholder: 'Add condition',
	default: {},
	description: 'Every condition that is added must hold as well',
	options: [
		{
			displayName: 'Bot Mentioned',
			name: 'mentioned',
			type: 'options',
			description: 'In direct conversations nobody is mentioned',
			options: yesOrNo,
			default: 'yes',
		},
		{
			displayName: 'Conversation',
			name: 'conversationType',
			type: 'options',
			options: [
				{ name: 'Direct', value: 'direct', description: 'One person and the bot (单聊)' },
				{ name: 'Group', value: 'group', description: 'A group (群聊)' },
			],
			default: 'direct',
		},
		{
			displayName: 'Conversation IDs',
			name: 'conversationIds',
			type: 'string',
			default: '',
			description: 'Only these conversations, separated by commas',
		},
		{
			displayName: 'From a Bot',
			name: 'fromBot',
			type: 'options',
			description:
				'Whether another bot wrote it. A trigger passes those on where its options say so.',
			options: yesOrNo,
			default: 'yes',
		},
		{
			displayName: 'Kind',
			name: 'kinds',
			type: 'multiOptions',
			options: [
				{ name: 'Card Action', value: 'action' },
				{ name: 'Event', value: 'event' },
				{ name: 'Message', value: 'message' },
			],
			default: ['message'],
		},
		{
			displayName: 'Mentions Everybody',
			name: 'mentionedAll',
			type: 'options',
			description: 'Whether it says @所有人 (@all)',
			options: yesOrNo,
			default: 'yes',
		},
		{
			displayName: 'Platform',
			name: 'platforms',
			type: 'multiOptions',
			options: platformOptions,
			default: [],
		},
		{
			displayName: 'Sender IDs',
			name: 'senderIds',
			type: 'string',
			default: '',
			description: 'Only these people, separated by commas',
		},
	],
};

/** The fields of a rule, in the order in which they are filled in. */
const rule: INodeProperties[] = [
	{
		displayName: 'Output Name',
		name: 'outputName',
		type: 'string',
		noDataExpression: true,
		default: '',
		placeholder: 'Help',
		description: 'As it stands on the canvas',
	},
	{
		displayName: 'Text Is',
		name: 'textIs',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'Anything', value: 'anything' },
			{
				name: 'Command',
				value: 'command',
				description: 'Begins with a word like /help; what follows becomes its arguments',
			},
			{ name: 'Containing a Keyword', value: 'keyword' },
			{
				name: 'Empty',
				value: 'empty',
				description: 'Nothing was written: a picture, a file, a sticker',
			},
			{ name: 'Matching a Pattern', value: 'pattern' },
		],
		default: 'command',
	},
	{
		displayName: 'Commands',
		name: 'commands',
		type: 'string',
		noDataExpression: true,
		default: '',
		placeholder: '/help, /帮助',
		description: 'Any of these, separated by commas, whatever their case',
		displayOptions: { show: { textIs: ['command'] } },
	},
	{
		displayName: 'Keywords',
		name: 'keywords',
		type: 'string',
		noDataExpression: true,
		default: '',
		placeholder: 'invoice, 发票',
		description: 'Any of these, separated by commas, whatever their case',
		displayOptions: { show: { textIs: ['keyword'] } },
	},
	{
		displayName: 'Pattern',
		name: 'pattern',
		type: 'string',
		noDataExpression: true,
		default: '',
		placeholder: '^order \\d+',
		description:
			'A regular expression, whatever the case of the text. Avoid repetitions inside repetitions, such as (a+)+: a long message could keep n8n busy for ever.',
		displayOptions: { show: { textIs: ['pattern'] } },
	},
	conditions,
];

/** The rules, in their order. Plain values only: routing evaluates no expression. */
export const ruleFields: INodeProperties = {
	displayName: 'Rules',
	name: 'rules',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true, sortable: true },
	noDataExpression: true,
	placeholder: 'Add rule',
	default: {
		values: [{ outputName: 'Help', textIs: 'command', commands: '/help, /帮助' }],
	},
	description: 'The first rule that a message fits decides. What fits none leaves by Other.',
	options: [
		{
			displayName: 'Rule',
			name: 'values',
			values: rule,
		},
	],
};
