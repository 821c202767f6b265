import { startSystem } from '../../scripts/system/system';
import { World, type Said, type System } from './bot';
import { onlyOneAnswer } from './promises';
import { until } from './until';
import { namedBy } from './workers';

// Messages by long connections in queue mode: the main process has the connections, a worker the executions.

const DINGTALK: Said = { platform: 'dingtalk' };
const FEISHU: Said = { platform: 'feishu' };
const AI_BOT: Said = { platform: 'wecom', bot: 'aibot' };

/** The model takes so long for words like these. */
const SLOW = { contains: 'slow', delayMs: 500 };
const SLOWER = { contains: 'longer than Feishu waits', delayMs: 8000 };
const DEADLY = { contains: 'dies', delayMs: 20_000 };

let system: System;
let world: World;
const sql = async (database: string, text: string): Promise<string[]> =>
	await system.services!.postgres.sql(database, text);

/** The ids of the bot's executions that have this message, in SQL. */
const ofMessage = (messageId: string): string =>
	`SELECT e.id FROM execution_entity e JOIN execution_data d ON d."executionId" = e.id
	WHERE e."workflowId" = 'clawbotAnswer001' AND d.data LIKE '%${messageId}%'`;

const executionsOf = async (messageId: string): Promise<number> =>
	Number(await sql('n8n', `SELECT count(*) FROM (${ofMessage(messageId)}) AS found`));

/** The platform delivers a message again until it is acknowledged. */
async function acknowledged(messageId: string): Promise<void> {
	await until(
		'it is acknowledged',
		async () => await world.deliverAgain(messageId),
		({ status }) => status === 200,
	);
}

/** Somebody writes, and nobody waits for the acknowledgement. */
async function write(said: Said, text: string) {
	const { messageId } = await world.build({ ...said, text });
	const delivery = world.deliverAgain(messageId!);
	delivery.catch(() => undefined);
	// Before it runs, n8n would give its key away.
	const running = `${ofMessage(messageId!)} AND e.status = 'running'`;
	await until(
		'its execution runs',
		async () => await sql('n8n', running),
		({ length }) => length === 1,
	);
	return { messageId: messageId!, delivery };
}

beforeAll(async () => {
	system = await startSystem({ queue: { workers: 1 }, connection: 'stream' });
	world = new World(system);
	await world.control('PUT', 'model', { rules: [SLOW, SLOWER, DEADLY] });
	await world.connected();
});
afterAll(async () => await system?.stop());

it.each([
	['DingTalk', DINGTALK],
	['Feishu', FEISHU],
])('acknowledges a message when its execution has ended, and answers once: %s', async (_, said) => {
	const { messageId, deliveries } = await world.say({ ...said, text: 'Something slow' });
	expect(deliveries).toMatchObject([{ by: 'stream', status: 200 }]);
	expect(deliveries[0]!.ms).toBeGreaterThan(SLOW.delayMs);
	expect(await world.answers(messageId)).toHaveLength(1);
	await onlyOneAnswer(world, messageId);
	expect(await executionsOf(messageId)).toBe(1);
});

it('starts nothing for what comes again because its execution takes longer than Feishu waits', async () => {
	const { messageId, delivery } = await write(FEISHU, 'Something longer than Feishu waits');
	expect((await delivery).status).toBe(0);
	await acknowledged(messageId);
	await onlyOneAnswer(world, messageId);
	expect(await executionsOf(messageId)).toBe(1);
});

it('lets an answer on WeCom’s connection, which workers do not have, wait in the delivery queue', async () => {
	const { messageId } = await world.say({ ...AI_BOT, text: 'Can a worker answer?' });
	const waiting = async (): Promise<string | undefined> => {
		const rows = `SELECT row_to_json(d) FROM clawbot_deliveries d WHERE d.status = 'waiting'`;
		// Its first row makes the table.
		return (await sql('deliveries', rows).catch(() => []))[0];
	};
	expect(JSON.parse(await until('it waits', waiting))).toMatchObject({
		platform: 'wecom',
		code: 'notConnected',
		reason: expect.stringContaining('no long connection in this process'),
	});
	expect(await world.answers(messageId)).toEqual([]);
});

it('answers once what a killed worker had, and starts nothing for what comes again meanwhile', async () => {
	const [worker] = system.workers;
	const sent = await Promise.all(
		[DINGTALK, FEISHU].map(async (said) => await write(said, 'The worker dies at this')),
	);
	const executions = async (): Promise<string[]> =>
		(
			await Promise.all(sent.map(async (each) => await sql('n8n', ofMessage(each.messageId))))
		).flat();
	// Before its log names an execution, nobody notices that it dies with the worker.
	await until(
		'the worker names what it works',
		async () => namedBy(system, 1, await executions()),
		({ length }) => length === sent.length,
	);
	await worker!.kill();
	const again = sent.map(async ({ messageId }) => await world.deliverAgain(messageId));
	const deliveries = await Promise.all([...sent.map(({ delivery }) => delivery), ...again]);
	expect(deliveries.map(({ status }) => status)).toEqual([0, 0, 0, 0]);
	for (const { messageId } of sent) {
		expect([await executionsOf(messageId), await world.answers(messageId)]).toEqual([1, []]);
	}
	await worker!.start();
	await Promise.all(
		sent.map(async ({ messageId }) => {
			await world.answered(messageId);
			await onlyOneAnswer(world, messageId);
		}),
	);
});

it('starts nothing a second time where the main process dies while the worker has the message', async () => {
	const [alone, withoutKey] = await Promise.all(
		[DINGTALK, FEISHU].map(async (said) => await write(said, 'Something longer than Feishu waits')),
	);
	// The worker has them for as long as the rest takes.
	const { pid } = system.workers[0]!;
	process.kill(pid!, 'SIGSTOP');
	// The control: n8n knows the message by nothing else.
	await sql(
		'n8n',
		`UPDATE execution_entity SET "deduplicationKey" = NULL WHERE id IN (${ofMessage(withoutKey!.messageId)})`,
	);
	await system.n8n.kill();
	await system.n8n.start();
	await world.connected();
	const again = await world.deliverAgain(alone!.messageId);
	void world.deliverAgain(withoutKey!.messageId);
	expect(again.status).toBe(200);
	await until(
		'the control is started again',
		async () => await executionsOf(withoutKey!.messageId),
		(count) => count === 2,
	);
	process.kill(pid!, 'SIGCONT');
	await world.answered(alone!.messageId);
	await onlyOneAnswer(world, alone!.messageId);
	expect(await executionsOf(alone!.messageId)).toBe(1);
});

it('starts nothing for what comes while n8n shuts down and waits for executions: WeCom thinks it taken', async () => {
	await write(DINGTALK, 'Something longer than Feishu waits');
	const stopped = system.n8n.stop();
	await until(
		'n8n waits',
		() => system.n8n.logs(),
		(logs) => logs.includes('active executions to finish'),
	);
	const [ofWeCom, ofFeishu] = await Promise.all(
		[AI_BOT, FEISHU].map(async (said) => await world.say({ ...said, text: 'Anybody there?' })),
	);
	expect(ofWeCom!.deliveries[0]!.status).toBe(200);
	expect(ofFeishu!.deliveries[0]!.status).not.toBe(200);
	await stopped;
	for (const { messageId } of [ofWeCom!, ofFeishu!]) expect(await executionsOf(messageId)).toBe(0);
});
