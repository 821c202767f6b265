import type { Figures } from '../../../scripts/bench/figures';
import type { Engine } from '../../../scripts/bench/plan';
import type { Result } from '../../../scripts/bench/report';
import { idleVerdicts } from '../../../scripts/bench/idleReport';
import { figure, figuresOf, percentile, schedule, spread } from '../../../scripts/bench/figures';
import { ratio, loadTable } from '../../../scripts/bench/lines';
import { report } from '../../../scripts/bench/report';
import { streamVerdicts } from '../../../scripts/bench/streamVerdicts';
import { harm, verdicts } from '../../../scripts/bench/verdicts';
import { table } from '../../../scripts/machine/table';
import { cpuSeconds, usageOf } from '../../../scripts/bench/usage';

const sentAt = (id: string, at: number, end: number, status = 200) => ({ id, at, end, status });
const usage = { cpuSeconds: 0.3, rssPeak: 2 ** 30 };

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
	it('count from the moment a message was to be sent, less the time of the model', () => {
		const figures = figuresOf({
			sent: [sentAt('a', 1000, 1040), sentAt('b', 2000, 2060)],
			answers: new Map([
				['a', [2100]],
				['b', [3300]],
			]),
			durationMs: 2000,
			modelDelayMs: 1000,
			usage,
		});
		expect(figures.acknowledgement).toMatchObject({ p50: 40, max: 60 });
		expect(figures.answer).toMatchObject({ p50: 100, max: 300 });
		expect(figures.cpuPerMessage).toBe(150);
		expect(figures.perSecond).toBeCloseTo(2 / 2.3);
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
			durationMs: 1000,
			modelDelayMs: 0,
			usage,
		});
		expect(figures).toMatchObject({
			count: 4,
			notAcknowledged: 1,
			notAnswered: 2,
			lost: 1,
			answeredTwice: 1,
		});
	});

	it('of messages that no platform acknowledges have no time for it, and count as sent', () => {
		const figures = figuresOf({
			sent: [{ id: 'a', at: 0, status: 200 }, sentAt('b', 0, 7)],
			answers: new Map([['b', [9]]]),
			durationMs: 1000,
			modelDelayMs: 0,
			usage,
		});
		expect(figures.acknowledgement).toMatchObject({ p50: 7, max: 7 });
		expect(figures).toMatchObject({ notAcknowledged: 0, notAnswered: 1, lost: 1 });
	});

	it('of a run without any answer are no numbers made up', () => {
		const figures = figuresOf({
			sent: [sentAt('a', 0, 1, 0)],
			answers: new Map(),
			durationMs: 1000,
			modelDelayMs: 0,
			usage,
		});
		expect(figures).toMatchObject({ perSecond: 0, notAcknowledged: 1, notAnswered: 1, lost: 0 });
		expect(figures.answer.max).toBeUndefined();
	});
});

describe('processor time', () => {
	it('is read in every form in which ps writes it', () => {
		expect(cpuSeconds('0:01.50')).toBe(1.5);
		expect(cpuSeconds('01:02:03')).toBe(3723);
		expect(cpuSeconds('2-00:00:01')).toBe(172_801);
	});

	it('of this process is above zero and grows', () => {
		const before = usageOf(process.pid);
		// Linux counts in steps of 10 ms.
		const end = process.cpuUsage().user + 50_000;
		while (process.cpuUsage().user < end);
		expect(usageOf(process.pid).cpu).toBeGreaterThan(before.cpu);
		expect(before.rss).toBeGreaterThan(10 * 2 ** 20);
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
		expect([ratio(5, 100), ratio(undefined, 1), ratio(1, 0)]).toEqual(['×0.05', '', '']);
	});
});

const run = (changes = {}): Figures => ({
	...figuresOf({
		sent: [sentAt('a', 0, 500)],
		answers: new Map([['a', [800]]]),
		durationMs: 1000,
		modelDelayMs: 0,
		usage,
	}),
	...changes,
});
const IDLE = {
	seconds: 300,
	cpu: { none: 5, delivery: 15, watching: 25, all: 35 },
	lateMs: [100, 1500],
	retries: 2,
	recoveryMs: 5000,
};
const result = (ours: object, engine: Engine = 'lazy'): Result => ({
	engine,
	idleCpu: 5,
	leftOut: [],
	lines: [{ title: '500 in 2 s', floor: run(), ours: run(ours) }],
	idle: { ...IDLE, engine },
});
const good = (results: Result[]) =>
	Object.fromEntries(verdicts(results).map(([ok, what]) => [what.split(':').pop(), ok]));

describe('the verdict', () => {
	it('follows the figures', () => {
		const all = Object.values(good([result({ cpuPerMessage: 100 })]));
		expect(all).toEqual(Array.from({ length: 7 }, () => true));
	});

	it.each([
		[
			'a late acknowledgement',
			{ acknowledgement: { max: 1000 }, cpuPerMessage: 1 },
			'all of 500 in 2 s acknowledged in under 1 s',
		],
		[
			'a missing acknowledgement',
			{ notAcknowledged: 1, cpuPerMessage: 1 },
			'all of 500 in 2 s acknowledged in under 1 s',
		],
		['a missing answer', { notAnswered: 1, cpuPerMessage: 1 }, 'each of the 500 answered once'],
		['as much processor time as the floor', {}, "CPU per message below the floor's at every load"],
		['a lost message', { lost: 1, cpuPerMessage: 1 }, 'no message lost, none answered twice'],
	])('says so of %s', (_, ours, what) => {
		const verdict = good([result(ours)]);
		const bad = Object.entries(verdict)
			.filter(([, ok]) => !ok)
			.map(([text]) => text.trim());
		expect(bad).toEqual([what]);
	});

	it('allows the default engine as much processor time as the floor, and no more', () => {
		const cpu = "CPU per message not above the floor's at every load";
		expect(good([result({}, 'default')])[` ${cpu}`]).toBe(true);
		expect(good([result({ cpuPerMessage: 301 }, 'default')])[` ${cpu}`]).toBe(false);
	});

	it.each([
		['an idle cost above the limit', { cpu: { none: 5, delivery: 15.1 } }, 'idle'],
		['a message that came late', { lateMs: [100, 1501] }, 'due time'],
		['a message that never came', { lateMs: [100] }, 'due time'],
		['a late recovery', { recoveryMs: 5001 }, 'recovery begins'],
		['no recovery', { recoveryMs: undefined }, 'recovery begins'],
	])('says so of %s', (_, changes, words) => {
		const idle = { ...IDLE, engine: 'lazy', ...changes };
		const bad = idleVerdicts(idle).filter(([ok]) => !ok);
		expect(bad).toEqual([[false, expect.stringContaining(words), expect.any(String)]]);
	});

	it('counts as harm what was lost or answered twice, by ours alone', () => {
		const after = { ...run(), answeredAgain: 2 };
		const restart = { before: run({ lost: 3 }), after, fresh: run() };
		const floorLost = { title: 'x', floor: run({ lost: 9 }), ours: run({ answeredTwice: 1 }) };
		expect(harm([{ engine: 'lazy', leftOut: [], lines: [floorLost], restart }])).toEqual({
			messages: 2,
			lost: 3,
			twice: 3,
		});
	});
});

describe('messages that come by connection', () => {
	const p99 = (value: number) => ({ acknowledgement: { p99: value }, cpuPerMessage: 100 });
	const lines = (stream: object, title = '500 in 2 s') => [
		{ title, ours: run({ ...p99(1000), cpuPerMessage: 200 }), stream: run(stream) },
	];
	const bad = (stream: object, engine: Engine, title?: string) =>
		streamVerdicts({ engine, leftOut: [], lines: lines(stream, title) })
			.filter(([ok]) => !ok)
			.map(([, what]) => what.split(': by connection, ')[1]);

	it.each([
		['lazy', 250, '500 in 2 s'],
		['default', 50, '500 in 2 s'],
		['lazy', 1000, '17/s'],
		['default', 1000, '17/s'],
	] as const)('%s: may take %d ms of 1000 at %s, and no more', (engine, limit, title) => {
		expect(bad(p99(limit), engine, title)).toEqual([]);
		expect(bad(p99(limit + 1), engine, title)).toEqual([
			expect.stringMatching(`^ack p99 of ${title}`),
		]);
	});

	it.each([
		['a missing acknowledgement', { notAcknowledged: 1 }, 'ack p99'],
		['no acknowledgement at all', { acknowledgement: {} }, 'ack p99'],
		['as much processor time as by HTTP', { cpuPerMessage: 200 }, 'CPU per message'],
		['a missing answer', { notAnswered: 1 }, 'each message answered once'],
		['a second answer', { answeredTwice: 1 }, 'each message answered once'],
	])('are not good enough with %s', (_, stream, words) => {
		expect(bad({ ...p99(1), ...stream }, 'lazy')).toEqual([expect.stringContaining(words)]);
	});

	it('give no verdict where none came', () => {
		const one = { title: '17/s', ours: run() };
		expect(streamVerdicts({ engine: 'lazy', leftOut: [], lines: [one] })).toEqual([]);
	});

	it('have their lines, and count for harm', () => {
		const both = lines({ ...p99(250), lost: 2 });
		const names = loadTable([{ ...both[0]!, floor: run() }])
			.split('\n')
			.slice(2)
			.map((row) => row.split('|')[1]!.trim());
		expect(names).toEqual(['500 in 2 s: floor', 'ours', 'stream', 'ours ÷ floor', 'stream ÷ ours']);
		expect(loadTable(both)).toMatch(/stream ÷ ours .* ×0\.25 /);
		expect(harm([{ engine: 'lazy', leftOut: [], lines: both }]).lost).toBe(2);
	});
});

it('the report names the loads that there was no time for', () => {
	const text = report([{ ...result({}), leftOut: ['200/s'] }], '2 cores', {
		lazy: 'lazy settings',
	});
	expect(text).toContain('Left out, because this machine was too slow: 200/s.');
	expect(text).toContain('Machine: 2 cores.');
	expect(text).toMatch(/\| \+ retry, store, recovery and announcements +\| +10\.0 \|/);
});
