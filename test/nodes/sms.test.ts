import type { IDataObject } from 'n8n-workflow';
import type { Sandbox } from '../../sandbox/server';
import { SMS_SIGN_NAME, SMS_TEMPLATE_CODE } from '../../sandbox/sms';
import { controlOf, startTestSandbox } from '../sandbox/helpers';
import { logged, runWorkflow, type RunResult } from '../harness';
import { startServer } from './server';

let sandbox: Sandbox;
beforeAll(async () => (sandbox = await startTestSandbox()));
afterAll(async () => await sandbox.close());
beforeEach(async () => await controlOf(sandbox).post('/reset'));

interface Changes {
	credential?: IDataObject;
	parameters?: IDataObject;
	items?: IDataObject[];
}

async function send({
	credential = {},
	parameters = {},
	items = [{}],
}: Changes = {}): Promise<RunResult> {
	const account = { ...sandbox.world.accounts.clawBotAliyunSmsApi, ...credential };
	const node = {
		type: 'sms',
		onError: 'continueErrorOutput' as const,
		parameters: {
			phoneNumbers: "={{ $json.to ?? '13800138000' }}",
			signName: SMS_SIGN_NAME,
			templateCode: SMS_TEMPLATE_CODE,
			variables: { values: [{ name: 'title', value: "={{ $json.title ?? '测试' }}" }] },
			...parameters,
		},
	};
	const credentials = { clawBotAliyunSmsApi: account as never };
	return await runWorkflow([node], { items, credentials });
}

const sent = (): string[] =>
	sandbox.world.ledger
		.find({ service: 'sms' })
		.entries.filter(({ text }) => text !== undefined)
		.map(({ text, conversation }) => `${conversation} ${text}`);

const errorOf = ({ outputs }: RunResult): IDataObject =>
	outputs.SMS![1]![0]!.json.error as IDataObject;

it('sends what the gateway takes, and keeps the item', async () => {
	const items = [
		{ to: '13800138000,13900139000', title: '10.0.0.5 的 CPU 91.5% 超过 85%', key: 'k' },
		{ title: '好'.repeat(60) },
	];
	const { outputs } = await send({ items });
	expect(outputs.SMS![0]!.map(({ json }) => json)).toMatchObject([
		{ key: 'k', sms: { id: expect.any(String) } },
		{ sms: { id: expect.any(String) } },
	]);
	expect(sent()).toEqual([
		`13800138000,13900139000 【${SMS_SIGN_NAME}】10·0·0·5 的 CPU 91.5% 超过 85%`,
		`13800138000 【${SMS_SIGN_NAME}】${'好'.repeat(34)}…`,
	]);
});

it.each([
	['a wrong key', { credential: { accessKeySecret: 'w'.repeat(30) } }, 'SignatureDoesNotMatch'],
	['an unknown key', { credential: { accessKeyId: 'LTAI0' } }, 'InvalidAccessKeyId.NotFound'],
	[
		'a template that is not approved',
		{ parameters: { templateCode: 'SMS_9' } },
		'isv.SMS_TEMPLATE',
	],
	['a number that is none', { items: [{ to: '123' }] }, 'Phone number 1 of 1'],
	['a missing variable', { parameters: { variables: {} } }, 'isv.TEMPLATE_MISSING_PARAMETERS'],
])('says what is wrong with %s, without the secret', async (_, changes: Changes, words) => {
	const result = await send(changes);
	expect(JSON.stringify(errorOf(result))).toContain(words);
	expect(sent()).toEqual([]);
	const secret = sandbox.world.accounts.clawBotAliyunSmsApi.accessKeySecret;
	expect(JSON.stringify(result.run) + logged.join('\n')).not.toContain(secret);
});

it('says that there is no gateway, where none was chosen', async () => {
	const { outputs } = await runWorkflow([{ type: 'sms', onError: 'continueErrorOutput' }]);
	const { error } = outputs.SMS![1]![0]!.json;
	expect(error).toMatchObject({ message: expect.stringContaining('ClawBot Aliyun SMS API') });
});

it('says that the clock is off', async () => {
	await controlOf(sandbox).put('/clock', { offsetMs: 20 * 60_000 });
	expect(errorOf(await send())).toMatchObject({ cure: expect.stringContaining('NTP') });
});

it.each([
	[429, '{"Code":"Throttling.User","Message":"Request was denied"}', 'rateLimited'],
	[429, '<html>', 'rateLimited'],
	[503, '{"Code":"ServiceUnavailable"}', 'temporary'],
	[502, '<html>Bad Gateway</html>', 'temporary'],
])('says what a gateway that answers %i %s means', async (status, body, expected) => {
	await controlOf(sandbox).post('/faults', { service: 'sms', status, body });
	expect(errorOf(await send())).toMatchObject({ class: expected, cure: expect.any(String) });
	expect(sent()).toEqual([]);
});

it('does not send again what may have been sent', async () => {
	await controlOf(sandbox).post('/faults', { service: 'sms', cut: true, after: true });
	expect(errorOf(await send())).toMatchObject({ class: 'unknownOutcome' });
	expect(sandbox.world.ledger.find({ service: 'sms' }).entries).toHaveLength(1);
});

it.each(['hangs', 'drips'])('waits no longer than 15 s for a gateway that %s', async (how) => {
	const timeout = AbortSignal.timeout.bind(AbortSignal);
	const asked = jest.spyOn(AbortSignal, 'timeout').mockImplementation(() => timeout(300));
	const gateway = await startServer((_asked, response) => {
		const timer = setInterval(() => how === 'drips' && response.write(' '), 50);
		response.once('close', () => clearInterval(timer));
		return undefined;
	});
	const result = await send({ credential: { baseUrl: gateway.origin } });
	expect(errorOf(result)).toMatchObject({ class: 'unknownOutcome', code: 'ETIMEDOUT' });
	expect(asked).toHaveBeenCalledWith(15_000);
	expect(gateway.asked).toHaveLength(1);
	asked.mockRestore();
	await gateway.close();
});

it('knows when a number had its share of the day', async () => {
	await send({ items: Array.from({ length: 50 }, () => ({})) });
	expect(errorOf(await send())).toMatchObject({ class: 'quotaExhausted' });
});
