import type { ICredentialType, INodeProperties } from 'n8n-workflow';
import { authenticateBy } from '../nodes/shared/http/authenticate';
import { keepAliveField } from '../nodes/shared/http/keepAliveField';
import { classify } from '../protocol/feishu/errors';
import { tokenRules } from '../protocol/feishu/token';

export class FeishuAppApi implements ICredentialType {
	name = 'feishuAppApi';

	displayName = 'Feishu App API';

	icon = {
		light: 'file:../nodes/Feishu/feishu.svg',
		dark: 'file:../nodes/Feishu/feishu.dark.svg',
	} as const;

	documentationUrl =
		'https://github.com/clawbot/n8n-nodes-clawbot/blob/main/docs/credentials.md#feishu-app-api';

	properties: INodeProperties[] = [
		{
			displayName: 'App ID',
			name: 'appId',
			type: 'string',
			default: '',
			placeholder: 'cli_…',
			required: true,
			hint: 'App ID: 开发者后台 → 应用 → 凭证与基础信息',
			description: 'App ID: 开发者后台 → 应用 → 凭证与基础信息. Begins with cli_.',
		},
		{
			displayName: 'App Secret',
			name: 'appSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			hint: 'App Secret: 凭证与基础信息',
			description: 'App Secret, on the same page',
		},
		{
			displayName: 'Encrypt Key',
			name: 'encryptKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			hint: 'Encrypt Key: 事件与回调 → 加密策略. Only for HTTP callbacks.',
			description:
				'Encrypt Key: 事件与回调 → 加密策略. With it HTTP callbacks are encrypted and signed: recommended. Not needed for the long connection.',
		},
		{
			displayName: 'Verification Token',
			name: 'verificationToken',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			hint: 'Verification Token: 事件与回调 → 加密策略. Needed for HTTP callbacks.',
			description:
				'Verification Token: 事件与回调 → 加密策略. Needed for HTTP callbacks; without an Encrypt Key it is their only proof. Not needed for the long connection.',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: 'https://open.feishu.cn',
			required: true,
			description: 'Address of the API. Lark (international): https://open.larksuite.com',
		},
		keepAliveField,
	];

	/** For n8n's HTTP Request node, and *Custom API Call*. */
	authenticate = authenticateBy({
		service: 'Feishu',
		token: tokenRules,
		classify,
		places: { baseUrl: tokenRules.place },
	});
}
