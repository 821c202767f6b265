import type { Sample } from '../../core/common/sample';
import { NodeHelpers, Workflow, type IDataObject } from 'n8n-workflow';
import { completeNode, logged, nodeTypesWith, runWorkflow, type TestNode } from '../harness';
import { defectiveRule, rule } from '../core/alerts/watch';

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
	return outputs['ClawBot Alerts']!.map((output) => output.map(({ json }) => json));
}

const message = (fields: IDataObject = {}): IDataObject => ({
	platform: 'dingtalk',
	messageId: 'm1',
	conversationId: 'ops',
	conversationType: 'group',
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
	({ rules: [rule()], saved: {}, orders: [{}], statesTable: 'x', ...fields }) as IDataObject;

const evaluate = async (samples: unknown, fields: IDataObject = {}): Promise<IDataObject[][]> =>
	await run('evaluate', [tables(fields)], { samples: samples as IDataObject });

test.each([
	['admit', ['Requests', 'Refusals']],
	['command', ['Orders', 'Answers']],
	['evaluate', ['State', 'Notifications', 'New Rules', 'Defects']],
])('The canvas shows the outputs of %s: %j', (operation, names) => {
	const nodeTypes = nodeTypesWith();
	const alerts = completeNode(node(operation), nodeTypes, {});
	const workflow = new Workflow({ nodes: [alerts], connections: {}, active: false, nodeTypes });
	const { description } = nodeTypes.getByNameAndVersion(alerts.type);
	const outputs = NodeHelpers.getNodeOutputs(workflow, alerts, description);
	expect(outputs).toEqual(names.map((displayName) => ({ type: 'main', displayName })));
});

describe('Evaluate', () => {
	it('gives what to save, and whom to tell', async () => {
		const [saved, notifications, newRules] = await evaluate([sample()]);
		expect(saved).toEqual([{ version: 1, list: expect.any(String), state: expect.any(String) }]);
		expect(saved![0]!.list).toContain('firing CPU：node-1 91% > 85%');
		expect(notifications).toMatchObject([
			{ channel: 'wecom', title: expect.stringContaining('node-1') },
		]);
		expect(newRules).toEqual([]);
	});

	it('reads again what it gave to save, and hands in again what was not sent', async () => {
		const samples = [sample(), sample({ target: 'node-2', value: 10 })];
		const [[row], notifications] = (await evaluate(samples)) as [[IDataObject], IDataObject[]];
		const kept = { ...row, id: 1, key: 'alerts', createdAt: 'x', updatedAt: 'y', told: null };
		const soon = [sample({ at: Date.now() + 60_000 })];
		const again = await evaluate(soon, { saved: kept });
		expect(again).toMatchObject([[{ version: 2 }], [], [], []]);
		const old = {
			...kept,
			state: String(row.state).replace(/"handedInAt":\d+/u, '"handedInAt":1'),
		};
		const keys = notifications.map(({ key }) => key);
		expect((await evaluate(soon, { saved: old }))[1]).toMatchObject([{ key: keys[0] }]);
		const told = JSON.stringify(keys);
		expect((await evaluate(soon, { saved: { ...old, told } }))[1]).toEqual([]);
	});

	it('logs a defect with its stack, and works the other rules', async () => {
		const rules = [defectiveRule(), rule()] as unknown as IDataObject[];
		const away = sample({ metric: 'up', value: null, error: 'TypeError: y', defect: true });
		logged.length = 0;
		const [, notifications, , defects] = await evaluate([sample(), away], { rules });
		expect(notifications).toHaveLength(1);
		expect(defects).toEqual([
			{ where: 'rule Defective', message: 'TypeError: x is not a function' },
			{ where: 'source nodes', message: 'TypeError: y' },
		]);
		expect(logged).toEqual([
			expect.stringMatching(/^error ClawBot Alerts: .*x is not.*rules\.ts:\d/su),
		]);
	});

	it('puts rules into an empty table, and tells nothing without samples', async () => {
		const [, notifications, newRules] = await evaluate([{}], { rules: [{}] });
		expect(notifications).toEqual([]);
		expect(newRules).toHaveLength(6);
		for (const samples of ['', [], [null], 'x', [{ error: 'refused' }]]) {
			expect(await evaluate(samples)).toMatchObject([[{ list: '没有告警 No alerts' }], [], [], []]);
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
		expect(await passed(allowed, message({ conversationType: 'direct' }))).toEqual([]);
		expect(await passed({}, message())).toEqual([]);
		expect(await passed(groups(['dingtalk', '']), message({ conversationId: '' }))).toEqual([]);
	});
});

describe('Carry Out Commands', () => {
	const command = async (saved: IDataObject, requests: unknown): Promise<IDataObject[][]> =>
		await run('command', [tables({ saved })], { requests: requests as IDataObject });

	it('answers the message that asked, and gives the orders', async () => {
		const [[saved]] = (await evaluate([sample()])) as [[IDataObject]];
		const code = /^[a-z2-7]{6}/mu.exec(saved.list as string)![0];
		const asked = message({ text: `/alert ack ${code}` });
		const [orders, answers] = await command(saved, [{ admitted: true, message: asked }]);
		expect(orders).toMatchObject([
			{ action: 'ack', scope: expect.stringMatching(code), by: '李强 dingtalk:u1', untilMs: 0 },
		]);
		expect(answers).toEqual([{ ...asked, answer: { text: '已确认 1 条 · Acknowledged 1' } }]);
		const soon = sample({ at: Date.now() + 60_000 });
		const [[after]] = (await evaluate([soon], { saved, orders })) as [[IDataObject]];
		expect(after.list).toMatch(/acknowledged CPU.*\(李强 dingtalk:u1\)/u);
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
			expect((await command({}, requests)).flat()).toEqual([]);
		}
	});
});
