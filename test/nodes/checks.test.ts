import type { IDataObject } from 'n8n-workflow';
import { runWorkflow, type TestNode } from '../harness';

/** Runs one operation and gives the `json` of each of its outputs. */
async function run(
	operation: string,
	items: IDataObject[],
	parameters: IDataObject = {},
): Promise<IDataObject[][]> {
	const node = { type: 'checks', parameters: { operation, ...parameters } };
	const { outputs, error } = await runWorkflow([node as unknown as TestNode], {
		items,
		executionId: '7',
	});
	if (error) throw error;
	return outputs['ClawBot Checks']!.map((output) => output.map(({ json }) => json));
}

const host = {
	name: 'bot-1',
	address: '192.0.2.1',
	port: 2222,
	user: 'clawbot',
	enabled: true,
	note: 'x',
};

describe('Choose Hosts', () => {
	it('gives each host what it is asked for', async () => {
		expect(await run('chooseHosts', [host])).toEqual([
			[expect.objectContaining({ name: 'bot-1', port: 2222, check: 'clock', run: '' })],
		]);
		const [[asked]] = (await run('chooseHosts', [host], {
			lookFor: 'security',
			files: "/etc/a 600\n/etc/b'c 640, nonsense",
			certificates: 'bot.example.com:443; $(reboot):443',
		})) as [[IDataObject]];
		expect(asked).toMatchObject({
			check: 'security',
			run: '7',
			files: `'/etc/a' '/etc/b'\\''c'`,
			certificates: `'bot.example.com:443'`,
		});
	});

	it('gives nothing where no host is listed, or none is usable', async () => {
		expect(await run('chooseHosts', [{}])).toEqual([[]]);
		expect(await run('chooseHosts', [{ ...host, address: 'a b' }])).toEqual([[]]);
	});
});

describe('Fields that take the items of other nodes', () => {
	it.each([[''], ['nonsense'], [{ a: 1 }], [[null, 'x', {}]]])(
		'hold nothing where they hold %j',
		async (value) => {
			const field = value as unknown as string;
			const clocks = { platforms: field, hosts: field, looks: field };
			const [notifications, states] = await run('judgeClocks', [{}], clocks);
			expect([notifications, states]).toEqual([
				[],
				[expect.objectContaining({ level: 'unknown' })],
			]);
			const security = { allowed: field, hosts: field, looks: field, audit: field, keys: field };
			const [report] = await run('reportSecurity', [{}], security);
			expect(report![0]!.text).toContain('没有检查 Not checked');
			expect(await run('explainSlow', [{}], { list: field, platforms: field })).toEqual([[]]);
		},
	);
});

it('Times answers without keeping their words', async () => {
	const at = new Date(1_800_000_000_000).toISOString();
	const item = {
		messageId: 'm',
		platform: 'wecom',
		text: '机密',
		receivedAt: at,
		sentAt: at,
		delivery: { at },
	};
	const runData = { Reply: [{ startTime: 1_800_000_000_000, data: { main: [[{ json: item }]] } }] };
	const [answers] = await run('timePushes', [
		{ id: 3, workflowId: 'w', data: { resultData: { runData } } },
		{ message: 'Not Found' },
	]);
	expect(answers).toEqual([
		{
			platform: 'wecom',
			at: 1_800_000_000_000,
			parts: {},
			totalMs: 0,
			workflowId: 'w',
			executionId: '3',
		},
	]);
});

it('Explains the network by no request over which the clock was set back', async () => {
	const at = Date.now();
	const answer = { platform: 'wecom', at, totalMs: 5000, parts: { send: 5000 } };
	const platforms = (took: number): IDataObject[] => [
		{ platform: 'wecom', before: at, after: at + took, date: new Date(at).toUTCString() },
	];
	const explained = async (took: number): Promise<string> => {
		const parameters = { list: [], platforms: platforms(took) } as unknown as IDataObject;
		const [[notification]] = (await run('explainSlow', [answer], parameters)) as [[IDataObject]];
		return notification.text as string;
	};
	expect(await explained(1000)).toContain('网络 network: 20%');
	expect(await explained(-60_000)).toMatch(/platform, and its failures: 100%（中位 median 5\.0 s/);
});
