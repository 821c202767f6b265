import { ManualExecutionCancelledError, type IDataObject } from 'n8n-workflow';
import { OUTLIVE_MS } from '../../../../nodes/shared/receive/connection/seat';
import type { StreamOutcome } from '../../../../nodes/shared/receive/connection/stream';
import { completeMessage, type DecodedMessage } from '../../../../protocol/message';
import { until } from '../../../sandbox/helpers';
import { logged } from '../../../harness';
import { decoded } from './callers';
import { Database, Process, gate } from './streamProcess';

/*
 * Trigger nodes whose messages come by a connection, in n8n's own contexts and engine. The connection is the test's:
 * it brings messages, and is told what became of them.
 */

jest.mock('../../../../nodes/shared/receive/connection/connection', () =>
	jest.requireActual('./connection/fakeConnection'),
);

let database: Database;
let main: Process;
const closes: Array<() => Promise<void>> = [];

const say = (id: string, conversation = 'c1'): DecodedMessage => decoded({ id, conversation });
const bring = async (process: Process, id: string, conversation?: string): Promise<StreamOutcome> =>
	await process.Connection.open[0]!.bring(say(id, conversation));

const pause = async (ms: number): Promise<void> =>
	await new Promise((resolve) => setTimeout(resolve, ms));

/** The workflow is published in a process. */
async function publish(process: Process, parameters?: IDataObject): Promise<void> {
	const { closeFunction } = await process.publish(parameters);
	closes.push(closeFunction!);
}

/** Another process with the same database: what the first one knew is gone. */
async function restart(worker?: Process): Promise<Process> {
	const process = new Process(database, worker);
	await publish(process);
	return process;
}

beforeEach(() => {
	database = new Database();
	main = new Process(database);
	logged.length = 0;
});
afterEach(async () => {
	for (const close of closes.splice(0)) await close();
});

// The last connection outlives its trigger.
afterAll(async () => await pause(OUTLIVE_MS + 200));

describe('A message by a connection', () => {
	it('is stored as soon as its execution has begun, not when that ends; the control does not begin', async () => {
		await publish(main);
		const { wait, release } = gate();
		main.work = wait;
		await expect(bring(main, 'a')).resolves.toBe('stored');
		expect(main.ended).toEqual([]);
		const { wait: stored, release: store } = gate();
		database.store = stored;
		let outcome: string | undefined;
		void bring(main, 'b').then((said) => (outcome = said));
		await pause(100);
		expect(outcome).toBeUndefined();
		store();
		release();
		await until(() => outcome === 'stored');
	});

	it('reaches the workflow as the bot’s message and nothing else', async () => {
		await publish(main);
		await bring(main, 'a');
		await until(() => main.ended.length === 1);
		const { json } = main.ended[0]!.outputs.Work![0]![0]!;
		expect(json).toMatchObject({ messageId: 'a', conversationId: 'c1' });
		const { raw, ...message } = completeMessage(say('a'), 'bot');
		expect(raw).toBeDefined();
		expect(Object.keys(json).sort()).toEqual(Object.keys(message).sort());
		// The mark is in what n8n stores: else nothing would show that the execution has begun.
		expect(database.executions[0]![0]!.json).toMatchObject({ clawbotStart: expect.any(String) });
	});

	it('shares its execution with those that arrive while another is being stored', async () => {
		await publish(main, { options: { executions: 'together' } });
		const { wait, release } = gate();
		database.store = wait;
		const outcomes = ['a', 'b', 'c'].map(async (id) => await bring(main, id));
		release();
		expect(new Set(await Promise.all(outcomes))).toEqual(new Set(['stored']));
		expect(database.ids).toEqual([['a'], ['b', 'c']]);
	});

	it('shares its execution with one that comes a moment after another is stored, where they share any', async () => {
		await publish(main, { options: { executions: 'together' } });
		// A busy machine may take longer for the first than the moment is.
		for (let round = 0; database.ids.every((ids) => ids.length === 1); round += 1) {
			expect(round).toBeLessThan(50);
			await bring(main, `a${round}`);
			await Promise.all([bring(main, `b${round}`), bring(main, `c${round}`)]);
		}
	});

	it('shall come again where n8n cannot store it, is not remembered then, and is taken when it does', async () => {
		await publish(main);
		database.store = async () => {
			throw new Error('the disk is full');
		};
		await expect(bring(main, 'a')).resolves.toBe('later');
		expect(database.staticData).toEqual({});
		database.store = async () => {};
		await expect(bring(main, 'a')).resolves.toBe('stored');
		expect(database.ids).toEqual([['a']]);
	});

	it('is known after a restart, once its execution has ended; without the note it is taken again (control)', async () => {
		await publish(main);
		await bring(main, 'a');
		await until(() => main.ended.length === 1);
		const next = await restart();
		await expect(bring(next, 'a')).resolves.toBe('stored');
		expect(database.ids).toEqual([['a']]);
		database.staticData = {};
		(database as unknown as { keys: Set<string> }).keys.clear();
		await bring(await restart(), 'a');
		expect(database.ids).toEqual([['a'], ['a']]);
	});

	it('stays known where an execution ends that began before it', async () => {
		await publish(main);
		const { wait, release } = gate();
		main.work = wait;
		await bring(main, 'long');
		main.work = async () => {};
		await bring(main, 'short', 'c2');
		await until(() => main.ended.length === 1);
		release();
		await until(() => main.ended.length === 2);
		const next = await restart();
		await bring(next, 'short', 'c2');
		await bring(next, 'long');
		expect(database.ids).toEqual([['long'], ['short']]);
	});

	it('is told to come again where a defect of ours meets it, and the log has the stack', async () => {
		await publish(main);
		const broken = {
			...say('a'),
			get sentAt(): string {
				throw new TypeError('no date');
			},
		};
		await expect(main.Connection.open[0]!.bring(broken)).resolves.toBe('later');
		expect(logged.join('\n')).toMatch(
			/error Trigger: a message could not be taken: TypeError: no date\n\s+at /,
		);
	});
});

describe('After a crash', () => {
	let next: Process;
	beforeEach(async () => {
		await publish(main);
		await bring(main, 'before');
		await until(() => main.ended.length === 1);
		main.work = gate().wait;
		await bring(main, 'a');
		next = await restart();
	});

	it('an execution that is started again passes on without its dead key, and its message is known', async () => {
		const { outputs } = await next.run(structuredClone(database.executions[1]!), { mode: 'retry' });
		const { json } = outputs.Work![0]![0]!;
		expect(json).toMatchObject({ messageId: 'a' });
		expect(json).not.toHaveProperty('clawbotStart');
		await expect(bring(next, 'a')).resolves.toBe('stored');
		expect(database.ids).toEqual([['before'], ['a']]);
	});

	it('a message of it that comes again before that is worked: nothing is lost where nobody starts it again', async () => {
		await expect(bring(next, 'a')).resolves.toBe('stored');
		expect(database.ids).toEqual([['before'], ['a'], ['a']]);
	});
});

describe('In queue mode, where a worker runs the executions', () => {
	let worker: Process;
	beforeEach(async () => {
		worker = new Process(database);
		main = await restart(worker);
	});

	it('a message is stored when its execution has ended', async () => {
		const { wait, release } = gate();
		worker.work = wait;
		let outcome: string | undefined;
		void bring(main, 'a').then((said) => (outcome = said));
		await until(() => database.executions.length === 1);
		await pause(100);
		expect(outcome).toBeUndefined();
		release();
		await until(() => outcome === 'stored');
		expect(worker.ended[0]!.outputs.Work![0]![0]!.json).not.toHaveProperty('clawbotStart');
	});

	it('later messages do not wait for the end of earlier ones, and share the next execution', async () => {
		await bring(main, 'a');
		const { wait, release } = gate();
		worker.work = wait;
		const outcomes = ['b', 'c', 'd'].map(async (id) => {
			await pause(10);
			return await bring(main, id);
		});
		await until(() => database.executions.length === 3);
		expect(worker.ended).toHaveLength(1);
		release();
		expect(await Promise.all(outcomes)).toEqual(['stored', 'stored', 'stored']);
		expect(database.ids).toEqual([['a'], ['b'], ['c', 'd']]);
	});

	it('nor do they in one conversation, where each has an execution of its own', async () => {
		await publish(main, { options: { executions: 'onePerMessage' } });
		await bring(main, 'a');
		const { wait, release } = gate();
		worker.work = wait;
		const outcomes = ['b', 'c'].map(async (id) => await bring(main, id));
		await until(() => database.executions.length === 3);
		release();
		expect(await Promise.all(outcomes)).toEqual(['stored', 'stored']);
		expect(database.ids).toEqual([['a'], ['b'], ['c']]);
	});

	it('the first messages do not either, though nobody knows yet where executions run', async () => {
		worker.work = gate().wait;
		void bring(main, 'a');
		void bring(main, 'b');
		await until(() => database.executions.length === 2);
	});

	it('a message that comes again after the main process has died is not worked twice while the worker has it', async () => {
		const { wait, release } = gate();
		worker.work = wait;
		void bring(main, 'a');
		await until(() => database.executions.length === 1);
		const next = await restart(worker);
		await expect(bring(next, 'a')).resolves.toBe('stored');
		expect(database.ids).toEqual([['a']]);
		release();
		await until(() => worker.ended.length === 1);
	});

	it('a message is known after a restart: the worker notes it', async () => {
		await bring(main, 'a');
		(database as unknown as { keys: Set<string> }).keys.clear();
		await expect(bring(await restart(worker), 'a')).resolves.toBe('stored');
		expect(database.ids).toEqual([['a']]);
	});

	it('a start that failed after n8n had stored it is tried again without the key that stands there', async () => {
		const { insert } = database;
		database.insert = async (items, key) => {
			await insert.call(database, items, key);
			throw new Error('the queue is away');
		};
		await expect(bring(main, 'a')).resolves.toBe('later');
		database.insert = insert;
		await expect(bring(main, 'a')).resolves.toBe('stored');
		expect(worker.ended).toHaveLength(1);
	});

	it('an execution that somebody cancels was stored', async () => {
		worker.run = async () => {
			throw new ManualExecutionCancelledError('1');
		};
		await expect(bring(main, 'a')).resolves.toBe('stored');
	});
});

describe('Publishing', () => {
	it('connects nothing where messages come by HTTP, also before version 3', async () => {
		expect(await main.publish({ connection: 'httpCallback' })).toEqual({});
		expect(main.Connection.all).toEqual([]);
	});

	it('passes with an empty credential, connects nothing and says what to fill in', async () => {
		database.credential = { app: '', secret: '' };
		await publish(main);
		expect(main.Connection.all).toEqual([]);
		expect(logged.join('\n')).toContain(
			'info Trigger: not connected: fill in App in the credential',
		);
	});

	it('fails with half a credential, before it asks anybody', async () => {
		database.credential = { app: 'app', secret: '' };
		await expect(main.publish()).rejects.toThrow('Trigger: fill in Secret in the credential');
		expect(main.Connection.all).toEqual([]);
	});

	it('fails with a wrong credential, says the cure, and asks once', async () => {
		main.Connection.opens = async () => await Promise.reject(main.failures.wrongSecret);
		await expect(main.publish()).rejects.toMatchObject({
			name: 'NodeOperationError',
			message: 'Fake: the secret is wrong (40001). Correct Secret in the credential.',
		});
		expect(main.Connection.all).toHaveLength(1);
		expect(main.Connection.open).toEqual([]);
	});

	it('passes while the platform is away', async () => {
		main.Connection.opens = async (connection) => connection.fail(main.failures.away);
		await publish(main);
		expect(main.Connection.open).toHaveLength(1);
	});
});

describe('A credential that somebody changes', () => {
	const LOOK_MS = 30_000;
	const settle = async (ms = 0): Promise<void> => await jest.advanceTimersByTimeAsync(ms);
	const secrets = (): unknown[] =>
		main.Connection.open.map(({ options }) => options.credential.secret);

	beforeEach(() => jest.useFakeTimers());
	afterEach(async () => {
		for (const close of closes.splice(0)) await close();
		await settle(5000);
		expect([main.Connection.open, jest.getTimerCount()]).toEqual([[], 0]);
		jest.useRealTimers();
	});

	it('connects by itself when it is filled in', async () => {
		database.credential = { app: '', secret: '' };
		await publish(main);
		await settle(LOOK_MS);
		expect(secrets()).toEqual([]);
		database.credential = { app: 'app', secret: 's' };
		await settle(LOOK_MS);
		expect(secrets()).toEqual(['s']);
	});

	it('is used from then on; one that stays opens nothing', async () => {
		await publish(main);
		await settle(10 * LOOK_MS);
		expect(main.Connection.all).toHaveLength(1);
		database.credential = { app: 'app', secret: 'new' };
		await settle(LOOK_MS);
		expect(secrets()).toEqual(['new']);
	});

	it('is disconnected when it is emptied', async () => {
		await publish(main);
		database.credential = { app: '', secret: '' };
		await settle(LOOK_MS + 5000);
		expect(secrets()).toEqual([]);
	});

	it('leaves the connection that was there where it is wrong, says so once, and is tried again after 5 min', async () => {
		await publish(main);
		main.Connection.opens = async () => await Promise.reject(main.failures.wrongSecret);
		database.credential = { app: 'app', secret: 'wrong' };
		await settle(5 * LOOK_MS);
		expect([secrets(), main.Connection.all.length]).toEqual([['s'], 2]);
		expect(logged.filter((line) => line.includes('is not used'))).toEqual([
			expect.stringContaining('Correct Secret in the credential.'),
		]);
		main.Connection.opens = async () => {};
		await settle(10 * LOOK_MS);
		expect(secrets()).toEqual(['wrong']);
	});

	it('that cannot be read changes nothing', async () => {
		await publish(main);
		const { credential } = database;
		database.credential = undefined as never;
		await settle(3 * LOOK_MS);
		expect(secrets()).toEqual(['s']);
		database.credential = credential;
	});
});

describe('A test run from the editor', () => {
	const test = async (process: Process, parameters: IDataObject = {}, signal?: AbortSignal) =>
		await process.run([{ json: {} }], { mode: 'manual', parameters, ...(signal && { signal }) });

	it('takes the next message that the node wants, alone, on the connection that is there', async () => {
		await publish(main);
		const run = test(main, { events: ['message'], options: { includeRaw: true } });
		await pause(50);
		await main.Connection.open[0]!.bring({ ...say('event'), kind: 'event' });
		await expect(bring(main, 'a')).resolves.toBe('stored');
		await expect(bring(main, 'b')).resolves.toBe('stored');
		const { outputs, status } = await run;
		expect(status).toBe('success');
		expect(outputs.Work![0]!.map(({ json }) => json)).toMatchObject([{ messageId: 'a' }]);
		expect(outputs.Work![0]![0]!.json).toHaveProperty('raw');
		expect(database.ids).toEqual([['b']]);
		expect(main.Connection.all).toHaveLength(1);
	});

	it('connects where the workflow is not published', async () => {
		const run = test(main);
		await until(() => main.Connection.open.length === 1);
		await bring(main, 'a');
		expect((await run).outputs.Work![0]![0]!.json).toMatchObject({ messageId: 'a' });
	});

	it('ends when it is cancelled', async () => {
		const cancel = new AbortController();
		const run = test(main, {}, cancel.signal);
		await until(() => main.Connection.open.length === 1);
		cancel.abort();
		expect((await run).error).toMatchObject({ message: 'The execution was cancelled' });
	});

	it('says what is wrong with the credential', async () => {
		main.Connection.opens = async () => await Promise.reject(main.failures.wrongSecret);
		const { error } = await test(main);
		expect(error).toMatchObject({
			name: 'NodeOperationError',
			message: 'Fake: the secret is wrong (40001)',
			description: 'Correct Secret in the credential.',
		});
		database.credential = { app: '', secret: '' };
		const { error: empty } = await test(main);
		expect(empty).toMatchObject({ message: 'Not connected: fill in App in the credential' });
	});

	it('by HTTP passes on what n8n has received for it', async () => {
		const { outputs } = await main.run([{ json: { messageId: 'a' } }], {
			mode: 'manual',
			parameters: { connection: 'httpCallback' },
		});
		expect(outputs.Work![0]!.map(({ json }) => json)).toEqual([{ messageId: 'a' }]);
		expect(main.Connection.all).toEqual([]);
	});
});
