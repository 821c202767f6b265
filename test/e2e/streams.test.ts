import { rmSync } from 'node:fs';
import { startSystem } from '../../scripts/system/system';
import type { Workflow } from '../../scripts/workflows/workflows';
import { until } from '../sandbox/helpers';
import { World, pause, type Said, type System } from './bot';
import { filledIn } from './filled';
import { onlyOneAnswer } from './promises';

// The bundled workflow whose messages come by long connections, in a real n8n, on all three platforms.

const BOTS: Array<[name: string, said: Said]> = [
	['DingTalk', { platform: 'dingtalk' }],
	['Feishu', { platform: 'feishu' }],
	['WeCom AI bot', { platform: 'wecom', bot: 'aibot' }],
];

/** Takes what the bundled workflow does not: another workflow on DingTalk's app. */
const other = (event: string): Workflow =>
	({
		id: `testStream${event}`.padEnd(16, '0').slice(0, 16),
		name: `Test: stream ${event}`,
		nodes: [
			{
				id: 'Trigger',
				name: 'Trigger',
				type: 'n8n-nodes-clawbot.dingTalkTrigger',
				typeVersion: 3,
				position: [0, 0],
				parameters: { events: [event] },
				webhookId: `test-stream-${event}`,
				credentials: {
					dingTalkAppApi: { id: 'clawbot-dingTalkAppApi', name: 'ClawBot DingTalk App' },
				},
			},
		],
		connections: {},
		settings: { executionOrder: 'v1', saveDataSuccessExecution: 'all' },
	}) as unknown as Workflow;
const OTHERS = [other('event'), other('message')];

let system: System;
let world: World;
const folder = filledIn(['clawbotAnswer001'], ({ type, parameters }) => {
	if (/\.(?:dingTalk|feishu|weCom)Trigger$/.test(type)) delete parameters.connection;
});

beforeAll(async () => {
	system = await startSystem({ workflowsDir: folder, extraWorkflows: OTHERS });
	world = new World(system);
	await connected();
}, 180_000);
afterAll(async () => {
	await system?.stop();
	rmSync(folder, { recursive: true });
}, 60_000);

interface Connections {
	connections: Array<{ service: string }>;
}

/** Waits until n8n is connected to every platform; gives the platforms of all connections. */
async function connected(): Promise<string[]> {
	const end = Date.now() + 30_000;
	for (;;) {
		const { connections } = await world.control<Connections>('GET', 'connections');
		const services = connections.map(({ service }) => service).sort();
		if (new Set(services).size === BOTS.length) return services;
		if (Date.now() > end) throw new Error(`Connected to ${services.join() || 'nobody'}`);
		await pause(100);
	}
}

const executionsOf = async (workflow: Workflow): Promise<number> =>
	((await system.n8n.api.executions(`?workflowId=${workflow.id}`)) as unknown[]).length;

it('has one connection for each app, whatever the number of workflows on it', async () => {
	expect(await connected()).toEqual(['dingtalk', 'feishu', 'wecom']);
});

it.each(BOTS)('answers a message of %s once, and gives it where it belongs', async (name, said) => {
	const before = await Promise.all(OTHERS.map(executionsOf));
	const { messageId, deliveries } = await world.say({ ...said, text: `Hello, ${name}` });
	expect(deliveries).toMatchObject([{ by: 'stream', status: 200 }]);
	await world.answered(messageId, 30_000);
	await onlyOneAnswer(world, messageId);
	const more = said.platform === 'dingtalk' ? 1 : 0;
	await until(async () => (await executionsOf(OTHERS[1]!)) === before[1]! + more);
	expect(await executionsOf(OTHERS[0]!)).toBe(before[0]);
});

it('connects again after a restart, and knows what came before it', async () => {
	const sent: string[] = [];
	for (const [name, said] of BOTS) {
		const { messageId } = await world.say({ ...said, text: `Before the restart, ${name}` });
		await world.answered(messageId, 30_000);
		sent.push(messageId);
	}
	await world.executions();
	await system.n8n.restart();
	expect(await connected()).toHaveLength(BOTS.length);
	for (const id of sent) await world.deliverAgain(id);
	for (const [name, said] of BOTS) {
		const { messageId } = await world.say({ ...said, text: `After the restart, ${name}` });
		await world.answered(messageId, 30_000);
		sent.push(messageId);
	}
	await Promise.all(sent.map(async (id) => await onlyOneAnswer(world, id)));
}, 120_000);
