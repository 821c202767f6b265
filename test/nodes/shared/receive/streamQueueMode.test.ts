import { ManualExecutionCancelledError } from 'n8n-workflow';
import { pause, until } from '../../../until';
import { gate, Process } from './streamProcess';
import { bring, streamTriggerCase } from './streamTriggerCase';

const on = streamTriggerCase();

describe('In queue mode, where a worker runs the executions', () => {
	let worker: Process;
	beforeEach(async () => {
		worker = new Process(on.database);
		on.main = await on.restart(worker);
	});

	it('a message is stored when its execution has ended', async () => {
		const { wait, release } = gate();
		worker.work = wait;
		let outcome: string | undefined;
		void bring(on.main, 'a').then((said) => (outcome = said));
		await until(() => on.database.executions.length === 1);
		await pause(100);
		expect(outcome).toBeUndefined();
		release();
		await until(() => outcome === 'stored');
		expect(worker.ended[0]!.outputs.Work![0]![0]!.json).not.toHaveProperty('clawbotStart');
	});

	it('later messages do not wait for the end of earlier ones, and share the next execution', async () => {
		await bring(on.main, 'a');
		const { wait, release } = gate();
		worker.work = wait;
		const outcomes = ['b', 'c', 'd'].map(async (id) => {
			await pause(10);
			return await bring(on.main, id);
		});
		await until(() => on.database.executions.length === 3);
		expect(worker.ended).toHaveLength(1);
		release();
		expect(await Promise.all(outcomes)).toEqual(['stored', 'stored', 'stored']);
		expect(on.database.ids).toEqual([['a'], ['b'], ['c', 'd']]);
	});

	it('nor do they in one conversation, where each has an execution of its own', async () => {
		await on.publish(on.main, { options: { executions: 'onePerMessage' } });
		await bring(on.main, 'a');
		const { wait, release } = gate();
		worker.work = wait;
		const outcomes = ['b', 'c'].map(async (id) => await bring(on.main, id));
		await until(() => on.database.executions.length === 3);
		release();
		expect(await Promise.all(outcomes)).toEqual(['stored', 'stored']);
		expect(on.database.ids).toEqual([['a'], ['b'], ['c']]);
	});

	it('the first messages do not either, though nobody knows yet where executions run', async () => {
		worker.work = gate().wait;
		void bring(on.main, 'a');
		void bring(on.main, 'b');
		await until(() => on.database.executions.length === 2);
	});

	it('a message that comes again after the main process has died is not worked twice while the worker has it', async () => {
		const { wait, release } = gate();
		worker.work = wait;
		void bring(on.main, 'a');
		await until(() => on.database.executions.length === 1);
		const next = await on.restart(worker);
		await expect(bring(next, 'a')).resolves.toBe('stored');
		expect(on.database.ids).toEqual([['a']]);
		release();
		await until(() => worker.ended.length === 1);
	});

	it('a message is known after a restart: the worker notes it', async () => {
		await bring(on.main, 'a');
		(on.database as unknown as { keys: Set<string> }).keys.clear();
		await expect(bring(await on.restart(worker), 'a')).resolves.toBe('stored');
		expect(on.database.ids).toEqual([['a']]);
	});

	it('a start that failed after n8n had stored it is tried again without the key that stands there', async () => {
		const { insert } = on.database;
		on.database.insert = async (items, key) => {
			await insert.call(on.database, items, key);
			throw new Error('the queue is away');
		};
		await expect(bring(on.main, 'a')).resolves.toBe('later');
		on.database.insert = insert;
		await expect(bring(on.main, 'a')).resolves.toBe('stored');
		expect(worker.ended).toHaveLength(1);
	});

	it('an execution that somebody cancels was stored', async () => {
		worker.run = async () => {
			throw new ManualExecutionCancelledError('1');
		};
		await expect(bring(on.main, 'a')).resolves.toBe('stored');
	});
});
