import { figure, figuresOf, percentile, schedule, spread } from '../../../scripts/bench/figures';
import { cpuOf, cpuSeconds } from '../../../scripts/bench/usage';
import { table } from '../../../scripts/machine/table';

/* How the benchmark counts. */

const sentAt = (id: string, at: number, end: number, status = 200) => ({ id, at, end, status });

describe('percentiles', () => {
	it('are values that occurred, in any order of arrival', () => {
		const values = Array.from({ length: 100 }, (_, index) => 100 - index);
		expect(spread(values)).toEqual({ p50: 50, p95: 95, p99: 99, max: 100 });
	});

	it('of a few values do not invent better ones', () => {
		expect(spread([3, 1])).toEqual({ p50: 1, p95: 3, p99: 3, max: 3 });
		expect(spread([7])).toEqual({ p50: 7, p95: 7, p99: 7, max: 7 });
	});

	it('of nothing are none', () => {
		expect(percentile([], 0.5)).toBeUndefined();
	});

	it('leave the list as it was', () => {
		const values = [3, 1, 2];
		spread(values);
		expect(values).toEqual([3, 1, 2]);
	});
});

describe('the open loop', () => {
	it('spreads messages evenly from the first moment on', () => {
		expect(schedule(4, 2000)).toEqual([0, 500, 1000, 1500]);
	});

	it('sends 500 within 2 s', () => {
		const times = schedule(500, 2000);
		expect(times).toHaveLength(500);
		expect(Math.max(...times)).toBeLessThan(2000);
	});
});

describe('the figures of a run', () => {
	it('count from the moment a message was to be sent', () => {
		const figures = figuresOf({
			sent: [sentAt('a', 1000, 1040), sentAt('b', 2000, 2060)],
			answers: new Map([
				['a', [1100]],
				['b', [2300]],
			]),
			cpuSeconds: 0.3,
		});
		expect(figures.acknowledgement).toMatchObject({ p50: 40, max: 60 });
		expect(figures.overhead).toMatchObject({ p50: 100, max: 300 });
		expect(figures).toMatchObject({ cpuPerMessage: 150, cpuPerAnswer: 150 });
	});

	it('tell what was acknowledged and lost from what was refused, and see every answer too many', () => {
		const figures = figuresOf({
			sent: [
				sentAt('good', 0, 1),
				sentAt('lost', 0, 1),
				sentAt('refused', 0, 1, 503),
				sentAt('twice', 0, 1),
			],
			answers: new Map([
				['good', [5]],
				['twice', [5, 6]],
			]),
			cpuSeconds: 0.4,
		});
		expect(figures).toMatchObject({
			count: 4,
			notAcknowledged: 1,
			notAnswered: 2,
			lost: 1,
			answeredTwice: 1,
			// An answer that never came has its share in the others.
			cpuPerMessage: 100,
			cpuPerAnswer: 200,
		});
	});

	it('of messages that no platform acknowledges have no time for it, and count as sent', () => {
		const figures = figuresOf({
			sent: [{ id: 'a', at: 0, status: 200 }, sentAt('b', 0, 7)],
			answers: new Map([['b', [9]]]),
			cpuSeconds: 0,
		});
		expect(figures.acknowledgement).toMatchObject({ p50: 7, max: 7 });
		expect(figures).toMatchObject({ notAcknowledged: 0, notAnswered: 1, lost: 1 });
	});

	it('of a run without any answer are no numbers made up', () => {
		const sent = [sentAt('a', 0, 1, 0)];
		const figures = figuresOf({ sent, answers: new Map(), cpuSeconds: 1 });
		expect(figures).toMatchObject({ notAcknowledged: 1, notAnswered: 1, lost: 0 });
		expect([figures.overhead.max, figures.cpuPerAnswer]).toEqual([undefined, undefined]);
	});
});

describe('processor time', () => {
	it('is read in every form in which ps writes it', () => {
		expect(cpuSeconds('0:01.50')).toBe(1.5);
		expect(cpuSeconds('01:02:03')).toBe(3723);
		expect(cpuSeconds('2-00:00:01')).toBe(172_801);
	});

	it('of this process is above zero and grows', () => {
		const before = cpuOf(process.pid);
		// Linux counts in steps of 10 ms.
		const end = process.cpuUsage().user + 50_000;
		while (process.cpuUsage().user < end);
		expect(cpuOf(process.pid)).toBeGreaterThan(before);
	});
});

describe('the table', () => {
	it('is aligned Markdown', () => {
		expect(
			table(
				['load', 'x'],
				[
					['1/s', '5.0'],
					['a longer one', '12'],
				],
			).split('\n'),
		).toEqual([
			'| load         |   x |',
			'| ------------ | --: |',
			'| 1/s          | 5.0 |',
			'| a longer one |  12 |',
		]);
	});

	it('shows no figure where there is none', () => {
		expect([figure(undefined), figure(4.26), figure(1234.5)]).toEqual(['–', '4.3', '1235']);
	});
});
