import { CONNECTION_TIMING } from '../../core/connection/timing';
import { sandboxAccounts } from '../../scripts/system/sandbox';
import { startSystem } from '../../scripts/system/system';
import type { Workflow } from '../../scripts/workflows/workflows';
import { World, type Said, type System } from './bot';
import { editorOf, publicationOf, publish, type Publication } from './editor';
import { onlyOneAnswer } from './promises';
import { holdsOn, until } from './until';

// The bundled workflow whose messages come by long connections, in a real n8n, on all three platforms.

const BOTS: Array<[name: string, said: Said]> = [
	['DingTalk', { platform: 'dingtalk' }],
	['Feishu', { platform: 'feishu' }],
	['WeCom AI bot', { platform: 'wecom', bot: 'aibot' }],
];

/** A workflow of a trigger alone. */
const alone = (id: string, node: object): Workflow =>
	({
		id: `testStream${id}`.padEnd(16, '0').slice(0, 16),
		name: `Test: stream ${id}`,
		nodes: [
			{
				id: 'Trigger',
				name: 'Trigger',
				type: 'n8n-nodes-clawbot.dingTalkTrigger',
				typeVersion: 3,
				position: [0, 0],
				webhookId: `test-stream-${id}`,
				...node,
			},
		],
		connections: {},
		settings: { executionOrder: 'v1', saveDataSuccessExecution: 'all' },
	}) as unknown as Workflow;

/** Another workflow on DingTalk's app. */
const other = (event: string): Workflow =>
	alone(event, {
		parameters: { events: [event] },
		credentials: {
			dingTalkAppApi: { id: 'clawbot-dingTalkAppApi', name: 'ClawBot DingTalk App' },
		},
	});
const OTHERS = [other('event'), other('message')];

let system: System;
let world: World;

beforeAll(async () => {
	system = await startSystem({ connection: 'stream', extraWorkflows: OTHERS });
	world = new World(system);
	for (const id of ['clawbotAnswer001', ...OTHERS.map((each) => each.id)])
		await publicationOf(system, id);
});
afterAll(async () => {
	await system?.stop();
});

const ONE_EACH = ['dingtalk', 'feishu', 'wecom'];

/**
 * Waits until there is one connection to each platform. Where more is wanted of one, another is opened beside it,
 * which then drains.
 */
const oneEach = async (ms?: number): Promise<unknown> =>
	await until(
		'one connection to each platform',
		async () => await world.connections(),
		(services) => services.join() === ONE_EACH.join(),
		ms,
	);

/** Longer than a connection drains. */
const DRAINED_MS = CONNECTION_TIMING.drainMs + 1_000;

const executionsOf = async (workflow: Workflow): Promise<number> =>
	((await system.n8n.api.executions(`?workflowId=${workflow.id}`)) as unknown[]).length;

it('has one connection for each app, whatever the number of workflows on it', async () => {
	const { nodes, connections, settings } = other('action');
	const { id } = await system.n8n.api.create({ name: 'More', nodes, connections, settings });
	await publish(system, id);
	let since = Date.now();
	await until(
		'one connection to each platform for longer than one drains',
		async () => {
			const services = await world.connections();
			if (services.join() !== ONE_EACH.join()) since = Date.now();
			return { services, ms: Date.now() - since };
		},
		({ ms }) => ms > DRAINED_MS,
	);
});

// Negative control: one that nobody shares would be seen.
it('would be seen to have two of an app', async () => {
	const another = await anotherClient();
	await expect(oneEach(DRAINED_MS)).rejects.toThrow('["dingtalk","dingtalk","feishu","wecom"]');
	another.close();
	await oneEach();
});

/** Another client of DingTalk's app, which takes none of its messages. */
async function anotherClient(): Promise<WebSocket> {
	const { origin } = system.sandbox!;
	const { clientId, clientSecret } = sandboxAccounts(origin).dingTalkAppApi;
	const subscriptions = [{ type: 'CALLBACK', topic: '/none' }];
	const answer = await fetch(`${origin}/dingtalk/api/v1.0/gateway/connections/open`, {
		method: 'POST',
		headers: { 'content-type': 'application/json', accept: 'application/json' },
		body: JSON.stringify({ clientId, clientSecret, subscriptions, ua: 'another' }),
	});
	const { endpoint, ticket } = (await answer.json()) as { endpoint: string; ticket: string };
	const socket = new WebSocket(`${endpoint}?ticket=${ticket}`);
	await until('it is open', () => socket.readyState === WebSocket.OPEN || undefined);
	return socket;
}

it.each(BOTS)('answers a message of %s once, and gives it where it belongs', async (name, said) => {
	const before = await Promise.all(OTHERS.map(executionsOf));
	const { messageId, deliveries } = await world.say({ ...said, text: `Hello, ${name}` });
	expect(deliveries).toMatchObject([{ by: 'stream', status: 200 }]);
	await world.answered(messageId);
	await onlyOneAnswer(world, messageId);
	const more = said.platform === 'dingtalk' ? 1 : 0;
	await until(
		'the other workflow has it',
		async () => await executionsOf(OTHERS[1]!),
		(count) => count === before[1]! + more,
	);
	await holdsOn(async () => expect(await executionsOf(OTHERS[0]!)).toBe(before[0]));
});

it('connects again after a restart, and knows what came before it', async () => {
	const sent: string[] = [];
	for (const [name, said] of BOTS) {
		const { messageId } = await world.say({ ...said, text: `Before the restart, ${name}` });
		await world.answered(messageId);
		sent.push(messageId);
	}
	await world.executions();
	await system.n8n.restart();
	await oneEach();
	for (const id of sent) await world.deliverAgain(id);
	for (const [name, said] of BOTS) {
		const { messageId } = await world.say({ ...said, text: `After the restart, ${name}` });
		await world.answered(messageId);
		sent.push(messageId);
	}
	await Promise.all(sent.map(async (id) => await onlyOneAnswer(world, id)));
});

/** Publishes a workflow whose app has these keys, and waits for what n8n says of it. */
async function publishWith(name: string, keys: object): Promise<Publication> {
	const { api } = system.n8n;
	const data = { ...sandboxAccounts(system.sandbox!.origin).dingTalkAppApi, ...keys };
	const credential = await api.call('POST', '/credentials', { name, type: 'dingTalkAppApi', data });
	const { nodes, connections, settings } = alone(name, {
		parameters: {},
		credentials: { dingTalkAppApi: { id: credential.id, name } },
	});
	const { id } = await api.create({ name, nodes, connections, settings });
	// It may answer with the failure itself.
	await api.activate(id).catch(() => undefined);
	return await publicationOf(system, id);
}

it('shows in the publication’s status how to mend a wrong credential', async () => {
	const { triggers } = await publishWith('wrong', { clientSecret: 'wrong' });
	expect(triggers).toMatchObject([{ status: 'failed', errorMessage: expect.any(String) }]);
	expect(triggers[0]!.errorMessage).toMatch(/Client Secret/);
});

it('publishes with an empty credential, and connects nothing', async () => {
	const { triggers } = await publishWith('empty', { clientId: '', clientSecret: '' });
	expect(triggers).toMatchObject([{ status: 'activated' }]);
	await oneEach();
});

it('gives the next message to a test run from the editor alone', async () => {
	const { nodes, connections, settings } = alone('test', {
		type: 'n8n-nodes-clawbot.feishuTrigger',
		parameters: {},
		credentials: { feishuAppApi: { id: 'clawbot-feishuAppApi', name: 'ClawBot Feishu App' } },
	});
	const { id } = await system.n8n.api.create({ name: 'Test run', nodes, connections, settings });
	const editor = await editorOf(system);
	const { executionId } = await editor<{ executionId: string }>('POST', `workflows/${id}/run`, {
		triggerToStartFrom: { name: 'Trigger' },
	});
	const run = async () =>
		await editor<{ status: string; data: string }>('GET', `executions/${executionId}`);
	const sent: string[] = [];
	// The first ones may come before the run listens.
	const { data } = await until(
		'the run has a message',
		async () => {
			sent.push((await world.say({ platform: 'feishu', text: `Test ${sent.length}` })).messageId);
			return await run();
		},
		({ status }) => status === 'success',
	);
	const [taken, ...more] = sent.filter((messageId) => data.includes(messageId));
	expect(more).toEqual([]);
	await holdsOn(async () => expect(await world.answers(taken!)).toEqual([]));
	const others = sent.filter((messageId) => messageId !== taken);
	for (const messageId of others) await world.answered(messageId);
	await oneEach();
});
