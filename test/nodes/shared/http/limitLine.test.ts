import { Limits } from '../../../../core/delivery/limits';
import { LimitLine } from '../../../../nodes/shared/http/limitLine';
import { perMinute, perSecond, type Charge } from '../../../../protocol/limits';

const app: Charge = { key: 'app', name: 'app', windows: [perSecond(50), perMinute(1000)] };
const chat = (key: string): Charge => ({ key, name: key, windows: [perSecond(5)] });

describe('Answers beyond a limit of a second', () => {
	let line: LimitLine;
	let through: string[];
	beforeEach(() => {
		jest.useFakeTimers();
		line = new LimitLine(new Limits());
		through = [];
	});
	afterEach(() => jest.useRealTimers());

	const charge = async (name: string, charges: Charge[], patienceMs?: number) => {
		const excess = await line.charge({ charges, priority: 'answer', patienceMs });
		if (!excess) through.push(name);
		return excess;
	};
	const many = (count: number, charges: (n: number) => Charge[], patienceMs = 20_000) =>
		Array.from({ length: count }, async (_, n) => await charge(`${n}`, charges(n), patienceMs));

	it('wait for it in their order, and none is refused', async () => {
		const ends = many(200, (n) => [app, chat(`chat ${n}`)]);
		await jest.advanceTimersByTimeAsync(0);
		expect(through).toHaveLength(45);
		await jest.advanceTimersByTimeAsync(1_300);
		expect(through).toHaveLength(90);
		await jest.advanceTimersByTimeAsync(20_000);
		expect(await Promise.all(ends)).toEqual(Array.from({ length: 200 }, () => undefined));
		expect(through).toEqual(Array.from({ length: 200 }, (_, n) => `${n}`));
	});

	it('do not keep those waiting that count towards something else', async () => {
		many(9, () => [app, chat('busy')]);
		void charge('elsewhere', [app, chat('quiet')], 20_000);
		await jest.advanceTimersByTimeAsync(0);
		expect(through).toEqual(['0', '1', '2', '3', 'elsewhere']);
	});

	it('are refused when they have waited long enough', async () => {
		const ends = many(13, () => [chat('busy')], 1_500);
		await jest.advanceTimersByTimeAsync(1_500);
		const left = (await Promise.all(ends)).filter((excess) => excess !== undefined);
		expect([through.length, left.length]).toEqual([8, 5]);
	});

	it('are refused at once where the wait would be too long, or nobody has patience', async () => {
		const robot: Charge = { key: 'robot', name: 'robot', windows: [perMinute(20)] };
		const ends = many(19, () => [robot]);
		expect((await Promise.all(ends)).filter(Boolean)).toHaveLength(1);
		many(4, () => [chat('busy')]);
		await expect(charge('hasty', [chat('busy')])).resolves.toMatchObject({ name: 'busy' });
	});

	it('give up their place when their execution is cancelled: the next ones move up', async () => {
		const cancel = new AbortController();
		many(4, () => [chat('busy')]);
		const waiting = { charges: [chat('busy')], priority: 'answer' as const, patienceMs: 20_000 };
		const cancelled = Array.from(
			{ length: 4 },
			async () => await line.charge(waiting, cancel.signal),
		);
		const outcomes = Promise.allSettled(cancelled);
		void charge('next', [chat('busy')], 20_000);
		cancel.abort();
		for (const { status } of await outcomes) expect(status).toBe('rejected');
		await expect(cancelled[0]).rejects.toThrow('cancelled');
		await jest.advanceTimersByTimeAsync(1_500);
		expect(through).toEqual(['0', '1', '2', '3', 'next']);
		await expect(line.charge(waiting, cancel.signal)).rejects.toThrow('cancelled');
		await jest.advanceTimersByTimeAsync(0);
		expect(jest.getTimerCount()).toBe(0);
	});

	it('cost whoever comes no more the longer the line is', async () => {
		const limits = new Limits();
		const asked = jest.spyOn(limits, 'charge');
		line = new LimitLine(limits);
		for (let n = 0; n < 1_000; n++) {
			void charge(`${n}`, [app, chat(`chat ${n}`)], 60_000);
			await jest.advanceTimersByTimeAsync(0);
		}
		expect(asked.mock.calls.length).toBeLessThan(1_100);
	});

	it('are not overtaken by whoever comes when it is their turn, but the clock has not rung yet', async () => {
		many(8, () => [chat('busy')]);
		jest.spyOn(performance, 'now').mockReturnValue(performance.now() + 2_000);
		void charge('late', [chat('busy')], 20_000);
		await jest.advanceTimersByTimeAsync(0);
		expect(through.slice(4)).toEqual(['4', '5', '6', '7']);
		jest.restoreAllMocks();
	});

	it('leaves no timer behind', async () => {
		many(9, () => [chat('busy')]);
		await jest.advanceTimersByTimeAsync(5_000);
		expect(through).toHaveLength(9);
		expect(jest.getTimerCount()).toBe(0);
	});
});
