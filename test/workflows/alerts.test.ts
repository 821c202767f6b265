import type { IDataObject } from 'n8n-workflow';
import type { RunResult } from '../harness';
import { rule } from '../core/alerts/watch';
import { readBundled, runBundled, type Surroundings } from './bundled';

const names = ({ run }: RunResult): string[] =>
	Object.entries(run.data.resultData.runData)
		.sort(([, [a]], [, [b]]) => a!.executionIndex - b!.executionIndex)
		.map(([name]) => name);

const tables = (fields: IDataObject = {}): IDataObject =>
	({
		rules: [rule(), rule({ name: 'Wrong', metric: '' })],
		saved: { id: 1, key: 'alerts', version: null, state: null },
		orders: [{}],
		rulesTable: 'clawbot_alert_rules',
		statesTable: 'clawbot_alerts',
		ordersTable: 'clawbot_alert_orders',
		...fields,
	}) as IDataObject;

describe('watch-metrics', () => {
	const sample = { source: 'test', metric: 'cpuPercent', target: 'node-1', value: 91 };

	/** @param row what the table gives back where something is written; nothing where another run was faster */
	async function watch(
		called: Surroundings['called'] = {},
		known: IDataObject = tables(),
		row: IDataObject[] = [{ id: 1 }],
	) {
		const sent: IDataObject[] = [];
		const run = await runBundled(readBundled('watch-metrics.json'), 'Every minute', [{}], {
			tables: { clawbot_alerts: row },
			called: {
				clawbotCollect01: () => [{ ...sample, at: Date.now() }],
				clawbotAlertRead: () => [known],
				clawbotSendAlrt1: (items) => (sent.push(...items), []),
				...called,
			},
		});
		return { run, sent };
	}

	const HOLD = 'Hold the rules against it';

	it('saves before it sends, and notes what was sent afterwards', async () => {
		const { run, sent } = await watch();
		expect(run.status).toBe('success');
		expect(names(run).slice(0, 8)).toEqual([
			'Every minute',
			'Measure',
			'Read rules, alerts and orders',
			HOLD,
			'Save how they stand',
			'Only what was saved',
			'Tell people',
			'Save that they know',
		]);
		expect(sent.map(({ channel }) => channel)).toEqual(['wecom', 'operations']);
	});

	it('sends nothing, and notes nothing, where another run was faster', async () => {
		const { run, sent } = await watch({}, tables(), []);
		expect(run.status).toBe('success');
		expect(run.outputs[HOLD]![1]).toHaveLength(2);
		expect(sent).toEqual([]);
		expect(names(run)).not.toContain('Tell people');
		expect(names(run)).not.toContain('Save that they know');
	});

	it('notes nothing as sent that was not: minutes later it is sent under the same key', async () => {
		const { run } = await watch({
			clawbotSendAlrt1: () => {
				throw new Error('away');
			},
		});
		expect(run.status).toBe('error');
		expect(names(run)).toContain('Save how they stand');
		expect(names(run)).not.toContain('Save that they know');
		const [saved] = run.outputs[HOLD]![0]!.map(({ json }) => json);
		const first = run.outputs[HOLD]![1]!.map(({ json }) => json.key);
		const none = { clawbotCollect01: () => [] };
		expect((await watch(none, tables({ saved: saved! }))).sent).toEqual([]);
		const state = String(saved!.state).replace(/"handedInAt":\d+/gu, '"handedInAt":1');
		const { sent } = await watch(none, tables({ saved: { ...saved, state } }));
		expect(sent.map(({ key }) => key)).toEqual(first);
	});

	it('ends in error after a defect, when everything else is done', async () => {
		const away = { ...sample, metric: 'up', value: null, error: 'TypeError: x', defect: true };
		const collected = { clawbotCollect01: () => [sample, away].map((each) => ({ ...each, at: Date.now() })) };
		const { run, sent } = await watch(collected);
		expect(sent).toHaveLength(2);
		expect(names(run).slice(-2)).toEqual(['Save that they know', 'End in error after a defect']);
		expect(run.status).toBe('error');
		expect(run.error?.message).toContain('A defect of ClawBot at source test: TypeError: x.');
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
	const orders = [{ key: 'a' }, { key: 'b' }];
	// Somebody has copied the row: the first one counts.
	const clawbot_alerts = [7, 1].map((id) => ({ id, key: 'alerts', version: null }));
	expect(await read({ clawbot_alerts, clawbot_alert_orders: orders })).toMatchObject([
		{ rules: [{}], saved: clawbot_alerts[1], orders, statesTable: 'clawbot_alerts' },
	]);
	expect(await read({ clawbot_alerts })).toHaveLength(1);
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

	it('of a stranger reads nothing, and is answered once a day that it is not allowed', async () => {
		const workflow = readBundled('alert-commands.json');
		const gate = workflow.nodes.find(({ name }) => name === 'Only from operations groups')!;
		const checked = ['Commands from chats', 'Only from operations groups'];
		const ask = async (conversationId: string): Promise<string[]> => {
			const called = { clawbotAlertRead: () => [tables()], clawbotKeep0001: () => [] };
			return names(
				await runBundled(workflow, checked[0]!, [message({ conversationId })], { called }),
			);
		};
		for (const conversation of ['ops', 'strangers']) {
			expect((await ask(conversation)).slice(0, 3)).toEqual([...checked, 'Answer the command']);
			expect(await ask(conversation)).toEqual(checked);
		}
		const group = { platform: 'dingtalk', conversationId: 'ops' };
		gate.parameters.operationsGroups = { groups: [group] };
		expect(await ask('strangers')).toEqual(checked);
		expect(await ask('ops')).toContain('Answer the command');
	});
});
