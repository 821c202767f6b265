import type { IDataObject } from 'n8n-workflow';
import type { RunResult } from '../harness';
import { rule } from '../protocol/alerts/watch';
import { readBundled, runBundled, type Surroundings } from './bundled';

const names = ({ run }: RunResult): string[] =>
	Object.entries(run.data.resultData.runData)
		.sort(([, [a]], [, [b]]) => a!.executionIndex - b!.executionIndex)
		.map(([name]) => name);

const tables = (fields: IDataObject = {}): IDataObject =>
	({
		rules: [rule(), rule({ name: 'Wrong', metric: '' })],
		states: [{}],
		orders: [{}],
		rulesTable: 'clawbot_alert_rules',
		statesTable: 'clawbot_alerts',
		ordersTable: 'clawbot_alert_orders',
		...fields,
	}) as IDataObject;

describe('watch-metrics', () => {
	const sample = { source: 'test', metric: 'cpuPercent', target: 'node-1', value: 91 };

	async function watch(called: Surroundings['called'] = {}, known: IDataObject = tables()) {
		const sent: IDataObject[] = [];
		const run = await runBundled(readBundled('watch-metrics.json'), 'Every minute', [{}], {
			called: {
				clawbotCollect01: () => [{ ...sample, at: Date.now() }],
				clawbotAlertRead: () => [known],
				clawbotSendAlrt1: (items) => (sent.push(...items), items),
				...called,
			},
		});
		return { run, sent };
	}

	it('saves before it sends, and notes what was sent afterwards', async () => {
		const { run, sent } = await watch();
		expect(run.status).toBe('success');
		expect(names(run).slice(0, 7)).toEqual([
			'Every minute',
			'Measure',
			'Read rules, alerts and orders',
			'Hold the rules against it',
			'Save the states',
			'Tell people',
			'Save that they know',
		]);
		expect(sent.map(({ channel }) => channel)).toEqual(['wecom', 'operations']);
	});

	it('notes nothing as sent that was not: minutes later it is sent under the same key', async () => {
		const { run } = await watch({
			clawbotSendAlrt1: () => {
				throw new Error('away');
			},
		});
		expect(run.status).toBe('error');
		expect(names(run)).toContain('Save the states');
		expect(names(run)).not.toContain('Save that they know');
		const states = run.outputs['Hold the rules against it']![0]!.map(({ json }) => json);
		const first = run.outputs['Hold the rules against it']![1]!.map(({ json }) => json.key);
		const { sent: soon } = await watch({ clawbotCollect01: () => [] }, tables({ states }));
		expect(soon).toEqual([]);
		for (const state of states) {
			state.outbox = String(state.outbox).replace(/"handedInAt":\d+/gu, '"handedInAt":1');
		}
		const { sent } = await watch({ clawbotCollect01: () => [] }, tables({ states }));
		expect(sent.map(({ key }) => key)).toEqual(first);
	});

	it('goes on where nothing is measured, and puts rules into an empty table', async () => {
		const empty = tables({ rules: [{}] });
		const { run, sent } = await watch({ clawbotCollect01: () => [] }, empty);
		expect(run.status).toBe('success');
		expect(sent).toEqual([]);
		expect(names(run)).toContain('Put in the first rules');
		expect(names(run)).not.toContain('Tell people');
	});
});

it('read-alerts returns one item, also of empty tables', async () => {
	const read = async (rows: Record<string, IDataObject[]>): Promise<IDataObject[]> => {
		const run = await runBundled(readBundled('read-alerts.json'), 'What is known of alerts?', [{}], {
			tables: rows,
		});
		return run.outputs['All in one item']![0]!.map(({ json }) => json);
	};
	const rows = [{ key: 'a' }, { key: 'b' }];
	expect(await read({ clawbot_alerts: rows })).toMatchObject([
		{ rules: [{}], states: rows, orders: [{}], statesTable: 'clawbot_alerts' },
	]);
	expect(await read({})).toHaveLength(1);
});

describe('a command about alerts', () => {
	const message = (fields: IDataObject = {}): IDataObject => ({
		platform: 'dingtalk',
		kind: 'message',
		messageId: 'm1',
		conversationId: 'ops',
		conversationType: 'group',
		sender: { id: 'u1', name: '李强' },
		text: '/alert list',
		receivedAt: new Date().toISOString(),
		replyTo: { platform: 'dingtalk', messageId: 'm1' },
		...fields,
	});

	it.each(['/alert list', '/告警 列表', '/Alert ack all'])('%s goes to alert commands', async (text) => {
		const asked: IDataObject[] = [];
		const run = await runBundled(
			readBundled('answer-bot-messages.json'),
			'When a message is tried again',
			[message({ text })],
			{ called: { clawbotAlertCmd1: (items) => (asked.push(...items), items) } },
		);
		expect(asked).toMatchObject([{ text }]);
		expect(names(run)).not.toContain('Answer with the model');
	});

	it('of a stranger reads nothing, and is not answered', async () => {
		const workflow = readBundled('alert-commands.json');
		const gate = workflow.nodes.find(({ name }) => name === 'Only from operations groups')!;
		const ask = async (conversationId: string): Promise<string[]> => {
			const first = 'Commands from chats';
			const called = { clawbotAlertRead: () => [tables()], clawbotKeep0001: () => [] };
			return names(await runBundled(workflow, first, [message({ conversationId })], { called }));
		};
		expect(await ask('ops')).toEqual(['Commands from chats', 'Only from operations groups']);
		const group = { platform: 'dingtalk', conversationId: 'ops' };
		gate.parameters.operationsGroups = { groups: [group] };
		expect(await ask('strangers')).toEqual(['Commands from chats', 'Only from operations groups']);
		expect(await ask('ops')).toContain('Answer the command');
	});
});
