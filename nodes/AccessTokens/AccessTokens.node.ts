import type {
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	IExecuteFunctions,
	INodeCredentialTestResult,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';
import { describeOperations, runOperation, type Operation } from '../shared/node/operations';
import { testCredential } from './credential';
import { admitCallers } from './operations/admit';
import { decideRequest } from './operations/decide';
import { issueTokens } from './operations/issue';
import { read } from './operations/read';
import { verify } from './operations/verify';

/** In the order of the panel. */
const operations: Operation[] = [admitCallers, decideRequest, issueTokens, read, verify];

/** Gives access tokens for API keys, and tells the good ones from all others. */
export class AccessTokens implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'ClawBot Access Tokens',
		name: 'accessTokens',
		icon: { light: 'file:accessTokens.svg', dark: 'file:accessTokens.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter.operation }}',
		description: 'Exchange API keys for signed access tokens, refresh, revoke and verify them',
		defaults: { name: 'ClawBot Access Tokens' },
		hidden: true,
		usableAsTool: undefined,
		credentials: [
			{
				name: 'clawBotTokenSigningApi',
				required: true,
				testedBy: 'testSigningKeys',
				displayOptions: { show: { operation: ['issue', 'read', 'verify'] } },
			},
		],
		...describeOperations(operations, verify),
	};

	methods = {
		credentialTest: {
			async testSigningKeys(
				this: ICredentialTestFunctions,
				credential: ICredentialsDecrypted,
			): Promise<INodeCredentialTestResult> {
				return testCredential(credential.data ?? {}, Date.now());
			},
		},
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runOperation(this, operations);
	}
}
