import type { ICredentialType, INodeProperties } from 'n8n-workflow';

export class ClawBotAliyunSmsApi implements ICredentialType {
	name = 'clawBotAliyunSmsApi';

	displayName = 'ClawBot Aliyun SMS API';

	icon = { light: 'file:../nodes/Sms/sms.svg', dark: 'file:../nodes/Sms/sms.dark.svg' } as const;

	documentationUrl =
		'https://github.com/clawbot/n8n-nodes-clawbot/blob/main/docs/credentials.md#clawbot-aliyun-sms-api';

	properties: INodeProperties[] = [
		{
			displayName: 'AccessKey ID',
			name: 'accessKeyId',
			type: 'string',
			default: '',
			required: true,
			description:
				'Of a RAM user (RAM 访问控制 → 用户) whose only right is <code>dysms:SendSms</code>, never of the account itself',
		},
		{
			displayName: 'AccessKey Secret',
			name: 'accessKeySecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: 'https://dysmsapi.aliyuncs.com',
			description: 'Service address (服务地址) of 短信服务',
		},
	];
}
