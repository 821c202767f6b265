import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startSystem } from '../../scripts/system/system';
import type { System } from './bot';
import { editorOf, type Editor } from './editor';

// What n8n's own "Test" says of each of our credentials, on a real n8n with the packed package: what a test
// itself decides is the matter of test/nodes/credentialTests.test.ts.

interface Result {
	status: 'OK' | 'Error';
	message: string;
}
type Data = Record<string, unknown>;

let system: System;
let editor: Editor;

beforeAll(async () => {
	system = await startSystem({ workflowsDir: null });
	editor = await editorOf(system);
});
afterAll(async () => await system?.stop());

/** One field of each credential that is wrong, and what is said. */
const WRONG: Array<[type: string, changes: Data, words: string]> = [
	['dingTalkAppApi', { aesKey: 'short' }, 'AES Key must be 43 letters and digits'],
	['dingTalkGroupRobotApi', { secret: 'keyword' }, 'Secret begins with SEC'],
	['feishuAppApi', { appSecret: 'wrong' }, 'App Secret is wrong'],
	['feishuGroupRobotApi', { webhookUrl: 'https://open.feishu.cn' }, 'Webhook URL must be'],
	['weComAppApi', { agentId: '1000099' }, 'Agent ID is not that of the app'],
	['weComAiBotApi', { token: '' }, 'Token is empty, but Encoding AES Key is not'],
	['weComGroupRobotApi', { webhookUrl: '' }, 'Webhook URL must be'],
	['clawBotModelApi', { apiKey: 'wrong' }, 'API Key is not accepted'],
	['clawBotAliyunSmsApi', { accessKeySecret: 'short' }, 'AccessKey Secret is incomplete'],
	['clawBotTokenSigningApi', { audience: '' }, 'Audience is empty'],
	['clawBotInstanceApi', { apiKey: 'wrong' }, 'API Key is not accepted'],
];

it.each(WRONG)(
	'Test accepts a right %s, and names what is wrong in it: %j',
	async (type, changes, words) => {
		const stored = await editor<Array<{ id: string; type: string }>>('GET', 'credentials');
		const { id } = stored.find((credential) => credential.type === type)!;
		// As the panel has it: secrets are blanked, and n8n puts them in again.
		const { data, name } = await editor<{ data: Data; name: string }>(
			'GET',
			`credentials/${id}?includeData=true`,
		);
		const test = async (changed: Data): Promise<Result> =>
			await editor('POST', 'credentials/test', {
				credentials: { id, name, type, data: { ...data, ...changed } },
			});
		expect(await test({})).toMatchObject({ status: 'OK' });
		const wrong = await test(changes);
		expect(wrong).toMatchObject({ status: 'Error', message: expect.stringContaining(words) });
	},
);

it('every credential of the package is among them', () => {
	const manifest = readFileSync(join(__dirname, '../../package.json'), 'utf8');
	const { n8n } = JSON.parse(manifest) as { n8n: { credentials: string[] } };
	const names = n8n.credentials.map((file) => /(\w+)\.credentials\.js$/.exec(file)![1]!);
	const types = names.map((name) => name.replace(/^\w/, (letter) => letter.toLowerCase()));
	expect(WRONG.map(([type]) => type).sort()).toEqual(types.sort());
});
