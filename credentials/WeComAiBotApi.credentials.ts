import type { ICredentialType, INodeProperties } from 'n8n-workflow';

export class WeComAiBotApi implements ICredentialType {
	name = 'weComAiBotApi';

	displayName = 'WeCom AI Bot API';

	icon = {
		light: 'file:../nodes/WeCom/weCom.svg',
		dark: 'file:../nodes/WeCom/weCom.dark.svg',
	} as const;

	documentationUrl =
		'https://github.com/clawbot/n8n-nodes-clawbot/blob/main/docs/credentials.md#wecom-ai-bot-api';

	properties: INodeProperties[] = [
		{
			displayName: 'Bot ID',
			name: 'botId',
			type: 'string',
			default: '',
			hint: 'Bot ID: API 模式 → 使用长连接',
			description: '智能机器人 → API 模式 → 使用长连接: Bot ID. For the long connection.',
		},
		{
			displayName: 'Secret',
			name: 'secret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			hint: '长连接专用密钥: API 模式 → 使用长连接',
			description: '长连接专用密钥, beside the Bot ID. For the long connection.',
		},
		{
			displayName: 'Token',
			name: 'token',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			hint: 'Token: API 模式 → 使用 URL 回调. Only for HTTP callbacks.',
			description: 'Token: 智能机器人 → API 模式 → 使用 URL 回调. Only for HTTP callbacks.',
		},
		{
			displayName: 'Encoding AES Key',
			name: 'encodingAesKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			hint: 'EncodingAESKey: beside the Token. Only for HTTP callbacks.',
			description: 'EncodingAESKey, beside the Token, 43 characters',
		},
		{
			displayName: 'Bot Name',
			name: 'botName',
			type: 'string',
			default: '',
			placeholder: 'e.g. ClawBot',
			description:
				'Name of the bot (名称) as people mention it in groups. Group messages hold it as plain text; left empty, it is learned from the first messages.',
		},
		{
			displayName: 'WebSocket URL',
			name: 'websocketUrl',
			type: 'string',
			default: 'wss://openws.work.weixin.qq.com',
			description: 'Address of the long connection',
		},
	];
}
