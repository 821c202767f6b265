import { rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DeliveryRow } from '../../core/delivery/delivery';
import { startSystem } from '../../scripts/system/system';
import type { Workflow } from '../../scripts/workflows/workflows';
import accounts from '../../sandbox/accounts.json';
import { World, bots, type Said, type System } from './bot';
import { publish, unpublish } from './editor';
import { onlyWhenTold } from './filled';
import { onlyOneAnswer } from './promises';
import { callStore, probe } from './store';
import { pause, until } from './until';

// n8n is killed while it answers messages of every bot, and started again.

/** So long after the restart everything that was acknowledged is answered. */
const DRAINED_MS = 60_000;
/** What crashed again is retried one at a time. */
const ONE_BY_ONE_MS = 180_000;
/** Longer than the time between two looks while something is left to do, and than one look takes. */
const TWO_LOOKS_MS = 25_000;
/** Two that are published together have both looked then, also on a busy machine. */
const BOTH_LOOKED_MS = 15_000;

const RECOVER = 'clawbotRecover1';
const API_CREDENTIAL = 'clawbot-n8nApi';
const MODEL_CREDENTIAL = 'clawbot-clawBotModelApi';

interface Execution {
	id: string;
	mode: string;
	retryOf: string | null;
}

let system: System;
let world: World;
/** No clock starts the recovery: n8n has come back, or a look says when the next one is due. */
const folder = onlyWhenTold();

beforeAll(async () => {
	system = await startSystem({
		workflowsDir: folder,
		extraWorkflows: [probe('find')],
		// Twice a second n8n deletes what it is not to keep: nothing that recovery reads may go with it.
		env: { EXECUTIONS_DATA_PRUNE_HARD_DELETE_INTERVAL: '0.008' },
	});
	world = new World(system);
});
afterAll(async () => {
	await system?.stop();
	rmSync(folder, { recursive: true });
});

const setCredential = async (id: string, data: object): Promise<void> => {
	await system.n8n.api.call('PATCH', `/credentials/${id}`, { data });
};
const setApiKey = async (apiKey: string): Promise<void> =>
	await setCredential(API_CREDENTIAL, { apiKey, baseUrl: `${system.n8n.url}/api/v1` });

/** A message of every bot is being answered when n8n ends. Returns the messages' ids. */
async function crashWhileAnswering(): Promise<string[]> {
	await world.control('PUT', 'model', { delayMs: 60_000 });
	const sent: string[] = [];
	for (const [name, said] of bots) {
		const { messageId, deliveries } = await world.say({ ...said, text: `Are you there, ${name}?` });
		expect(deliveries[0]!.status).toBe(200);
		sent.push(messageId);
	}
	await pause(500);
	await system.n8n.kill();
	await world.control('PUT', 'model', { delayMs: 0 });
	return sent;
}

async function answeredOnce(messageIds: string[], ms = DRAINED_MS): Promise<void> {
	await Promise.all(messageIds.map(async (id) => await world.answered(id, ms)));
	await Promise.all(messageIds.map(async (id) => await onlyOneAnswer(world, id)));
}

async function answeredBy(messageIds: string[]): Promise<number> {
	const all = await Promise.all(messageIds.map(async (id) => await world.answers(id)));
	return all.filter((answers) => answers.length > 0).length;
}

async function newestExecution(): Promise<number> {
	const [newest] = (await system.n8n.api.executions('?limit=1')) as Execution[];
	return Number(newest?.id ?? 0);
}

/** How often each execution was retried, of those that came after one. */
async function retriesSince(executionId: number): Promise<number[]> {
	const list = (await system.n8n.api.executions('?limit=250')) as Execution[];
	const retried = list
		.filter(({ retryOf }) => retryOf && Number(retryOf) > executionId)
		.map(({ retryOf }) => retryOf);
	return [...new Set(retried)].map((id) => retried.filter((other) => other === id).length);
}

async function deadLetters(): Promise<DeliveryRow[]> {
	return await callStore(system.n8n.url, 'find', [{ status: 'dead' }]);
}

async function deadLetter(wanted: (row: DeliveryRow) => boolean): Promise<DeliveryRow> {
	const find = async () => (await deadLetters()).find(wanted);
	return await until('such a dead letter', find, undefined, ONE_BY_ONE_MS);
}

/** A second recovery beside the bundled one: n8n reports each crashed execution to both at once. */
async function twin(change: (workflow: Workflow) => void = () => undefined): Promise<string> {
	const bundled = await system.n8n.api.workflow(RECOVER);
	change(bundled);
	const { nodes, connections } = bundled;
	const { id } = await system.n8n.api.create({
		name: 'Test: a second recovery',
		nodes,
		connections,
		settings: { executionOrder: 'v1' },
	});
	await publish(system, id);
	return id;
}

it('answers what n8n was answering when it was killed, once, within a minute of its restart', async () => {
	const sent = await crashWhileAnswering();
	await system.n8n.start();
	const readyAt = Date.now();
	await Promise.all(sent.map(async (id) => await world.answered(id, DRAINED_MS)));
	console.info(`${sent.length} messages answered ${Date.now() - readyAt} ms after the restart`);
	await answeredOnce(sent);
});

it('answers nothing without it; retries each execution once when two do it at once', async () => {
	await unpublish(system, RECOVER);
	const before = await newestExecution();
	const sent = await crashWhileAnswering();
	await system.n8n.start();
	await pause(TWO_LOOKS_MS);
	expect(await answeredBy(sent)).toBe(0);

	// No retry is over before both have looked.
	await world.control('PUT', 'model', { delayMs: BOTH_LOOKED_MS });
	const second = await twin();
	await publish(system, RECOVER);
	await answeredOnce(sent);
	await world.control('PUT', 'model', { delayMs: 0 });
	await pause(TWO_LOOKS_MS);
	const retries = await retriesSince(before);
	expect(retries).toEqual(retries.map(() => 1));
	expect(retries.length).toBeGreaterThan(0);
	await unpublish(system, second);
});

it('would retry executions twice without the claim in the store', async () => {
	await unpublish(system, RECOVER);
	const before = await newestExecution();
	const second = await twin(({ connections }) => {
		const leased = connections['Lease it for a retry']!;
		leased.main![0]![0]!.node = 'Leased by this run';
	});
	await unpublish(system, second);
	const sent = await crashWhileAnswering();
	await system.n8n.start();
	await world.control('PUT', 'model', { delayMs: BOTH_LOOKED_MS });
	await Promise.all([second, RECOVER].map(async (id) => await publish(system, id)));
	await Promise.all(sent.map(async (id) => await world.answered(id, DRAINED_MS)));
	await pause(TWO_LOOKS_MS);
	await world.control('PUT', 'model', { delayMs: 0 });
	expect(Math.max(...(await retriesSince(before)))).toBeGreaterThan(1);
	await unpublish(system, second);
});

it('says that its API key is wrong, loses nothing, and goes on when it is put right', async () => {
	await setApiKey('not a key');
	const sent = await crashWhileAnswering();
	await system.n8n.start();
	const failure = await deadLetter(({ workflowId }) => workflowId === RECOVER);
	expect(failure).toMatchObject({ kind: 'failure', code: '401' });
	expect(failure.reason).toContain('List crashed executions');
	await pause(TWO_LOOKS_MS);
	expect(await answeredBy(sent)).toBe(0);
	// Every look fails, and one row tells of all.
	const failures = (await deadLetters()).filter(({ workflowId }) => workflowId === RECOVER);
	expect(failures).toHaveLength(1);

	await setApiKey(system.n8n.apiKey);
	await answeredOnce(sent);
});

it('notes an execution that was deleted before its retry, and goes on with the others', async () => {
	const before = await newestExecution();
	const sent = await crashWhileAnswering();
	await world.control('PUT', 'model', { delayMs: 60_000 });
	await system.n8n.start();
	// All are claimed and being retried when n8n ends again; then one execution is deleted.
	await retriesUnderWay(1);
	await unpublish(system, RECOVER);
	await system.n8n.kill();
	await world.control('PUT', 'model', { delayMs: 0 });
	await system.n8n.start();
	const crashed = (await system.n8n.api.executions('?status=crashed&limit=250')) as Execution[];
	const { id } = crashed.find((each) => each.mode === 'webhook' && Number(each.id) > before)!;
	await system.n8n.api.call('DELETE', `/executions/${id}`);
	await publish(system, RECOVER);

	const gone = await deadLetter(({ executionId }) => executionId === id);
	expect(gone).toMatchObject({ kind: 'execution', code: 'executionGone' });
	const { messages } = JSON.parse(gone.payload) as { messages: Array<{ messageId: string }> };
	const lost = messages.map(({ messageId }) => messageId);
	expect(lost.length).toBeGreaterThan(0);
	await answeredOnce(
		sent.filter((messageId) => !lost.includes(messageId)),
		ONE_BY_ONE_MS,
	);
}, 500_000);

it('gives up a message that kills n8n three times, and answers the others', async () => {
	const model = await deadlyModel();
	const before = await newestExecution();
	const others: Said[] = [
		{ platform: 'feishu' },
		{ platform: 'wecom', bot: 'aibot' },
		{ platform: 'dingtalk', type: 'group' },
	];
	await world.control('PUT', 'model', { delayMs: 3000 });
	const sent = await Promise.all(
		others.map(async (said) => await world.say({ ...said, text: 'Not me' })),
	);
	const poison = await world.say({ platform: 'dingtalk', text: 'This is poison' });
	for (let crash = 1; crash <= 3; crash++) {
		await model.killed(crash);
		await system.n8n.start();
	}
	await answeredOnce(
		sent.map(({ messageId }) => messageId),
		ONE_BY_ONE_MS,
	);
	const dead = await deadLetter(({ kind, payload }) => {
		return kind === 'execution' && payload.includes(poison.messageId);
	});
	expect(dead).toMatchObject({ code: 'crashedThrice', status: 'dead' });
	expect(Number(dead.executionId)).toBeGreaterThan(before);
	await pause(TWO_LOOKS_MS);
	expect(model.kills()).toBe(3);
	model.close();
}, 900_000);

async function retriesUnderWay(count: number): Promise<void> {
	await until(
		'retries are under way',
		async () =>
			((await system.n8n.api.executions('?status=running&limit=250')) as Execution[]).filter(
				({ mode }) => mode === 'retry',
			),
		({ length }) => length >= count,
		ONE_BY_ONE_MS,
	);
}

/** A model before the sandbox's, at which n8n dies when it asks about poison. */
async function deadlyModel(): Promise<{
	killed: (times: number) => Promise<void>;
	kills: () => number;
	close: () => void;
}> {
	let kills = 0;
	const target = system.sandbox!.origin;
	const server: Server = createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			const body = Buffer.concat(chunks).toString();
			if (body.includes('This is poison')) {
				kills++;
				void system.n8n.kill();
				return;
			}
			const headers = Object.fromEntries(
				['authorization', 'content-type'].map((name) => [name, String(request.headers[name])]),
			);
			fetch(target + request.url!, {
				method: request.method,
				headers,
				...(request.method === 'POST' && { body }),
			})
				.then(async (answer) => {
					response.writeHead(answer.status, {
						'content-type': answer.headers.get('content-type') ?? 'application/json',
					});
					response.end(await answer.text());
				})
				.catch(() => response.destroy());
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	server.unref();
	const { port } = server.address() as AddressInfo;
	await setCredential(MODEL_CREDENTIAL, {
		provider: 'custom',
		baseUrl: `http://127.0.0.1:${port}/model/v1`,
		apiKey: accounts.clawBotModelApi.apiKey,
		apiSecret: '',
		authScheme: 'bearer',
	});
	return {
		async killed(times) {
			await until(
				`n8n was killed ${times} times`,
				() => kills,
				(count) => count >= times,
				ONE_BY_ONE_MS,
			);
			await system.n8n.exited;
		},
		kills: () => kills,
		close: () => server.close(),
	};
}
