import type {
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	INodeCredentialTestResult,
	INodeProperties,
} from 'n8n-workflow';
import { aiBotCallback } from './callback';

/** Which of WeCom's two kinds of bot a trigger listens to. */
export const authenticationField: INodeProperties = {
	displayName: 'Authentication',
	name: 'authentication',
	type: 'options',
	options: [
		{
			name: 'AI Bot',
			value: 'aiBot',
			description: 'An AI bot (智能机器人), for people and groups',
		},
		{ name: 'App', value: 'app', description: 'A self-built app (自建应用), for people' },
	],
	default: 'app',
	description: 'Which kind of bot the messages are written to',
};

/** No call proves an AI bot's keys before WeCom itself calls, so only their form can be tested. */
export async function testAiBot(
	this: ICredentialTestFunctions,
	credential: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
	const missing = aiBotCallback.missing(credential.data ?? {});
	return missing
		? { status: 'Error', message: missing }
		: { status: 'OK', message: 'Well formed; WeCom proves it when it saves the URL' };
}
