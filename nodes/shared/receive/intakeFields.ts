import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';

/* The parameters that say which messages start a workflow, and how: `intake.ts` reads them. */

/** Longer than any platform delivers again (Feishu: over six hours), shorter than messages are remembered. */
export const DEFAULT_MAX_AGE_MINUTES = 8 * 60;

/** Version 3: a group's bot is for those who mention it. */
export const sinceVersion3: IDisplayOptions = { show: { '@version': [{ _cnd: { gte: 3 } }] } };

/** Which messages of groups are for the bot. */
export const groupMessages: INodeProperties = {
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
export const options: INodeProperties = {
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
