import fc from 'fast-check';
import type { INode } from 'n8n-workflow';
import type { Failure } from '../../../../protocol/errors';
import { Run } from '../../../../nodes/shared/conversation/run';
import type { TurnRequest } from '../../../../nodes/shared/conversation/turn';
import { Turns } from '../../../../nodes/shared/conversation/turns';
import { RequestError } from '../../../../nodes/shared/errors';
import type { Delivery } from '../../../../nodes/shared/send/delivery';
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
	const delivery: Delivery = {
		platform: 'feishu',
		via: 'app',
		messageIds: [],
		parts: 1,
		at: '',
	};
	let turns: Turns;
	let asked: string[];
	beforeEach(() => {
		turns = new Turns();
		asked = [];
	});

	let number = 0;
	const question = (given: Partial<TurnRequest> = {}): TurnRequest => {
		const id = `q${number++}`;
		return {
			answerKey: id,
			conversationKey: 'one',
			platform: 'feishu',
			messageId: id,
			times: [number, number],
			text: id,
			run: new Run(1),
			isKept: true,
			isRetry: false,
			maxMs: 60_000,
			answer: async (text) => {
				asked.push(text);
				await settled();
				return { delivery };
			},
			...given,
		};
	};
	const answers = (text: string) => async () => {
		asked.push(text);
		return { delivery };
	};
	const takeAll = async (questions: TurnRequest[]): Promise<string[]> => {
		await Promise.allSettled(questions.map(async (one) => await turns.take(one)));
		return asked;
	};

	it('joins what one person wrote, and ends where somebody else speaks', async () => {
		const say = (collectKey: string, text: string) => question({ collectKey, text });
		const texts = [say('Ann', 'a'), say('Ann', 'b'), say('Bo', 'c'), say('Ann', 'd')];
		expect(await takeAll(texts)).toEqual(['a\n\nb', 'c', 'd']);
	});

	it('joins nothing that does not ask for it', async () => {
		const texts = [question({ text: 'a' }), question({ text: 'b' })];
		expect(await takeAll(texts)).toEqual(['a', 'b']);
	});

	it('takes 20 messages and 30,000 bytes, and leaves the rest for the next', async () => {
		const many = Array.from({ length: 45 }, () => question({ collectKey: 'Ann', text: 'x' }));
		expect((await takeAll(many)).map((text) => text.split('\n\n').length)).toEqual([20, 20, 5]);
		asked = [];
		const long = Array.from({ length: 4 }, () =>
			question({ collectKey: 'Ann', text: '长'.repeat(4000) }),
		);
		expect((await takeAll(long)).map((text) => text.split('\n\n').length)).toEqual([2, 2]);
	});

	it('takes a message alone that is longer than several together may be', async () => {
		const texts = ['x'.repeat(40_000), 'y', 'z'].map((text) =>
			question({ collectKey: 'Ann', text }),
		);
		expect((await takeAll(texts)).map((text) => text.length)).toEqual([40_000, 4]);
	});

	it('that fails makes all its messages fail, and the next one begins', async () => {
		const bad = async () => await Promise.reject(new Error('no'));
		const [first, second, third] = [
			question({ collectKey: 'Ann' }),
			question({ collectKey: 'Ann', answer: bad }),
			question(),
		].map((one) => turns.take(one));
		await expect(first).rejects.toThrow('no');
		await expect(second).rejects.toThrow('no');
		await expect(third).resolves.toEqual({ delivery });
	});

	it('says of the earlier messages which one the answer went to', async () => {
		const [first, second] = [question({ collectKey: 'Ann' }), question({ collectKey: 'Ann' })];
		const results = await Promise.all([turns.take(first!), turns.take(second!)]);
		expect(results).toEqual([
			{ delivery: { ...delivery, mergedInto: second!.messageId } },
			{ delivery },
		]);
		expect(await turns.take(first!)).toMatchObject({ delivery: { already: true } });
	});

	it('makes way after its time; an answer that comes later is known, too', async () => {
		let arrive = (): void => undefined;
		const late = question({
			maxMs: 1,
			answer: async () => {
				await new Promise<void>((resolve) => (arrive = resolve));
				return { delivery };
			},
		});
		const [never, next] = [turns.take(late), turns.take(question())];
		await expect(never).rejects.toMatchObject({
			context: { failure: { class: 'unknownOutcome', code: 'OVERTIME' } },
		});
		await expect(next).resolves.toEqual({ delivery });
		arrive();
		await settled();
		expect(await turns.take(late)).toMatchObject({ delivery: { already: true } });
	});

	const failure: Failure = {
		class: 'rateLimited',
		code: '429',
		message: '',
		cure: '',
		retryAfterMs: 10_000,
	};
	const overLimit = new RequestError({ node: {} as INode, service: 'Feishu' }, failure);

	it('over a limit makes the next one wait until the queue has sent it', async () => {
		jest.useFakeTimers({ doNotFake: ['setImmediate'] });
		const limited = question({ answer: async () => await Promise.reject(overLimit) });
		await expect(turns.take(limited)).rejects.toThrow();
		const ends = turns.take(question({ text: 'next' }));
		await jest.advanceTimersByTimeAsync(11_000);
		turns.retried('one', limited.answerKey, overLimit);
		await jest.advanceTimersByTimeAsync(20_000);
		expect(asked).toEqual([]);
		turns.retried('two', limited.answerKey);
		turns.retried('one', 'another message of the conversation');
		await settled();
		expect(asked).toEqual([]);
		turns.retried('one', limited.answerKey);
		await ends;
		expect(asked).toEqual(['next']);
		jest.useRealTimers();
	});

	describe('over a limit, of a run that has more to answer', () => {
		const limited = (given: Partial<TurnRequest>): TurnRequest =>
			question({ answer: async () => await Promise.reject(overLimit), ...given });
		const failed = { context: { failure: { class: 'rateLimited' } } };

		it('takes what waits in its conversation along: the queue gets neither before the run is over', async () => {
			const run = new Run(5);
			const ends = [limited({ run }), question({ run })].map(async (one) => await turns.take(one));
			for (const end of ends) await expect(end).rejects.toMatchObject(failed);
			expect(asked).toEqual([]);
		});

		it('takes along what waits elsewhere for what another run is to hand over', async () => {
			const [one, two] = [new Run(5), new Run(5)];
			const ends = [
				limited({ run: one, conversationKey: 'one' }),
				limited({ run: two, conversationKey: 'two' }),
				question({ run: two, conversationKey: 'one' }),
				question({ run: one, conversationKey: 'two' }),
			].map(async (each) => await turns.take(each));
			for (const end of ends) await expect(end).rejects.toMatchObject(failed);
		});

		it('takes along what waits already, and leaves nobody behind who would wait', async () => {
			await expect(turns.take(limited({ conversationKey: 'two' }))).rejects.toThrow();
			const run = new Run(5);
			const waiting = turns.take(question({ run, conversationKey: 'two' }));
			await settled();
			await expect(turns.take(limited({ run }))).rejects.toThrow();
			await expect(waiting).rejects.toMatchObject(failed);
			await settled();
			expect(turns.size).toBe(0);
		});

		it('takes along what comes to a conversation that waits already', async () => {
			await expect(turns.take(limited({ conversationKey: 'two' }))).rejects.toThrow();
			const run = new Run(5);
			await expect(turns.take(limited({ run }))).rejects.toThrow();
			const late = turns.take(question({ run, conversationKey: 'two' }));
			await expect(late).rejects.toMatchObject(failed);
		});

		it('takes along what another run has, where it has the same message', async () => {
			const run = new Run(5);
			await expect(turns.take(limited({ run }))).rejects.toThrow();
			const elsewhere = question();
			const ends = [elsewhere, { ...elsewhere, run }].map(async (one) => await turns.take(one));
			for (const end of ends) await expect(end).rejects.toMatchObject(failed);
		});

		it('leaves to wait what other runs have, and in its own what need not wait', async () => {
			const run = new Run(5);
			const one = limited({ run });
			const first = turns.take(one);
			const other = turns.take(question({ text: 'other run' }));
			const free = turns.take(question({ run, conversationKey: 'two', text: 'free' }));
			await expect(first).rejects.toThrow();
			await free;
			expect(asked).toEqual(['free']);
			turns.retried('one', one.answerKey);
			await other;
			expect(asked).toEqual(['free', 'other run']);
		});

		it('lets nobody overtake what it took along until the queue has brought that, too', async () => {
			const [one, two] = [new Run(5), new Run(5)];
			const late = limited({ run: two, conversationKey: 'two' });
			const taken = question({ run: one, conversationKey: 'two', text: 'taken along' });
			const ends = [limited({ run: one }), late, taken].map(async (each) => await turns.take(each));
			for (const end of ends) await expect(end).rejects.toMatchObject(failed);
			const next = turns.take(question({ conversationKey: 'two', text: 'next' }));
			const back = { isRetry: true, run: new Run(5) };
			const again = await turns.take({ ...late, ...back, answer: answers('again') });
			expect(again).toEqual({ delivery });
			await settled();
			expect(asked).toEqual(['again']);
			await Promise.all([turns.take({ ...taken, ...back }), next]);
			expect(asked).toEqual(['again', 'taken along', 'next']);
		});

		it('keeps its conversation waiting as long after its end as the queue may take', async () => {
			jest.useFakeTimers({ doNotFake: ['setImmediate'] });
			const run = new Run(5);
			await expect(turns.take(limited({ run }))).rejects.toThrow();
			const next = turns.take(question({ text: 'next' }));
			await jest.advanceTimersByTimeAsync(120_000);
			run.end(false);
			await jest.advanceTimersByTimeAsync(179_000);
			expect(asked).toEqual([]);
			await jest.advanceTimersByTimeAsync(1_001);
			await next;
			jest.useRealTimers();
		});

		it('keeps nobody waiting for it where it is cancelled: the queue never gets it', async () => {
			const run = new Run(5);
			await expect(turns.take(limited({ run }))).rejects.toThrow();
			const next = turns.take(question({ text: 'next' }));
			await settled();
			expect(asked).toEqual([]);
			run.end(true);
			await next;
		});

		it('keeps others waiting only for the limit where it was cancelled before', async () => {
			jest.useFakeTimers({ doNotFake: ['setImmediate'] });
			const stop = new AbortController();
			const run = new Run(5);
			const cancelled = limited({
				run,
				signal: stop.signal,
				answer: async () => {
					stop.abort();
					return await Promise.reject(overLimit);
				},
			});
			await expect(turns.take(cancelled)).rejects.toThrow('cancelled');
			expect(run.isAwaited).toBe(false);
			const next = turns.take(question({ text: 'next' }));
			await jest.advanceTimersByTimeAsync(9_000);
			expect(asked).toEqual([]);
			await jest.advanceTimersByTimeAsync(1_001);
			await next;
			jest.useRealTimers();
		});

		it('keeps nobody waiting where no queue gets it', async () => {
			const run = new Run(5);
			await expect(turns.take(limited({ run, isKept: false }))).rejects.toThrow();
			expect(run.isAwaited).toBe(false);
		});
	});

	it('of what the queue brings back comes at once, before those that wait', async () => {
		const early = question({ answer: async () => await Promise.reject(overLimit) });
		await expect(turns.take(early)).rejects.toThrow();
		const next = turns.take(question({ text: 'next' }));
		await settled();
		expect(asked).toEqual([]);
		const { times, answerKey } = early;
		const again = turns.take(question({ times, answerKey, text: 'again', isRetry: true }));
		await Promise.all([again, next]);
		expect(asked).toEqual(['again', 'next']);
	});

	it.each([
		['after a limit where nobody keeps what it held back', false, 10_000, 0],
		['where the clock is set back', false, 10_000, -3_600_000],
		['where nobody says that it was sent', true, 180_000, 0],
	])('goes on %s', async (_, isKept, afterMs, jumpMs) => {
		jest.useFakeTimers({ doNotFake: ['setImmediate'] });
		const limited = question({ isKept, answer: async () => await Promise.reject(overLimit) });
		await expect(turns.take(limited)).rejects.toThrow();
		jest.setSystemTime(Date.now() + jumpMs);
		const [next, other] = [
			question({ text: 'next' }),
			question({ text: 'other', conversationKey: 'two' }),
		];
		const ends = Promise.all([turns.take(next), turns.take(other)]);
		await settled();
		expect(asked).toEqual(['other']);
		await jest.advanceTimersByTimeAsync(afterMs - 1000);
		expect(asked).toEqual(['other']);
		await jest.advanceTimersByTimeAsync(1001);
		await ends;
		expect(asked).toEqual(['other', 'next']);
		jest.useRealTimers();
	});

	it.each([0, -1, 0.5, NaN])('comes also where %d are allowed at once', async (count) => {
		expect(await takeAll([question({ run: new Run(count) })])).toHaveLength(1);
	});

	it('leaves nothing behind', async () => {
		await takeAll(
			Array.from({ length: 500 }, (_, n) => question({ conversationKey: `${n % 100}` })),
		);
		expect(turns.size).toBe(0);
	});
});
