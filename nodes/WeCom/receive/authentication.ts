import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';

const sinceVersion3_1: NonNullable<IDisplayOptions['show']> = {
	'@version': [{ _cnd: { gte: 3.1 } }],
};

const ofNewTriggers: INodeProperties = {
	displayName: 'Authentication',
	name: 'authentication',
	type: 'options',
	options: [
		{
			name: 'AI Bot',
			value: 'aiBot',
			description:
				'An AI bot (智能机器人), for people and groups. By long connection: no public address.',
		},
		{
			name: 'App',
			value: 'app',
			description: 'A self-built app (自建应用), for people. By HTTP callback only.',
		},
	],
	default: 'aiBot',
	description: 'Which kind of bot the messages are written to',
	displayOptions: { show: sinceVersion3_1 },
};

/**
 * Which of WeCom's two kinds of bot a trigger listens to. A new one begins with the one that needs no public
 * address; n8n does not save what is the default, so that triggers placed before keep theirs.
 */
export const authenticationFields: INodeProperties[] = [
	ofNewTriggers,
	{ ...ofNewTriggers, default: 'app', displayOptions: { hide: sinceVersion3_1 } },
];
