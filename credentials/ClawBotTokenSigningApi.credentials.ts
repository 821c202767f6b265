import type { ICredentialType, INodeProperties } from 'n8n-workflow';

export class ClawBotTokenSigningApi implements ICredentialType {
	name = 'clawBotTokenSigningApi';

	displayName = 'ClawBot Token Signing API';

	icon = {
		light: 'file:../nodes/AccessTokens/accessTokens.svg',
		dark: 'file:../nodes/AccessTokens/accessTokens.dark.svg',
	} as const;

	documentationUrl =
		'https://github.com/clawbot/n8n-nodes-clawbot/blob/main/docs/credentials.md#clawbot-token-signing-api';

	properties: INodeProperties[] = [
		{
			displayName: 'Signing Keys',
			name: 'secretKeys',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			placeholder: '[{"kid":"2026-11","secret":"…"}]',
			description:
				'JSON list. The first key signs, all of them verify: put a new one in front, and take the old one out 30 days later. A secret has 32 bytes or more: <code>openssl rand -base64 48</code>.',
		},
		{
			displayName: 'Issuer',
			name: 'issuer',
			type: 'string',
			default: 'clawbot',
			required: true,
			description: 'Name of this installation, in every token. Tokens of another one are refused.',
		},
		{
			displayName: 'Audience',
			name: 'audience',
			type: 'string',
			default: 'clawbot-robot-api',
			required: true,
			description: 'Name of the API that the tokens are for',
		},
	];
}
