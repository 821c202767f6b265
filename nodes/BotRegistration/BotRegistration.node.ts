import type {
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	IExecuteFunctions,
	INodeCredentialDescription,
	INodeCredentialTestResult,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';
import { PLATFORMS, platformNames } from '../../protocol/platforms';
import { registrationOf } from '../platforms/registrations';
import { describeOperations, runOperation, type Operation } from '../shared/node/operations';
import { testN8nApi } from './credentialTest';
import { greet } from './operations/greet';
import { page } from './operations/page';
import { request } from './operations/request';

/** In the order of the panel. */
const operations: Operation[] = [page, request, greet];

/** By which it is known to which bot somebody has written. */
const botsGreeted = platformNames.map(
	(platform): INodeCredentialDescription => ({
		name: registrationOf(platform).credential,
		displayName: `${PLATFORMS[platform].name} Bot (${PLATFORMS[platform].chineseName})`,
		required: false,
		displayOptions: { show: { operation: ['greet'] } },
	}),
);

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
				name: 'clawBotN8nApi',
				required: true,
				testedBy: 'testN8nApi',
				displayOptions: { show: { operation: ['page'] } },
			},
			...botsGreeted,
		],
		...describeOperations(operations, page),
	};

	methods = {
		credentialTest: {
			async testN8nApi(
				this: ICredentialTestFunctions,
				credential: ICredentialsDecrypted,
			): Promise<INodeCredentialTestResult> {
				return await testN8nApi(credential);
			},
		},
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runOperation(this, operations);
	}
}
