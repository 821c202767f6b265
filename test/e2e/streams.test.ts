import { sandboxAccounts } from '../../scripts/system/sandbox';
import { startSystem } from '../../scripts/system/system';
import type { Workflow } from '../../scripts/workflows/workflows';
import { until } from '../sandbox/helpers';
import { World, pause, type Said, type System } from './bot';
import { onlyOneAnswer } from './promises';

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
	await connected();
}, 180_000);
afterAll(async () => {
	await system?.stop();
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

/** n8n as its editor speaks to it. */
async function editor() {
	const { url } = system.n8n;
	const { email, password } = system.owner;
	const ask = async (method: string, path: string, body?: object, cookie = ''): Promise<Response> =>
		await fetch(`${url}/rest/${path}`, {
			method,
			headers: { 'content-type': 'application/json', cookie },
			...(body && { body: JSON.stringify(body) }),
		});
	const login = await ask('POST', 'login', { emailOrLdapLoginId: email, password });
	const cookie = login.headers
		.getSetCookie()
		.map((each) => each.split(';')[0])
		.join('; ');
	return async <T>(method: string, path: string, body?: object): Promise<T> =>
		((await (await ask(method, path, body, cookie)).json()) as { data: T }).data;
}

interface Publication {
	status: string;
	triggers: Array<{ status: string; errorMessage: string | null }>;
}

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
	const rest = await editor();
	let publication!: Publication;
	for (let tries = 0; tries < 120; tries += 1) {
		publication = await rest('GET', `workflows/${id}/publication-status`);
		if (publication.triggers.length > 0 && publication.status !== 'in_progress') break;
		await pause(500);
	}
	return publication;
}

it('shows in the publication’s status how to mend a wrong credential', async () => {
	const { triggers } = await publishWith('wrong', { clientSecret: 'wrong' });
	expect(triggers).toMatchObject([{ status: 'failed', errorMessage: expect.any(String) }]);
	expect(triggers[0]!.errorMessage).toMatch(/Client Secret/);
}, 120_000);

it('publishes with an empty credential, and connects nothing', async () => {
	const { triggers } = await publishWith('empty', { clientId: '', clientSecret: '' });
	expect(triggers).toMatchObject([{ status: 'activated' }]);
	expect(await connected()).toHaveLength(BOTS.length);
}, 120_000);

it('gives the next message to a test run from the editor alone', async () => {
	const rest = await editor();
	const { nodes, connections, settings } = alone('test', {
		type: 'n8n-nodes-clawbot.feishuTrigger',
		parameters: {},
		credentials: { feishuAppApi: { id: 'clawbot-feishuAppApi', name: 'ClawBot Feishu App' } },
	});
	const { id } = await system.n8n.api.create({ name: 'Test run', nodes, connections, settings });
	const { executionId } = await rest<{ executionId: string }>('POST', `workflows/${id}/run`, {
		triggerToStartFrom: { name: 'Trigger' },
	});
	const sent: string[] = [];
	const isOver = async (): Promise<boolean> =>
		(await rest<{ status: string }>('GET', `executions/${executionId}`)).status === 'success';
	// The first ones may come before the run listens.
	for (let tries = 0; tries < 10 && !(await isOver()); tries += 1) {
		sent.push((await world.say({ platform: 'feishu', text: `Test ${tries}` })).messageId);
		await pause(2000);
	}
	expect(await isOver()).toBe(true);
	expect(await world.answers(sent.at(-1)!)).toEqual([]);
	expect(await connected()).toHaveLength(BOTS.length);
}, 60_000);
