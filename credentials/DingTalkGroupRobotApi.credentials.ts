import type { ICredentialType, INodeProperties } from 'n8n-workflow';

export class DingTalkGroupRobotApi implements ICredentialType {
	name = 'dingTalkGroupRobotApi';

	displayName = 'DingTalk Group Robot API';

	icon = {
		light: 'file:../nodes/DingTalk/dingTalk.svg',
		dark: 'file:../nodes/DingTalk/dingTalk.dark.svg',
	} as const;

	documentationUrl =
		'https://github.com/clawbot/n8n-nodes-clawbot/blob/main/docs/credentials.md#dingtalk-group-robot-api';

	properties: INodeProperties[] = [
		{
			displayName: 'Webhook URL',
			name: 'webhookUrl',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			placeholder: 'https://oapi.dingtalk.com/robot/send?access_token=…',
			required: true,
			hint: 'Webhook 地址: 群设置 → 机器人 → 自定义',
			description:
				'Webhook 地址 of the robot: 群设置 → 机器人 → 自定义. It holds an access token: treat it as a secret.',
		},
		{
			displayName: 'Secret',
			name: 'secret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			hint: '加签密钥: 安全设置 → 加签',
			description:
				'加签密钥: shown under 安全设置 → 加签, begins with SEC. Empty where the robot uses keywords or an address list.',
		},
	];
}
