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
import { testInstance } from './credentialTest';
import { greet } from './operations/greet';
import { page } from './operations/page';
import { request } from './operations/request';

/** In the order of the panel. */
const operations: Operation[] = [page, request, greet];

/** Connects bots by a scan, and knows who writes to them before they answer. */
export class BotRegistration implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'ClawBot Bot Registration',
		name: 'botRegistration',
		icon: { light: 'file:botRegistration.svg', dark: 'file:botRegistration.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter.operation }}',
		description: 'Connect bots of DingTalk, Feishu and WeCom by scanning a code',
		defaults: { name: 'ClawBot Bot Registration' },
		hidden: true,
		usableAsTool: undefined,
		credentials: [
			{
				name: 'clawBotInstanceApi',
				required: true,
				testedBy: 'testInstance',
				displayOptions: { show: { operation: ['page'] } },
			},
		],
		...describeOperations(operations, page),
	};

	methods = {
		credentialTest: {
			async testInstance(
				this: ICredentialTestFunctions,
				credential: ICredentialsDecrypted,
			): Promise<INodeCredentialTestResult> {
				return await testInstance(credential);
			},
		},
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runOperation(this, operations);
	}
}
