import type { ICredentialDataDecryptedObject, INodeCredentialTestResult } from 'n8n-workflow';
import { ownNode } from '../harness';
import { useSandbox } from '../sandbox/helpers';
import { startServer, type Answerer, type TestServer } from './server';

// What "Test" says in the panel of a credential: which field is wrong, and the cure.

const { sandbox } = useSandbox();

let other: TestServer;
beforeAll(async () => (other = await startServer(() => ({}))));
afterAll(async () => await other.close());

const testOf: Record<string, [node: string, test: string]> = {
	dingTalkAppApi: ['dingTalk', 'testApp'],
	feishuAppApi: ['feishu', 'testApp'],
	weComAppApi: ['weCom', 'testApp'],
	weComAiBotApi: ['weComTrigger', 'testAiBot'],
	dingTalkGroupRobotApi: ['dingTalk', 'testGroupRobot'],
	feishuGroupRobotApi: ['feishu', 'testGroupRobot'],
	weComGroupRobotApi: ['weCom', 'testGroupRobot'],
	clawBotModelApi: ['modelApi', 'testModel'],
	clawBotAliyunSmsApi: ['sms', 'testAliyunSms'],
};

const accountOf = (type: string): ICredentialDataDecryptedObject =>
	({ ...sandbox.world.accounts[type as 'dingTalkAppApi'] }) as ICredentialDataDecryptedObject;

async function test(type: string, changes: object = {}): Promise<INodeCredentialTestResult> {
	const [name, method] = testOf[type]!;
	const node = ownNode(name);
	// The node that n8n finds for a credential type is the one that names the test.
	const named = node.description.credentials!.find((credential) => credential.name === type)!;
	expect(named.testedBy).toBe(method);
	const data = { ...accountOf(type), ...changes };
	const run = node.methods!.credentialTest![method]!;
	return await run.call({} as never, { id: '1', name: 'x', type, data } as never);
}

const SHORT = 'short';
const LONG = `${'a'.repeat(43)}=`;

describe('The test of a credential', () => {
	it.each(Object.keys(testOf))('is content with a right %s', async (type) => {
		expect(await test(type)).toMatchObject({ status: 'OK' });
	});

	it.each([
		['dingTalkAppApi', { clientId: 'wrong' }, 'Client ID or Client Secret is wrong'],
		['dingTalkAppApi', { clientSecret: 'wrong' }, 'Client ID or Client Secret is wrong'],
		['dingTalkAppApi', { clientId: ' \u200b' }, 'Client ID is empty'],
		['dingTalkAppApi', { clientSecret: '' }, 'Client Secret is empty'],
		['dingTalkAppApi', { aesKey: SHORT }, 'AES Key must be 43'],
		['dingTalkAppApi', { aesKey: LONG }, 'AES Key must be 43'],
		['dingTalkAppApi', { aesKey: '' }, 'AES Key is empty, but Token is not'],
		['dingTalkAppApi', { token: '' }, 'Token is empty, but AES Key is not'],
		['dingTalkAppApi', { token: 'a b' }, 'Token has blanks'],
		['dingTalkAppApi', { oapiBaseUrl: '' }, 'Old API Base URL is no address'],
		['feishuAppApi', { appId: 'cli_wrong' }, 'App ID'],
		['feishuAppApi', { appSecret: 'wrong' }, 'App Secret is wrong'],
		['feishuAppApi', { appSecret: ' ' }, 'App Secret is empty'],
		[
			'feishuAppApi',
			{ verificationToken: '' },
			'Verification Token is empty, but Encrypt Key is not',
		],
		['feishuAppApi', { encryptKey: 'with\nbreak' }, 'Encrypt Key or Verification Token has blanks'],
		['weComAppApi', { corpId: 'ww-wrong' }, 'Corp ID is wrong'],
		['weComAppApi', { secret: 'wrong' }, 'Secret is wrong'],
		['weComAppApi', { agentId: '1000099' }, 'Agent ID is not that of the app'],
		['weComAppApi', { agentId: 'my app' }, 'Agent ID must be a number'],
		['weComAppApi', { encodingAesKey: SHORT }, 'Encoding AES Key must be 43'],
		['weComAppApi', { encodingAesKey: '' }, 'Encoding AES Key is empty, but Token is not'],
		['weComAppApi', { token: '' }, 'Token is empty, but Encoding AES Key is not'],
		['weComAiBotApi', { encodingAesKey: SHORT }, 'Encoding AES Key must be 43'],
		['weComAiBotApi', { token: '', encodingAesKey: '', secret: '' }, 'fill in Secret'],
		['weComAiBotApi', { token: '', encodingAesKey: '', botId: ' ' }, 'fill in Bot ID'],
		[
			'weComAiBotApi',
			{ token: '', encodingAesKey: '', botId: '', secret: '' },
			'Token and Encoding AES Key',
		],
		[
			'dingTalkGroupRobotApi',
			{ webhookUrl: 'https://oapi.dingtalk.com/robot/send' },
			'Webhook URL',
		],
		['dingTalkGroupRobotApi', { secret: 'keyword' }, 'Secret begins with SEC'],
		['feishuGroupRobotApi', { webhookUrl: 'https://open.feishu.cn' }, 'Webhook URL'],
		['weComGroupRobotApi', { webhookUrl: '' }, 'Webhook URL'],
		['clawBotModelApi', { apiKey: 'wrong' }, 'API Key is not accepted'],
		['clawBotModelApi', { apiKey: '' }, 'API Key is not accepted'],
		['clawBotModelApi', { apiKey: 'sk-…' }, 'API Key holds characters'],
		['clawBotModelApi', { baseUrl: '' }, 'Base URL'],
		['clawBotAliyunSmsApi', { accessKeyId: '' }, 'AccessKey ID is incomplete'],
		['clawBotAliyunSmsApi', { accessKeySecret: SHORT }, 'AccessKey Secret is incomplete'],
		['clawBotAliyunSmsApi', { baseUrl: 'dysmsapi.aliyuncs.com' }, 'Base URL must begin with'],
	])('names the field that is wrong, and the cure: %s %j', async (type, changes, words) => {
		const { status, message } = await test(type, changes);
		expect(status).toBe('Error');
		expect(message).toContain(words);
		for (const value of Object.values(changes)) {
			if (value.length > 10 && !/^https/.test(value)) expect(message).not.toContain(value);
		}
	});

	it.each([
		['dingTalkAppApi', { token: '', aesKey: '' }],
		['dingTalkAppApi', { clientId: ' {clientId}\n' }],
		['dingTalkAppApi', { baseUrl: '{baseUrl}/v1.0/' }],
		['feishuAppApi', { encryptKey: '', verificationToken: '' }],
		['feishuAppApi', { encryptKey: '' }],
		['feishuAppApi', { baseUrl: '{baseUrl}/open-apis/' }],
		['weComAppApi', { token: '', encodingAesKey: '' }],
		['weComAppApi', { baseUrl: ' {baseUrl}/cgi-bin/ ' }],
		['weComAppApi', { secret: '"{secret}"' }],
		['weComAiBotApi', { token: '', encodingAesKey: '' }],
		['weComAiBotApi', { botId: '', secret: '' }],
		['dingTalkGroupRobotApi', { secret: '' }],
		['clawBotModelApi', { apiKey: 'Bearer {apiKey}' }],
		['clawBotModelApi', { baseUrl: '{baseUrl}/chat/completions' }],
	])(
		'is content with what is not needed, and with what is pasted: %s %j',
		async (type, changes) => {
			const filled = Object.entries(changes).map(([field, value]) => [
				field,
				value.replace(/\{(\w+)\}/, (_, name: string) => String(accountOf(type)[name])),
			]);
			expect(await test(type, Object.fromEntries(filled))).toMatchObject({ status: 'OK' });
		},
	);

	const apps = ['dingTalkAppApi', 'feishuAppApi', 'weComAppApi', 'clawBotModelApi'];
	it.each(
		apps.flatMap((type) =>
			(
				[
					['another page', () => ({ body: '<html>Sign in</html>' })],
					['another API', () => ({ status: 404, body: { detail: 'Not Found' } })],
					['nothing', () => ({ body: '' })],
				] as Array<[string, Answerer]>
			).map(([name, answer]): [string, string, Answerer] => [type, name, answer]),
		),
	)('says of %s that the address is wrong where it finds %s', async (type, _, answer) => {
		other.answer = answer;
		const { status, message } = await test(type, { baseUrl: other.origin });
		expect(status).toBe('Error');
		expect(message).toContain('Base URL');
	});

	it.each(apps)('says of %s that the address is wrong where nobody listens', async (type) => {
		const gone = await startServer(() => ({}));
		await gone.close();
		const { message } = await test(type, { baseUrl: gone.origin });
		expect(message).toMatch(/^Base URL: .*ECONNREFUSED/);
	});

	it('asks a model without a list of models for an answer', async () => {
		const answering =
			(status: number): Answerer =>
			({ method }) =>
				method === 'GET'
					? { status: 404 }
					: { status, body: { error: { message: 'model is missing' } } };
		other.answer = answering(400);
		expect(await test('clawBotModelApi', { baseUrl: other.origin })).toMatchObject({
			status: 'OK',
		});
		other.answer = answering(401);
		expect((await test('clawBotModelApi', { baseUrl: other.origin })).message).toContain('API Key');
	});
});
