import { NodeHelpers, Workflow, type IDataObject } from 'n8n-workflow';
import type { Sample } from '../../protocol/alerts/contract';
import { completeNode, nodeTypesWith, runWorkflow, type TestNode } from '../harness';
import { rule } from '../protocol/alerts/watch';

const node = (operation: string, parameters: IDataObject = {}): TestNode =>
	({ type: 'alerts', parameters: { operation, ...parameters } }) as unknown as TestNode;

/** Runs one operation and gives the `json` of each of its outputs. */
async function run(
	operation: string,
	items: IDataObject[],
	parameters: IDataObject = {},
): Promise<IDataObject[][]> {
	const { outputs, error } = await runWorkflow([node(operation, parameters)], { items });
	if (error) throw error;
	return outputs.Alerts!.map((output) => output.map(({ json }) => json));
}

const message = (fields: IDataObject = {}): IDataObject => ({
	platform: 'dingtalk',
	messageId: 'm1',
	conversationId: 'ops',
	sender: { id: 'u1', name: '李强' },
	text: '/alert list',
	replyTo: { platform: 'dingtalk', messageId: 'm1' },
	...fields,
});

const sample = (fields: Partial<Sample> = {}): Sample => ({
	source: 'nodes',
	metric: 'cpuPercent',
	target: 'node-1',
	value: 91,
	at: Date.now(),
	...fields,
});

const tables = (fields: IDataObject = {}): IDataObject =>
	({ rules: [rule()], states: [{}], orders: [{}], statesTable: 'x', ...fields }) as IDataObject;

const evaluate = async (samples: unknown, fields: IDataObject = {}): Promise<IDataObject[][]> =>
	await run('evaluate', [tables(fields)], { samples: samples as IDataObject });

test.each([
	['admit', ['Requests']],
	['command', ['Orders', 'Answers']],
	['evaluate', ['States', 'Notices', 'Told', 'New Rules']],
])('The canvas shows the outputs of %s: %j', (operation, names) => {
	const nodeTypes = nodeTypesWith();
	const alerts = completeNode(node(operation), nodeTypes, {});
	const workflow = new Workflow({ nodes: [alerts], connections: {}, active: false, nodeTypes });
	const { description } = nodeTypes.getByNameAndVersion(alerts.type);
	const outputs = NodeHelpers.getNodeOutputs(workflow, alerts, description);
	expect(outputs).toEqual(names.map((displayName) => ({ type: 'main', displayName })));
});

describe('Evaluate', () => {
	it('gives what to save, whom to tell, and what to save then', async () => {
		const [states, notices, told, newRules] = await evaluate([sample()]);
		expect(states).toMatchObject([{ key: '*' }, { target: 'node-1', status: 'firing' }]);
		expect(notices).toMatchObject([{ channel: 'wecom', title: expect.stringContaining('node-1') }]);
		const [, { key, outbox: before }] = states as [IDataObject, IDataObject];
		expect(told).toEqual([{ key, before, outbox: '[]' }]);
		expect(newRules).toEqual([]);
	});

	it('gives rows of plain columns, which it reads again as n8n keeps them', async () => {
		const samples = [sample(), sample({ target: 'node-2', value: 10 })];
		const [states, notices] = await evaluate(samples);
		for (const row of states!) {
			for (const value of Object.values(row)) expect(typeof (value ?? '')).not.toBe('object');
		}
		const kept = states!.map(
			(row): IDataObject => ({ ...row, id: 1, createdAt: 'x', updatedAt: 'y' }),
		);
		const again = await evaluate([sample({ at: Date.now() + 60_000 })], { states: kept });
		const [row] = again[0]!;
		expect(Object.keys(row!)).toEqual(Object.keys(states![0]!));
		// Not sent as far as the row says, and long ago: the same message under the same key.
		const old = kept.map((each) => ({
			...each,
			outbox: String(each.outbox).replace(/"handedInAt":\d+/u, '"handedInAt":1'),
		}));
		const keys = (output: IDataObject[] = []): unknown[] => output.map(({ key }) => key);
		expect(keys((await evaluate([], { states: old }))[1])).toEqual(keys(notices));
		expect(keys(again[1])).toEqual([]);
	});

	it('puts rules into an empty table, and does nothing without samples', async () => {
		const [states, notices, told, newRules] = await evaluate([{}], { rules: [{}] });
		expect([states, notices, told]).toEqual([[], [], []]);
		expect(newRules).toHaveLength(5);
		for (const samples of ['', [], [null], 'x', [{ error: 'refused' }]]) {
			expect((await evaluate(samples)).flat()).toEqual([]);
		}
	});
});

describe('Admit Commands', () => {
	const groups = (...values: Array<[platform: string, conversationId: string]>): IDataObject => ({
		operationsGroups: {
			groups: values.map(([platform, conversationId]) => ({ platform, conversationId })),
		},
	});

	it('lets nobody pass but the operations groups', async () => {
		const passed = async (parameters: IDataObject, ...items: IDataObject[]): Promise<unknown> =>
			(await run('admit', items, parameters))[0]!.flatMap(({ requests }) => requests);
		const allowed = groups(['dingtalk', ' ops ']);
		expect(await passed(allowed, message())).toEqual([{ admitted: true, message: message() }]);
		expect(await passed(allowed, message({ conversationId: 'ops2' }))).toEqual([]);
		expect(await passed(allowed, message({ platform: 'feishu' }))).toEqual([]);
		expect(await passed({}, message())).toEqual([]);
		expect(await passed(groups(['dingtalk', '']), message({ conversationId: '' }))).toEqual([]);
	});
});

describe('Carry Out Commands', () => {
	const command = async (states: IDataObject[], requests: unknown): Promise<IDataObject[][]> =>
		await run('command', [tables({ states })], { requests: requests as IDataObject });

	it('answers the message that asked, and gives the orders', async () => {
		const [states] = await evaluate([sample()]);
		const asked = message({ text: '/alert ack all' });
		const [orders, answers] = await command(states!, [{ admitted: true, message: asked }]);
		expect(orders).toMatchObject([
			{ action: 'ack', scope: states![1]!.key, by: '李强 dingtalk:u1', untilMs: 0 },
		]);
		expect(answers).toEqual([{ ...asked, answer: { text: '已确认 1 条 · Acknowledged 1' } }]);
		const [after] = await evaluate([sample({ at: Date.now() + 60_000 })], { states, orders });
		expect(after).toMatchObject([{ status: 'acknowledged', by: '李强 dingtalk:u1' }]);
	});

	it('does nothing for what was not admitted', async () => {
		const text = '/alert silence 1h all';
		for (const requests of [
			[message({ text })],
			[{ message: message({ text }) }],
			[{ admitted: 'true', message: message({ text }) }],
			[null],
			'',
		]) {
			expect((await command([], requests)).flat()).toEqual([]);
		}
	});
});
