import { Run } from '../../../../nodes/shared/conversation/run';
import type { TurnRequest } from '../../../../nodes/shared/conversation/turn';
import { delivery, overLimit, turnsCase } from './turnsCase';
import { settled } from './turnsSimulation';

describe('A turn', () => {
	const on = turnsCase();
	afterEach(() => jest.useRealTimers());

	const answers = (text: string) => async () => {
		on.asked.push(text);
		return { delivery };
	};
	it('over a limit makes the next one wait until the queue has sent it', async () => {
		jest.useFakeTimers({ doNotFake: ['setImmediate'] });
		const limited = on.question({ answer: async () => await Promise.reject(overLimit) });
		await expect(on.turns.take(limited)).rejects.toThrow();
		const ends = on.turns.take(on.question({ text: 'next' }));
		await jest.advanceTimersByTimeAsync(11_000);
		on.turns.retried('one', limited.answerKey, overLimit);
		await jest.advanceTimersByTimeAsync(20_000);
		expect(on.asked).toEqual([]);
		on.turns.retried('two', limited.answerKey);
		on.turns.retried('one', 'another message of the conversation');
		await settled();
		expect(on.asked).toEqual([]);
		on.turns.retried('one', limited.answerKey);
		await ends;
		expect(on.asked).toEqual(['next']);
	});

	describe('over a limit, of a run that has more to answer', () => {
		const limited = (given: Partial<TurnRequest>): TurnRequest =>
			on.question({ answer: async () => await Promise.reject(overLimit), ...given });
		const failed = { context: { failure: { class: 'rateLimited' } } };

		it('takes what waits in its conversation along: the queue gets neither before the run is over', async () => {
			const run = new Run(5);
			const ends = [limited({ run }), on.question({ run })].map(
				async (one) => await on.turns.take(one),
			);
			for (const end of ends) await expect(end).rejects.toMatchObject(failed);
			expect(on.asked).toEqual([]);
		});

		it('takes along what waits elsewhere for what another run is to hand over', async () => {
			const [one, two] = [new Run(5), new Run(5)];
			const ends = [
				limited({ run: one, conversationKey: 'one' }),
				limited({ run: two, conversationKey: 'two' }),
				on.question({ run: two, conversationKey: 'one' }),
				on.question({ run: one, conversationKey: 'two' }),
			].map(async (each) => await on.turns.take(each));
			for (const end of ends) await expect(end).rejects.toMatchObject(failed);
		});

		it('takes along what waits already, and leaves nobody behind who would wait', async () => {
			await expect(on.turns.take(limited({ conversationKey: 'two' }))).rejects.toThrow();
			const run = new Run(5);
			const waiting = on.turns.take(on.question({ run, conversationKey: 'two' }));
			await settled();
			await expect(on.turns.take(limited({ run }))).rejects.toThrow();
			await expect(waiting).rejects.toMatchObject(failed);
			await settled();
			expect(on.turns.size).toBe(0);
		});

		it('takes along what comes to a conversation that waits already', async () => {
			await expect(on.turns.take(limited({ conversationKey: 'two' }))).rejects.toThrow();
			const run = new Run(5);
			await expect(on.turns.take(limited({ run }))).rejects.toThrow();
			const late = on.turns.take(on.question({ run, conversationKey: 'two' }));
			await expect(late).rejects.toMatchObject(failed);
		});

		it('takes along what another run has, where it has the same message', async () => {
			const run = new Run(5);
			await expect(on.turns.take(limited({ run }))).rejects.toThrow();
			const elsewhere = on.question();
			const ends = [elsewhere, { ...elsewhere, run }].map(async (one) => await on.turns.take(one));
			for (const end of ends) await expect(end).rejects.toMatchObject(failed);
		});

		it('leaves to wait what other runs have, and in its own what need not wait', async () => {
			const run = new Run(5);
			const one = limited({ run });
			const first = on.turns.take(one);
			const other = on.turns.take(on.question({ text: 'other run' }));
			const free = on.turns.take(on.question({ run, conversationKey: 'two', text: 'free' }));
			await expect(first).rejects.toThrow();
			await free;
			expect(on.asked).toEqual(['free']);
			on.turns.retried('one', one.answerKey);
			await other;
			expect(on.asked).toEqual(['free', 'other run']);
		});

		it('lets nobody overtake what it took along until the queue has brought that, too', async () => {
			const [one, two] = [new Run(5), new Run(5)];
			const late = limited({ run: two, conversationKey: 'two' });
			const taken = on.question({ run: one, conversationKey: 'two', text: 'taken along' });
			const ends = [limited({ run: one }), late, taken].map(
				async (each) => await on.turns.take(each),
			);
			for (const end of ends) await expect(end).rejects.toMatchObject(failed);
			const next = on.turns.take(on.question({ conversationKey: 'two', text: 'next' }));
			const back = { isRetry: true, run: new Run(5) };
			const again = await on.turns.take({ ...late, ...back, answer: answers('again') });
			expect(again).toEqual({ delivery });
			await settled();
			expect(on.asked).toEqual(['again']);
			await Promise.all([on.turns.take({ ...taken, ...back }), next]);
			expect(on.asked).toEqual(['again', 'taken along', 'next']);
		});

		it('keeps its conversation waiting as long after its end as the queue may take', async () => {
			jest.useFakeTimers({ doNotFake: ['setImmediate'] });
			const run = new Run(5);
			await expect(on.turns.take(limited({ run }))).rejects.toThrow();
			const next = on.turns.take(on.question({ text: 'next' }));
			await jest.advanceTimersByTimeAsync(120_000);
			run.end(false);
			await jest.advanceTimersByTimeAsync(179_000);
			expect(on.asked).toEqual([]);
			await jest.advanceTimersByTimeAsync(1_001);
			await next;
		});

		it('keeps nobody waiting for it where it is cancelled: the queue never gets it', async () => {
			const run = new Run(5);
			await expect(on.turns.take(limited({ run }))).rejects.toThrow();
			const next = on.turns.take(on.question({ text: 'next' }));
			await settled();
			expect(on.asked).toEqual([]);
			run.end(true);
			await next;
		});

		it('keeps others waiting where it is cancelled, but another one has the same message', async () => {
			const [run, other] = [new Run(5), new Run(5)];
			const one = limited({ run });
			const elsewhere = limited({ run: other, conversationKey: 'two' });
			for (const each of [one, elsewhere, { ...one, run: other }]) {
				await expect(on.turns.take(each)).rejects.toMatchObject(failed);
			}
			const next = on.turns.take(on.question({ text: 'next' }));
			run.end(true);
			await settled();
			expect(on.asked).toEqual([]);
			other.end(true);
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
			await expect(on.turns.take(cancelled)).rejects.toThrow('cancelled');
			expect(run.isAwaited).toBe(false);
			const next = on.turns.take(on.question({ text: 'next' }));
			await jest.advanceTimersByTimeAsync(9_000);
			expect(on.asked).toEqual([]);
			await jest.advanceTimersByTimeAsync(1_001);
			await next;
		});

		it('keeps nobody waiting where no queue gets it', async () => {
			const run = new Run(5);
			await expect(on.turns.take(limited({ run, isKept: false }))).rejects.toThrow();
			expect(run.isAwaited).toBe(false);
		});
	});

	it('of what the queue brings back comes at once, before those that wait', async () => {
		const early = on.question({ answer: async () => await Promise.reject(overLimit) });
		await expect(on.turns.take(early)).rejects.toThrow();
		const next = on.turns.take(on.question({ text: 'next' }));
		await settled();
		expect(on.asked).toEqual([]);
		const { times, answerKey } = early;
		const again = on.turns.take(on.question({ times, answerKey, text: 'again', isRetry: true }));
		await Promise.all([again, next]);
		expect(on.asked).toEqual(['again', 'next']);
	});

	it.each([
		['after a limit where nobody keeps what it held back', false, 10_000, 0],
		['where the clock is set back', false, 10_000, -3_600_000],
		['where nobody says that it was sent', true, 180_000, 0],
	])('goes on %s', async (_, isKept, afterMs, jumpMs) => {
		jest.useFakeTimers({ doNotFake: ['setImmediate'] });
		const limited = on.question({ isKept, answer: async () => await Promise.reject(overLimit) });
		await expect(on.turns.take(limited)).rejects.toThrow();
		jest.setSystemTime(Date.now() + jumpMs);
		const [next, other] = [
			on.question({ text: 'next' }),
			on.question({ text: 'other', conversationKey: 'two' }),
		];
		const ends = Promise.all([on.turns.take(next), on.turns.take(other)]);
		await settled();
		expect(on.asked).toEqual(['other']);
		await jest.advanceTimersByTimeAsync(afterMs - 1000);
		expect(on.asked).toEqual(['other']);
		await jest.advanceTimersByTimeAsync(1001);
		await ends;
		expect(on.asked).toEqual(['other', 'next']);
	});
});
