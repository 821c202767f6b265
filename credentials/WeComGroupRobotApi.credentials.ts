import type { ICredentialType, INodeProperties } from 'n8n-workflow';

export class WeComGroupRobotApi implements ICredentialType {
	name = 'weComGroupRobotApi';

	displayName = 'WeCom Group Robot API';

	icon = {
		light: 'file:../nodes/WeCom/weCom.svg',
		dark: 'file:../nodes/WeCom/weCom.dark.svg',
	} as const;

	documentationUrl =
		'https://github.com/clawbot/n8n-nodes-clawbot/blob/main/docs/credentials.md#wecom-group-robot-api';

	properties: INodeProperties[] = [
		{
			displayName: 'Webhook URL',
			name: 'webhookUrl',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			placeholder: 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…',
			required: true,
			hint: 'Webhook 地址: 群设置 → 消息推送 (群机器人)',
			description:
				'Webhook 地址 of the robot: 群设置 → 消息推送 (群机器人). Its key is the only secret.',
		},
	];
}
