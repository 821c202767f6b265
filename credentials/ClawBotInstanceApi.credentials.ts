import type { ICredentialType, INodeProperties } from 'n8n-workflow';

/** n8n lets a node use no credential type of another package, such as its own n8n API. */
export class ClawBotInstanceApi implements ICredentialType {
	name = 'clawBotInstanceApi';

	displayName = 'ClawBot Instance API';

	icon = {
		light: 'file:../nodes/BotRegistration/botRegistration.svg',
		dark: 'file:../nodes/BotRegistration/botRegistration.dark.svg',
	} as const;

	documentationUrl =
		'https://github.com/clawbot/n8n-nodes-clawbot/blob/main/docs/credentials.md#clawbot-instance-api';

	properties: INodeProperties[] = [
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description:
				'Of this same n8n: Settings → n8n API, with all scopes for credentials and workflows',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: 'http://127.0.0.1:5678/api/v1',
			description: 'Where this n8n reaches its own API',
		},
	];
}
