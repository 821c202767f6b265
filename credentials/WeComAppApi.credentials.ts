import type { ICredentialType, INodeProperties } from 'n8n-workflow';
import { authenticateBy } from '../nodes/shared/http/authenticate';
import { keepAliveField } from '../nodes/shared/http/keepAliveField';
import { classify } from '../protocol/wecom/errors';
import { tokenRules } from '../protocol/wecom/token';

export class WeComAppApi implements ICredentialType {
	name = 'weComAppApi';

	displayName = 'WeCom App API';

	icon = {
		light: 'file:../nodes/WeCom/weCom.svg',
		dark: 'file:../nodes/WeCom/weCom.dark.svg',
	} as const;

	documentationUrl =
		'https://github.com/clawbot/n8n-nodes-clawbot/blob/main/docs/credentials.md#wecom-app-api';

	properties: INodeProperties[] = [
		{
			displayName: 'Corp ID',
			name: 'corpId',
			type: 'string',
			default: '',
			required: true,
			hint: '企业 ID: 管理后台 → 我的企业 → 企业信息',
			description: '企业 ID: 管理后台 → 我的企业 → 企业信息',
		},
		{
			displayName: 'Agent ID',
			name: 'agentId',
			type: 'string',
			default: '',
			required: true,
			hint: 'AgentId: 应用管理 → 自建 → the app',
			description: 'AgentId: 应用管理 → 自建 → the app',
		},
		{
			displayName: 'Secret',
			name: 'secret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			hint: 'Secret: 应用管理 → 自建 → the app',
			description: 'Secret, on the app’s page',
		},
		{
			displayName: 'Token',
			name: 'token',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			hint: 'Token: 接收消息 → 设置 API 接收. Needed to receive messages.',
			description: 'Token: the app’s page → 接收消息 → 设置 API 接收. Needed to receive messages.',
		},
		{
			displayName: 'Encoding AES Key',
			name: 'encodingAesKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			hint: 'EncodingAESKey: 接收消息 → 设置 API 接收. Needed to receive messages.',
			description: 'EncodingAESKey, beside the Token, 43 characters',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: 'https://qyapi.weixin.qq.com',
			required: true,
			description: 'Address of the API',
		},
		keepAliveField,
	];

	/** For n8n's HTTP Request node, and *Custom API Call*. */
	authenticate = authenticateBy({
		service: 'WeCom',
		token: tokenRules,
		classify,
		places: { baseUrl: tokenRules.place },
	});
}
