import { randomBytes } from 'node:crypto';
import {
	NodeConnectionTypes,
	NodeOperationError,
	type ICredentialsDecrypted,
	type ICredentialTestFunctions,
	type IDataObject,
	type IExecuteFunctions,
	type INodeCredentialTestResult,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { asText } from '../../protocol/fields';
import { classify } from '../../protocol/sms/errors';
import { BadSms, smsQuery } from '../../protocol/sms/message';
import { signCall } from '../../protocol/sms/sign';
import { credentialOf } from '../shared/http/credentials';
import { eachItem } from '../shared/node/items';
import { request } from '../shared/http/transport';
import { expected } from '../../core/common/defects';

/** The gateway allows a user far more; alerts are few. */
const CONCURRENCY = 5;
const TIMEOUT_MS = 15_000;

const CREDENTIAL = { name: 'clawBotAliyunSmsApi', displayName: 'ClawBot Aliyun SMS API' };

interface Variable {
	name?: string;
	value?: string;
}

/** Sends text messages through Alibaba Cloud's SMS service. */
export class Sms implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'SMS',
		name: 'sms',
		icon: { light: 'file:sms.svg', dark: 'file:sms.dark.svg' },
		group: ['output'],
		version: 1,
		subtitle: '={{ $parameter.templateCode }}',
		description: 'Send text messages through Alibaba Cloud (阿里云短信服务)',
		defaults: { name: 'SMS' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		// Not required: n8n would publish no workflow with this node for those who have no gateway.
		credentials: [{ name: 'clawBotAliyunSmsApi', testedBy: 'testAliyunSms' }],
		properties: [
			{
				displayName: 'Phone Numbers',
				name: 'phoneNumbers',
				type: 'string',
				default: '',
				placeholder: '13800138000, 13900139000',
				description: 'Separated by commas, at most 100',
			},
			{
				displayName: 'Signature',
				name: 'signName',
				type: 'string',
				default: '',
				description: 'Name of an approved signature (短信签名) of the account',
			},
			{
				displayName: 'Template Code',
				name: 'templateCode',
				type: 'string',
				default: '',
				placeholder: 'SMS_123456789',
				description: 'An approved template (模板 CODE) of the account',
			},
			{
				displayName: 'Variables',
				name: 'variables',
				type: 'fixedCollection',
				typeOptions: { multipleValues: true },
				placeholder: 'Add variable',
				default: {},
				description:
					'What the template has as <code>${name}</code>. Texts are cut to 35 characters, and dots of addresses replaced: the gateway refuses them.',
				options: [
					{
						displayName: 'Variable',
						name: 'values',
						values: [
							{ displayName: 'Name', name: 'name', type: 'string', default: '' },
							{ displayName: 'Value', name: 'value', type: 'string', default: '' },
						],
					},
				],
			},
		],
	};

	methods = { credentialTest: { testAliyunSms } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return [await eachItem(this, CONCURRENCY, async (_item, index) => await send(this, index))];
	}
}

const isWholeKey = (key: unknown): boolean => /^\S{16,}$/.test(asText(key).trim());

/** There is no call that proves the keys and sends nothing, with the one right that they should have. */
async function testAliyunSms(
	this: ICredentialTestFunctions,
	{ data }: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
	const { accessKeyId, accessKeySecret, baseUrl } = data ?? {};
	if (!isWholeKey(accessKeyId)) {
		const message = 'AccessKey ID is incomplete: copy it again from RAM 访问控制 → 用户';
		return { status: 'Error', message };
	}
	if (!isWholeKey(accessKeySecret)) {
		const message =
			'AccessKey Secret is incomplete: it is shown once, when the AccessKey is made in RAM 访问控制 → 用户';
		return { status: 'Error', message };
	}
	if (!/^https?:\/\/./.test(String(baseUrl))) {
		return { status: 'Error', message: 'Base URL must begin with https://' };
	}
	return { status: 'OK', message: 'The keys are well formed; send a message to be sure' };
}

async function send(ctx: IExecuteFunctions, itemIndex: number): Promise<IDataObject> {
	const credential = await credentialOf(ctx, CREDENTIAL);
	const base = String(credential.baseUrl ?? '').replace(/\/+$/, '');
	if (!URL.canParse(base)) {
		throw new NodeOperationError(ctx.getNode(), 'Base URL in the credential is no address', {
			itemIndex,
		});
	}
	const { query, headers } = signCall(
		{
			method: 'POST',
			host: new URL(base).host,
			action: 'SendSms',
			version: '2017-05-25',
			query: queryOf(ctx, itemIndex),
			date: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
			nonce: randomBytes(16).toString('hex'),
		},
		{
			accessKeyId: String(credential.accessKeyId).trim(),
			accessKeySecret: String(credential.accessKeySecret).trim(),
		},
	);
	const answer = await request(ctx, {
		service: 'SMS',
		options: { method: 'POST', url: `${base}/?${query}`, headers, timeout: TIMEOUT_MS },
		classify,
		credential,
		itemIndex,
	});
	return { sms: { id: answer.BizId, at: new Date().toISOString() } };
}

/** @throws NodeOperationError that says which field is wrong */
function queryOf(ctx: IExecuteFunctions, itemIndex: number): Record<string, string> {
	const field = (name: string): string => String(ctx.getNodeParameter(name, itemIndex, '') ?? '');
	const { values = [] } = ctx.getNodeParameter('variables', itemIndex, {}) as {
		values?: Variable[];
	};
	const variables = values.map(({ name = '', value }) => [name.trim(), String(value ?? '')]);
	try {
		return smsQuery({
			phoneNumbers: field('phoneNumbers'),
			signName: field('signName'),
			templateCode: field('templateCode'),
			variables: Object.fromEntries(variables.filter(([name]) => name !== '')),
		});
	} catch (error) {
		throw new NodeOperationError(ctx.getNode(), expected(error, BadSms), { itemIndex });
	}
}
