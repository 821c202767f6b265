import type { INodeProperties } from 'n8n-workflow';

/** Which of WeCom's two kinds of bot a trigger listens to. */
export const authenticationField: INodeProperties = {
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
	default: 'app',
	description: 'Which kind of bot the messages are written to',
};
