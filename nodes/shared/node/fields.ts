import type { IDisplayOptions, INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { PLATFORMS, platformNames } from '../../../protocol/platforms';

/* Parameters that stand in several nodes under the same name and in the same order. */

/** For fields that only an app needs: a group robot knows its group. */
export const showForApp: IDisplayOptions = { show: { authentication: ['app'] } };

/** By the names that messages carry. */
export const platformOptions: INodePropertyOptions[] = platformNames.map((value) => ({
	name: `${PLATFORMS[value].name} (${PLATFORMS[value].chineseName})`,
	value,
}));

/** A field that an expression fills with what an earlier node gave. */
export function inputField(
	field: Pick<INodeProperties, 'displayName' | 'name' | 'placeholder' | 'description'>,
): INodeProperties {
	return { ...field, type: 'json', required: true, default: '' };
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

/** WeChat's plug-in, in which many read an app's messages, shows no Markdown at all. */
export const keepMarkdownField: INodeProperties = {
	displayName: 'Markdown in WeCom Apps',
	name: 'keepMarkdown',
	type: 'boolean',
	default: false,
	description:
		'Whether a WeCom app (自建应用) sends Markdown as such. Off: as plain text, because WeChat’s plug-in (微信插件) shows no Markdown, and WeCom no tables and code blocks.',
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
			'Whom to mention in a group, IDs separated by commas. What the text itself says in a platform’s markup mentions nobody else. DingTalk and WeCom: by group robot only.',
	},
];

/** What is said by Send. */
export const sendContent: INodeProperties[] = [
	formatField,
	{ ...text, required: true },
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [longTextField, keepMarkdownField, ...mentions, title],
	},
];

/** What is said by a reply. An empty text means the answer that the item has. */
export const replyContent: INodeProperties[] = [
	{ ...formatField, default: 'markdown' },
	{
		...text,
		placeholder: 'The answer of the Model API or AI Agent node',
		description: 'Empty: the answer that a Model API or AI Agent node has put into the item',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [longTextField, keepMarkdownField, title],
	},
];
