import { completeMessage } from '../../../../protocol/message';
import { logged } from '../../../harness';
import { pause, until } from '../../../until';
import { gate, type Process } from './streamProcess';
import { bring, say, streamTriggerCase } from './streamTriggerCase';

const on = streamTriggerCase();

describe('A message by a connection', () => {
	it('is stored as soon as its execution has begun, not when that ends; the control does not begin', async () => {
		await on.publish(on.main);
		const { wait, release } = gate();
		on.main.work = wait;
		await expect(bring(on.main, 'a')).resolves.toBe('stored');
		expect(on.main.ended).toEqual([]);
		const { wait: stored, release: store } = gate();
		on.database.store = stored;
		let outcome: string | undefined;
		void bring(on.main, 'b').then((said) => (outcome = said));
		await pause(100);
		expect(outcome).toBeUndefined();
		store();
		release();
		await until(() => outcome === 'stored');
	});

	it('reaches the workflow as the bot’s message and nothing else', async () => {
		await on.publish(on.main);
		await bring(on.main, 'a');
		await until(() => on.main.ended.length === 1);
		const { json } = on.main.ended[0]!.outputs.Work![0]![0]!;
		expect(json).toMatchObject({ messageId: 'a', conversationId: 'c1' });
		const { raw, ...message } = completeMessage(say('a'), 'bot');
		expect(raw).toBeDefined();
		expect(Object.keys(json).sort()).toEqual(Object.keys(message).sort());
		// The mark is in what n8n stores: else nothing would show that the execution has begun.
		expect(on.database.executions[0]![0]!.json).toMatchObject({ clawbotStart: expect.any(String) });
	});

	it('shares its execution with those that arrive while another is being stored', async () => {
		await on.publish(on.main, { options: { executions: 'together' } });
		const { wait, release } = gate();
		on.database.store = wait;
		const outcomes = ['a', 'b', 'c'].map(async (id) => await bring(on.main, id));
		release();
		expect(new Set(await Promise.all(outcomes))).toEqual(new Set(['stored']));
		expect(on.database.ids).toEqual([['a'], ['b', 'c']]);
	});

	it('shares its execution with one that comes a moment after another is stored, where they share any', async () => {
		await on.publish(on.main, { options: { executions: 'together' } });
		// A busy machine may take longer for the first than the moment is.
		for (let round = 0; on.database.ids.every((ids) => ids.length === 1); round += 1) {
			expect(round).toBeLessThan(50);
			await bring(on.main, `a${round}`);
			await Promise.all([bring(on.main, `b${round}`), bring(on.main, `c${round}`)]);
		}
	});

	it('shall come again where n8n cannot store it, is not remembered then, and is taken when it does', async () => {
		await on.publish(on.main);
		on.database.store = async () => {
			throw new Error('the disk is full');
		};
		await expect(bring(on.main, 'a')).resolves.toBe('later');
		expect(on.database.staticData).toEqual({});
		on.database.store = async () => {};
		await expect(bring(on.main, 'a')).resolves.toBe('stored');
		expect(on.database.ids).toEqual([['a']]);
	});

	it('is known after a restart, once its execution has ended; without the note it is taken again (control)', async () => {
		await on.publish(on.main);
		await bring(on.main, 'a');
		await until(() => on.main.ended.length === 1);
		const next = await on.restart();
		await expect(bring(next, 'a')).resolves.toBe('stored');
		expect(on.database.ids).toEqual([['a']]);
		on.database.staticData = {};
		on.database.keys.clear();
		await bring(await on.restart(), 'a');
		expect(on.database.ids).toEqual([['a'], ['a']]);
	});

	it('stays known where an execution ends that began before it', async () => {
		await on.publish(on.main);
		const { wait, release } = gate();
		on.main.work = wait;
		await bring(on.main, 'long');
		on.main.work = async () => {};
		await bring(on.main, 'short', 'c2');
		await until(() => on.main.ended.length === 1);
		release();
		await until(() => on.main.ended.length === 2);
		const next = await on.restart();
		await bring(next, 'short', 'c2');
		await bring(next, 'long');
		expect(on.database.ids).toEqual([['long'], ['short']]);
	});

	it('is told to come again where a defect of ours meets it, and the log has the stack', async () => {
		await on.publish(on.main);
		const broken = {
			...say('a'),
			get sentAt(): string {
				throw new TypeError('no date');
			},
		};
		await expect(on.main.Connection.open[0]!.bring(broken)).resolves.toBe('later');
		expect(logged.join('\n')).toMatch(
			/error Trigger: a message could not be taken: TypeError: no date\n\s+at /,
		);
	});
});

describe('After a crash', () => {
	let next: Process;
	beforeEach(async () => {
		await on.publish(on.main);
		await bring(on.main, 'before');
		await until(() => on.main.ended.length === 1);
		on.main.work = gate().wait;
		await bring(on.main, 'a');
		next = await on.restart();
	});

	it('an execution that is started again passes on without its dead key, and its message is known', async () => {
		const { outputs } = await next.run(structuredClone(on.database.executions[1]!), {
			mode: 'retry',
		});
		const { json } = outputs.Work![0]![0]!;
		expect(json).toMatchObject({ messageId: 'a' });
		expect(json).not.toHaveProperty('clawbotStart');
		await expect(bring(next, 'a')).resolves.toBe('stored');
		expect(on.database.ids).toEqual([['before'], ['a']]);
	});

	it('an execution that is started again leaves what was noted before it, though n8n does not show it that', async () => {
		await next.run(structuredClone(on.database.executions[1]!), { mode: 'retry' });
		on.database.keys.clear();
		const third = await on.restart();
		await expect(bring(third, 'before')).resolves.toBe('stored');
		expect(on.database.ids).toEqual([['before'], ['a']]);
	});

	it('a message of it that comes again before that is worked: nothing is lost where nobody starts it again', async () => {
		await expect(bring(next, 'a')).resolves.toBe('stored');
		expect(on.database.ids).toEqual([['before'], ['a'], ['a']]);
	});
});
