import type { Sample } from '../../core/common/sample';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Alert } from '../../core/alerts/alert';
import { readState } from '../../core/alerts/state';
import { paths } from '../../scripts/machine/paths';
import { startSystem } from '../../scripts/system/system';
import { dependencies, readWorkflows } from '../../scripts/workflows/workflows';
import { startServer, type TestServer } from '../nodes/server';
import { World, type Said, type System } from './bot';
import { publish, unpublish } from './editor';
import { addRows, rowsOf, seen } from './seen';
import { until } from './until';

/*
 * Alerts as operators meet them, through the bundled workflows: the tables, the messages, the commands. What is
 * measured comes from the test, a minute of it at every look.
 */

const WANTED = ['clawbotWatch001', 'clawbotAnswer001'];
const MEASURING = 'clawbotCollect01';
const OPERATIONS: Said = { platform: 'dingtalk', type: 'group', conversation: 'cidOperations==' };
const STRANGERS: Said = { platform: 'dingtalk', type: 'group', conversation: 'cidStrangers==' };

let system: System;
let world: World;
let source: TestServer;
let measured: Array<Pick<Sample, 'metric' | 'target' | 'value'>> = [];
let minutes = 0;
/** Whether what n8n says of its long connections is measured too. */
let withConnections = false;
/** Long enough ago that no look is in the future. */
const began = Date.now() - 5 * 60 * 60_000;
const folder = mkdtempSync(join(tmpdir(), 'clawbot-workflows-'));

/** In place of what really measures: tells the test of the connections, and asks it what to say. */
const measuring = (url: string): object => ({
	id: MEASURING,
	name: 'Test: measure',
	active: false,
	nodes: [
		{
			id: 'start',
			name: 'Start',
			type: 'n8n-nodes-base.executeWorkflowTrigger',
			typeVersion: 1.1,
			position: [0, 0],
			parameters: { inputSource: 'passthrough' },
		},
		{
			id: 'connections',
			name: 'Connections',
			type: 'n8n-nodes-clawbot.metrics',
			typeVersion: 1,
			position: [208, 0],
			parameters: { operation: 'connections' },
			alwaysOutputData: true,
		},
		{
			id: 'ask',
			name: 'Ask',
			type: 'n8n-nodes-base.httpRequest',
			typeVersion: 4.2,
			position: [416, 0],
			parameters: {
				url,
				method: 'POST',
				sendBody: true,
				specifyBody: 'json',
				jsonBody: "={{ JSON.stringify($('Connections').all().map(({ json }) => json)) }}",
				options: {},
			},
			executeOnce: true,
		},
	],
	connections: {
		Start: { main: [[{ node: 'Connections', type: 'main', index: 0 }]] },
		Connections: { main: [[{ node: 'Ask', type: 'main', index: 0 }]] },
	},
	settings: { executionOrder: 'v1' },
});

interface Parameters {
	[name: string]: unknown;
}

/** The workflows of this part and what they call, as an operator fills them in; the clock ticks faster. */
function fillIn(): void {
	const byId = new Map(readWorkflows(paths.workflows).map((entry) => [entry.workflow.id, entry]));
	const used = new Set(WANTED);
	for (const id of used) {
		for (const other of id === MEASURING ? [] : dependencies(byId.get(id)!.workflow))
			used.add(other);
	}
	for (const id of used) {
		const { file, workflow } = byId.get(id)!;
		const nodes = workflow.nodes as Array<{ name: string; parameters: Parameters }>;
		for (const { name, parameters } of nodes) {
			if (name === 'Every minute') {
				parameters.rule = { interval: [{ field: 'seconds', secondsInterval: 2 }] };
			}
			if (name === 'Only from operations groups') {
				const { platform, conversation } = OPERATIONS;
				const group = { platform, conversationId: conversation };
				parameters.operationsGroups = { groups: [group] };
			}
		}
		const own = id === MEASURING ? measuring(`${source.origin}/samples`) : workflow;
		writeFileSync(join(folder, file), JSON.stringify(own));
	}
}

interface SavedRow {
	list: string | null;
	state: string | null;
}

async function alerts(): Promise<Alert[]> {
	const [row, ...others] = await rowsOf<SavedRow>(system, 'clawbot_alerts');
	expect(others).toEqual([]);
	return [...readState(row).alerts.values()];
}
const statusOf = async (target: string): Promise<string | undefined> =>
	(await alerts()).find((alert) => alert.target === target)?.status;

/** Waits for three more looks: the first of them has ended then, what it told included. */
async function moreLooks(): Promise<void> {
	const looks = minutes;
	await until(
		'more looks',
		() => minutes,
		(now) => now > looks + 2,
	);
}

/** What the operations group can read. */
const inGroup = async (words: string): Promise<string[]> =>
	(await seen(world, words)).map(({ text }) => text);

async function command(text: string): Promise<string> {
	const { messageId } = await world.say({ ...OPERATIONS, text });
	return (await world.answered(messageId)).map((answer) => answer.text).join('\n');
}

beforeAll(async () => {
	source = await startServer(({ body }) => {
		minutes++;
		const at = began + minutes * 60_000;
		const told = measured.map((each) => ({ source: 'test', ...each, at }));
		const own = withConnections ? (body as Sample[]) : [];
		return { body: [...told, ...own.map((each) => ({ ...each, at }))] };
	});
	fillIn();
	system = await startSystem({
		workflowsDir: folder,
		connection: 'stream',
		// n8n publishes no workflow whose nodes lack a credential; no e-mail is sent here.
		extraCredentials: [
			{ id: 'clawbot-smtp', name: 'ClawBot SMTP', type: 'smtp', data: { host: '127.0.0.1' } },
		],
	});
	world = new World(system);
});

afterAll(async () => {
	await system?.stop();
	await source?.close();
	rmSync(folder, { recursive: true });
});

it('The first run makes the tables, and puts the rules in', async () => {
	await until(
		'rules',
		async () => await rowsOf(system, 'clawbot_alert_rules'),
		({ length }) => length >= 6,
	);
	await moreLooks();
	// A busy machine's second run begins before the first has ended, and puts them in as well: that is no fault.
	const rules = await rowsOf<{ name: string }>(system, 'clawbot_alert_rules');
	expect(new Set(rules.map(({ name }) => name)).size).toBe(6);
	expect(await alerts()).toEqual([]);
});

it('A host that is away is told once, after two minutes', async () => {
	measured = [
		{ metric: 'up', target: 'node-1', value: 0 },
		{ metric: 'up', target: 'node-2', value: 1 },
	];
	await until(
		'firing',
		async () => await statusOf('node-1'),
		(status) => status === 'firing',
	);
	const told = await until(
		'told',
		async () => await inGroup('可达 Reachable'),
		({ length }) => length > 0,
	);
	expect(told[0]).toContain('告警 Alert：可达 Reachable node-1 0 < 1');
	await moreLooks();
	expect(await inGroup('可达 Reachable')).toHaveLength(1);
	const rows = await alerts();
	expect(rows.map(({ target, status }) => [target, status]).sort()).toEqual([
		['node-1', 'firing'],
		['node-2', 'ok'],
	]);
	await until(
		'nothing is left to be told',
		async () => (await alerts()).flatMap(({ outbox }) => outbox),
		({ length }) => length === 0,
	);
	const [{ list }] = (await rowsOf<SavedRow>(system, 'clawbot_alerts')) as [SavedRow];
	expect(list).toContain('firing 可达 Reachable：node-1 0 < 1');
});

it('A restart of n8n neither repeats nor forgets it', async () => {
	await system.n8n.stop();
	await system.n8n.start();
	await world.connected();
	await moreLooks();
	expect(await statusOf('node-1')).toBe('firing');
	expect(await inGroup('可达 Reachable')).toHaveLength(1);
});

it('The operations group acknowledges it, and nobody else may', async () => {
	const first = await world.say({ ...STRANGERS, text: '/alert ack all' });
	const [refusal] = await until(
		'the stranger is told so',
		async () => await world.answers(first.messageId),
		({ length }) => length > 0,
	);
	expect(refusal!.text).toContain(`conversationId: ${STRANGERS.conversation}`);
	const { messageId } = await world.say({ ...STRANGERS, text: '/alert ack all' });
	expect(await command('/alert list')).toContain('firing 可达 Reachable：node-1');
	expect(await command('/告警 确认 全部')).toContain('已确认 1 条');
	await until(
		'acked',
		async () => await statusOf('node-1'),
		(status) => status === 'acknowledged',
	);
	expect(await command('/alert silence 1h target=node-2')).toContain('静默 silence: target=node-2');
	expect(await rowsOf(system, 'clawbot_alert_orders')).toHaveLength(2);
	await world.executions();
	expect(await world.answers(messageId)).toEqual([]);
});

it('A wrong rule is named, and stops no other: the end of the alert is told once', async () => {
	await addRows(system, 'clawbot_alert_rules', [
		{
			name: '磁盘 Disk',
			metric: 'up',
			comparison: '<',
			threshold: 1,
			channels: 'pigeon',
			enabled: true,
		},
	]);
	measured = measured.map((each) => ({ ...each, value: 1 }));
	const wrong = await until(
		'named',
		async () => await inGroup('pigeon'),
		({ length }) => length > 0,
	);
	expect(wrong).toEqual([expect.stringContaining('磁盘 Disk 规则有误 wrong rule')]);
	await until(
		'over',
		async () => await statusOf('node-1'),
		(status) => status === 'resolved',
	);
	const over = await until(
		'told',
		async () => await inGroup('恢复 Resolved'),
		({ length }) => length > 0,
	);
	expect(over).toEqual([expect.stringContaining('可达 Reachable node-1 1')]);
	expect(await command('/alert list')).toContain('磁盘 Disk：规则有误 wrong rule');
});

it('A connection whose credential is refused is told once, with the cure, and so is its return', async () => {
	withConnections = true;
	const app = 'Feishu cli_5a4db0c500000001';
	const told = async (kind: string): Promise<string[]> =>
		await inGroup(`${kind}：长连接 Connection`);
	const isUp = (status: string | undefined): boolean => status === 'ok';
	await until('measured', async () => await statusOf(app), isUp);
	const refuse = { service: 'feishu', does: 'wrongCredentials', times: -1 };
	await world.control('POST', 'stream-faults', refuse);
	await world.control('POST', 'stream-faults', { service: 'feishu', does: 'drop' });
	const some = ({ length }: string[]): boolean => length > 0;
	const [first] = await until('told', async () => await told('告警 Alert'), some);
	expect(first).toContain(`${app} 0 < 1`);
	expect(first).toMatch(/问题 Problem: Feishu: .*\(514\)\. .*App Secret/);
	await world.control('DELETE', 'stream-faults');
	// A person has mended it, and publishes the workflow again.
	await unpublish(system, 'clawbotAnswer001');
	await publish(system, 'clawbotAnswer001');
	expect(await until('over', async () => await told('恢复 Resolved'), some)).toHaveLength(1);
	expect(await told('告警 Alert')).toHaveLength(1);
	withConnections = false;
});

it('A thousand alerts at once are at most 15 messages, with each in them once; so are their ends', async () => {
	const rule = { name: 'Storm', metric: 'storm', comparison: '>', threshold: 1, enabled: true };
	await addRows(system, 'clawbot_alert_rules', [{ ...rule, channels: 'operations' }]);
	// Short names: begin and end fit into the messages of one minute.
	const targets = Array.from({ length: 1000 }, (_, index) => `s${String(index).padStart(3, '0')}`);
	const toldAs = async (words: string): Promise<{ messages: number; named: string[] }> => {
		const texts = await inGroup(`${words}：Storm`);
		const named = texts.flatMap((text) => text.match(/\bs\d{3}\b/gu) ?? []);
		return { messages: texts.length, named: named.sort() };
	};
	const changes = [
		[2, '告警 Alert'],
		[1, '恢复 Resolved'],
	] as const;
	for (const [value, words] of changes) {
		measured = targets.map((target) => ({ metric: 'storm', target, value }));
		await until(
			words,
			async () => await toldAs(words),
			({ named }) => named.length >= targets.length,
		);
	}
	await moreLooks();
	for (const [, words] of changes) {
		const { messages, named } = await toldAs(words);
		expect(named).toEqual(targets);
		expect(messages).toBeLessThanOrEqual(15);
	}
});
