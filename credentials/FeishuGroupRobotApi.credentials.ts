import type { ICredentialType, INodeProperties } from 'n8n-workflow';

export class FeishuGroupRobotApi implements ICredentialType {
	name = 'feishuGroupRobotApi';

	displayName = 'Feishu Group Robot API';

	icon = {
		light: 'file:../nodes/Feishu/feishu.svg',
		dark: 'file:../nodes/Feishu/feishu.dark.svg',
	} as const;

	documentationUrl =
		'https://github.com/clawbot/n8n-nodes-clawbot/blob/main/docs/credentials.md#feishu-group-robot-api';

	properties: INodeProperties[] = [
		{
			displayName: 'Webhook URL',
			name: 'webhookUrl',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			placeholder: 'https://open.feishu.cn/open-apis/bot/v2/hook/…',
			required: true,
			hint: 'Webhook 地址: 群设置 → 群机器人 → 自定义机器人',
			description:
				'Webhook 地址 of the bot: 群设置 → 群机器人 → 自定义机器人. Its last part is a token: treat it as a secret.',
		},
		{
			displayName: 'Secret',
			name: 'secret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			hint: '签名校验: 安全设置 → 签名校验',
			description:
				'签名校验: the secret shown under 安全设置. Empty where the bot uses keywords or an address list.',
		},
	];
}
