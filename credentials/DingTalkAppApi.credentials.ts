import type { ICredentialType, INodeProperties } from 'n8n-workflow';
import { authenticateBy } from '../nodes/shared/http/authenticate';
import { keepAliveField } from '../nodes/shared/http/keepAliveField';
import { classify } from '../protocol/dingtalk/errors';
import { tokenRules } from '../protocol/dingtalk/token';

export class DingTalkAppApi implements ICredentialType {
	name = 'dingTalkAppApi';

	displayName = 'DingTalk App API';

	icon = {
		light: 'file:../nodes/DingTalk/dingTalk.svg',
		dark: 'file:../nodes/DingTalk/dingTalk.dark.svg',
	} as const;

	documentationUrl =
		'https://github.com/clawbot/n8n-nodes-clawbot/blob/main/docs/credentials.md#dingtalk-app-api';

	properties: INodeProperties[] = [
		{
			displayName: 'Client ID',
			name: 'clientId',
			type: 'string',
			default: '',
			required: true,
			hint: 'Client ID (原 AppKey): 开发者后台 → 应用 → 凭证与基础信息',
			description: 'Client ID (原 AppKey): 开发者后台 → 应用 → 凭证与基础信息',
		},
		{
			displayName: 'Client Secret',
			name: 'clientSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			hint: 'Client Secret (原 AppSecret): 凭证与基础信息',
			description:
				'Client Secret (原 AppSecret), on the same page. It opens the long connection, and verifies the robot’s callbacks.',
		},
		{
			displayName: 'Robot Code',
			name: 'robotCode',
			type: 'string',
			default: '',
			hint: 'RobotCode: 应用能力 → 机器人',
			description: 'RobotCode: 应用能力 → 机器人. Empty: the Client ID, which it is for most apps.',
		},
		{
			displayName: 'Token',
			name: 'token',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			hint: '签名 Token: 事件订阅 → HTTP 推送. Only for events by HTTP callback.',
			description:
				'签名 Token: 事件订阅 → HTTP 推送. Only for events by HTTP callback, not for robot messages or Stream 模式.',
		},
		{
			displayName: 'AES Key',
			name: 'aesKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			hint: '加密 aes_key: 事件订阅 → HTTP 推送. Only for events by HTTP callback.',
			description:
				'加密 aes_key: 事件订阅 → HTTP 推送, 43 characters. Only for events by HTTP callback.',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: 'https://api.dingtalk.com',
			required: true,
			description: 'Address of the API. International edition: https://api.dingtalk.io',
		},
		{
			displayName: 'Old API Base URL',
			name: 'oapiBaseUrl',
			type: 'string',
			default: 'https://oapi.dingtalk.com',
			required: true,
			description:
				'Host of the session addresses at which messages are answered, besides DingTalk’s own. International edition: https://oapi.dingtalk.io',
		},
		keepAliveField,
	];

	/** For n8n's HTTP Request node, and *Custom API Call*. */
	authenticate = authenticateBy({
		service: 'DingTalk',
		token: tokenRules,
		classify,
		places: { baseUrl: tokenRules.place, oapiBaseUrl: { query: 'access_token' } },
	});
}
