import type { IDataObject } from 'n8n-workflow';
import { until } from '../../../until';
import type { Process } from './streamProcess';
import { bring, say, streamTriggerCase } from './streamTriggerCase';

const on = streamTriggerCase();

describe('A test run from the editor', () => {
	const test = async (process: Process, parameters: IDataObject = {}, signal?: AbortSignal) =>
		await process.run([{ json: {} }], { mode: 'manual', parameters, ...(signal && { signal }) });

	it('takes the next message that the node wants, alone, on the connection that is there', async () => {
		await on.publish(on.main);
		let isOver = false;
		const run = test(on.main, { events: ['message'], options: { includeRaw: true } });
		void run.then(() => (isOver = true));
		const ids: string[] = [];
		// The first ones may come before it listens.
		await until(async () => {
			await on.main.Connection.open[0]!.bring({ ...say('event'), kind: 'event' });
			const id = `message ${ids.length}`;
			ids.push(id);
			await expect(bring(on.main, id)).resolves.toBe('stored');
			return isOver;
		});
		const { outputs, status } = await run;
		expect(status).toBe('success');
		const [taken, ...more] = outputs.Work![0]!.map(({ json }) => json);
		expect(more).toEqual([]);
		expect(taken).toMatchObject({ messageId: expect.any(String), raw: expect.anything() });
		const others = ids.filter((id) => id !== taken!.messageId);
		expect(on.database.ids).toEqual(others.map((id) => [id]));
		expect(others).toHaveLength(ids.length - 1);
		expect(on.main.Connection.all).toHaveLength(1);
	});

	it('connects where the workflow is not published', async () => {
		const run = test(on.main);
		await until(() => on.main.Connection.open.length === 1);
		await bring(on.main, 'a');
		expect((await run).outputs.Work![0]![0]!.json).toMatchObject({ messageId: 'a' });
	});

	it('ends when it is cancelled', async () => {
		const cancel = new AbortController();
		const run = test(on.main, {}, cancel.signal);
		await until(() => on.main.Connection.open.length === 1);
		cancel.abort();
		expect((await run).error).toMatchObject({ message: 'The execution was cancelled' });
	});

	it('says what is wrong with the credential', async () => {
		on.main.Connection.opens = async () => await Promise.reject(on.main.failures.wrongSecret);
		const { error } = await test(on.main);
		expect(error).toMatchObject({
			name: 'NodeOperationError',
			message: 'Fake: the secret is wrong (40001)',
			description: 'Correct Secret in the credential.',
		});
		on.database.credential = { app: '', secret: '' };
		const { error: empty } = await test(on.main);
		expect(empty).toMatchObject({ message: 'Not connected: fill in App in the credential' });
	});

	it('by HTTP passes on what n8n has received for it', async () => {
		const { outputs } = await on.main.run([{ json: { messageId: 'a' } }], {
			mode: 'manual',
			parameters: { connection: 'httpCallback' },
		});
		expect(outputs.Work![0]!.map(({ json }) => json)).toEqual([{ messageId: 'a' }]);
		expect(on.main.Connection.all).toEqual([]);
	});
});
