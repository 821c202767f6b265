import type { IAuthenticate, ICredentialType, INodeProperties } from 'n8n-workflow';
import { keepAliveField } from '../nodes/shared/http/keepAliveField';
import { authorization } from '../protocol/model/auth';
import { providers } from '../protocol/model/providers';

export class ClawBotModelApi implements ICredentialType {
	name = 'clawBotModelApi';

	displayName = 'ClawBot Model API';

	icon = {
		light: 'file:../nodes/ModelApi/modelApi.svg',
		dark: 'file:../nodes/ModelApi/modelApi.dark.svg',
	} as const;

	documentationUrl =
		'https://github.com/clawbot/n8n-nodes-clawbot/blob/main/docs/credentials.md#clawbot-model-api';

	properties: INodeProperties[] = [
		{
			displayName: 'Provider',
			name: 'provider',
			type: 'options',
			options: [
				...providers.map(({ id, name }) => ({ name, value: id })),
				{ name: 'Other (OpenAI-Compatible)', value: 'custom' },
			],
			default: 'deepseek',
			description: 'Who serves the model. Sets the address; the model is chosen in the node.',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: '',
			placeholder: 'https://api.example.com/v1',
			description:
				'Address in front of <code>/chat/completions</code>. Empty: the provider’s own. Needed for any other server.',
		},
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description: 'API Key from the provider’s console; any text where the server asks for none',
		},
		{
			displayName: 'Authentication Scheme',
			name: 'authScheme',
			type: 'options',
			options: [
				{
					name: 'API Key',
					value: 'bearer',
					description: 'The key is sent as it is: right for nearly every provider',
				},
				{
					name: 'Signed Token From Key and Secret',
					value: 'jwt',
					description: 'The secret stays here; a token that is signed with it is sent',
				},
			],
			default: 'bearer',
		},
		{
			displayName: 'API Secret',
			name: 'apiSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			displayOptions: { show: { authScheme: ['jwt'] } },
			description: 'Empty where the key has the form <code>id.secret</code>',
		},
		keepAliveField,
	];

	authenticate: IAuthenticate = async (credential, options) => ({
		...options,
		headers: { ...options.headers, ...authorization(credential, Date.now()) },
	});
}
