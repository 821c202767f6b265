import fc from 'fast-check';
import { Run } from '../../../../nodes/shared/conversation/run';
import type { TurnRequest } from '../../../../nodes/shared/conversation/turn';
import { delivery, overLimit, turnsCase } from './turnsCase';
import { settled, simulate, type Step, type Without } from './turnsSimulation';

// Turns with answers that the test ends by hand: no clock, no network. In n8n’s engine: the tests beside it.

const CONVERSATIONS = 50;

const arrival = fc.record({
	conversation: fc.oneof(fc.nat(2), fc.nat(CONVERSATIONS - 1)),
	sender: fc.integer({ min: 0, max: 1 }),
	late: fc.integer({ min: 0, max: 6 }),
	collect: fc.boolean(),
	again: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
});
const step: fc.Arbitrary<Step> = fc.oneof(
	{
		weight: 5,
		arbitrary: fc.record({
			do: fc.constant('run' as const),
			messages: fc.array(arrival, { minLength: 1, maxLength: 12 }),
			concurrency: fc.integer({ min: 1, max: 3 }),
		}),
	},
	{
		weight: 5,
		arbitrary: fc.record({
			do: fc.constant('end' as const),
			which: fc.nat(1000),
			fails: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
		}),
	},
	{
		weight: 1,
		arbitrary: fc.record({ do: fc.constant('cancel' as const), which: fc.nat(1000) }),
	},
);
const steps = fc.array(step, { minLength: 20, maxLength: 120 });

const check = async (without: Without) =>
	await fc.check(
		fc.asyncProperty(steps, async (list) => {
			const wrong = await simulate(list, without);
			if (wrong.length > 0) throw new Error(wrong.join('\n'));
		}),
		{ numRuns: 150, endOnFailure: true },
	);

describe('Whatever arrives, ends, fails and is cancelled in whatever order', () => {
	it('each message is answered at most once and in turn, and each item ends', async () => {
		const { failed, errorInstance } = await check({});
		expect(failed ? String(errorInstance) : '').toBe('');
	});

	it('is found to break the order without their queues (control)', async () => {
		const { failed, errorInstance } = await check({ queues: true });
		expect(failed).toBe(true);
		expect(String(errorInstance)).toMatch(/two at once/);
	});

	it('is found to answer twice without answer keys (control)', async () => {
		const { failed, errorInstance } = await check({ answerKeys: true });
		expect(failed).toBe(true);
		expect(String(errorInstance)).toMatch(/answered \d times/);
	});

	it('is found to let one overtake the other without their times (control)', async () => {
		const { failed, errorInstance } = await check({ times: true });
		expect(failed).toBe(true);
		expect(String(errorInstance)).toMatch(/before/);
	});
});

describe('A turn', () => {
	const on = turnsCase();

	const takeAll = async (questions: TurnRequest[]): Promise<string[]> => {
		await Promise.allSettled(questions.map(async (one) => await on.turns.take(one)));
		return on.asked;
	};

	it('joins what one person wrote, and ends where somebody else speaks', async () => {
		const say = (collectKey: string, text: string) => on.question({ collectKey, text });
		const texts = [say('Ann', 'a'), say('Ann', 'b'), say('Bo', 'c'), say('Ann', 'd')];
		expect(await takeAll(texts)).toEqual(['a\n\nb', 'c', 'd']);
	});

	it('joins nothing that does not ask for it', async () => {
		const texts = [on.question({ text: 'a' }), on.question({ text: 'b' })];
		expect(await takeAll(texts)).toEqual(['a', 'b']);
	});

	it('takes 20 messages and 30,000 bytes, and leaves the rest for the next', async () => {
		const many = Array.from({ length: 45 }, () => on.question({ collectKey: 'Ann', text: 'x' }));
		expect((await takeAll(many)).map((text) => text.split('\n\n').length)).toEqual([20, 20, 5]);
		on.asked = [];
		const long = Array.from({ length: 4 }, () =>
			on.question({ collectKey: 'Ann', text: '长'.repeat(4000) }),
		);
		expect((await takeAll(long)).map((text) => text.split('\n\n').length)).toEqual([2, 2]);
	});

	it('takes a message alone that is longer than several together may be', async () => {
		const texts = ['x'.repeat(40_000), 'y', 'z'].map((text) =>
			on.question({ collectKey: 'Ann', text }),
		);
		expect((await takeAll(texts)).map((text) => text.length)).toEqual([40_000, 4]);
	});

	it('that fails makes all its messages fail, and the next one begins', async () => {
		const bad = async () => await Promise.reject(new Error('no'));
		const [first, second, third] = [
			on.question({ collectKey: 'Ann' }),
			on.question({ collectKey: 'Ann', answer: bad }),
			on.question(),
		].map((one) => on.turns.take(one));
		await expect(first).rejects.toThrow('no');
		await expect(second).rejects.toThrow('no');
		await expect(third).resolves.toEqual({ delivery });
	});

	it('says of the earlier messages which one the answer went to', async () => {
		const [first, second] = [
			on.question({ collectKey: 'Ann' }),
			on.question({ collectKey: 'Ann' }),
		];
		const results = await Promise.all([on.turns.take(first!), on.turns.take(second!)]);
		expect(results).toEqual([
			{ delivery: { ...delivery, mergedInto: second!.messageId } },
			{ delivery },
		]);
		expect(await on.turns.take(first!)).toMatchObject({ delivery: { already: true } });
	});

	it('makes way after its time; an answer that comes later is known, too', async () => {
		let arrive = (): void => undefined;
		const late = on.question({
			maxMs: 1,
			answer: async () => {
				await new Promise<void>((resolve) => (arrive = resolve));
				return { delivery };
			},
		});
		const [never, next] = [on.turns.take(late), on.turns.take(on.question())];
		await expect(never).rejects.toMatchObject({
			context: { failure: { class: 'unknownOutcome', code: 'OVERTIME' } },
		});
		await expect(next).resolves.toEqual({ delivery });
		arrive();
		await settled();
		expect(await on.turns.take(late)).toMatchObject({ delivery: { already: true } });
	});

	describe('that waits for a slot of its run', () => {
		/** Takes its run's only slot until it is ended. */
		const busy = (run: Run, conversationKey: string) => {
			let end!: () => void;
			const over = new Promise<void>((resolve) => (end = resolve));
			const answer = async () => await over.then(() => ({ delivery }));
			void on.turns.take(on.question({ run, conversationKey, answer }));
			return { end };
		};

		it('leaves the slot to its run where somebody else is next meanwhile', async () => {
			const [one, other] = [new Run(1), new Run(1)];
			const [busyOne, busyOther] = [busy(one, 'two'), busy(other, 'three')];
			const cancel = new AbortController();
			const gone = on.turns.take(on.question({ run: one, signal: cancel.signal }));
			await settled();
			const next = on.turns.take(on.question({ run: other, text: 'next' }));
			cancel.abort();
			await expect(gone).rejects.toThrow('cancelled');
			busyOne.end();
			await on.turns.take(on.question({ run: one, conversationKey: 'four', text: 'free' }));
			expect(on.asked).toEqual(['free']);
			busyOther.end();
			await next;
			expect(on.asked).toEqual(['free', 'next']);
		});

		it('waits on where its conversation pauses meanwhile', async () => {
			const run = new Run(1);
			const { end } = busy(run, 'two');
			const next = on.turns.take(on.question({ run }));
			await settled();
			on.turns.retried('one', 'unsent', overLimit);
			end();
			await settled();
			expect(on.asked).toEqual([]);
			on.turns.retried('one', 'unsent');
			await next;
		});
	});

	it.each([0, -1, 0.5, NaN])('comes also where %d are allowed at once', async (count) => {
		expect(await takeAll([on.question({ run: new Run(count) })])).toHaveLength(1);
	});

	it('leaves nothing behind', async () => {
		await takeAll(
			Array.from({ length: 500 }, (_, n) => on.question({ conversationKey: `${n % 100}` })),
		);
		expect(on.turns.size).toBe(0);
	});
});
