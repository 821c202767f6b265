import type { Sample } from '../../../core/common/sample';
import { Watch, START, MINUTE, rule } from './watch';

const FIRING = '告警 Alert：CPU node-1 91% > 85%';
const RESOLVED = '恢复 Resolved：CPU node-1 20%';

describe('an alert', () => {
	it('is silent at 9:59 and fires at 10:00', () => {
		const watch = new Watch([rule({ forMinutes: 10 })]);
		watch.steady(0, 9, 91);
		watch.values([9 + 59 / 60, 91]);
		expect([watch.status, watch.sent]).toEqual(['pending', []]);
		watch.values([10, 91]);
		expect([watch.status, watch.titles]).toEqual(['firing', [FIRING]]);
		watch.steady(11, 60, 91);
		expect(watch.sent).toHaveLength(1);
	});

	it('begins anew after one good value, which says nothing before it fires', () => {
		const watch = new Watch([rule({ forMinutes: 10 })]);
		watch.steady(0, 9, 91);
		watch.values([9.5, 85]);
		watch.steady(10, 19, 91);
		expect([watch.status, watch.sent]).toEqual(['pending', []]);
		watch.values([20, 91]);
		expect(watch.titles).toEqual([FIRING]);
	});

	it('is over after five good minutes, which is told once', () => {
		const watch = new Watch();
		watch.values([0, 91], [1, 20], [5, 91], [6, 20], [9, 20], [10.9, 20]);
		expect([watch.status, watch.titles]).toEqual(['firing', [FIRING]]);
		watch.values([11, 20]);
		expect([watch.status, watch.titles]).toEqual(['resolved', [FIRING, RESOLVED]]);
		watch.steady(12, 60, 20);
		expect(watch.sent).toHaveLength(2);
		expect(watch.sent[1]!.text).toContain('2026-11-23 09:00 – 2026-11-23 09:06（6 min）');
	});

	it('tells what is above what, since when, the last half hour, and what to do', () => {
		const watch = new Watch([rule({ forMinutes: 3, note: '看 top' })]);
		watch.values([-3, 10], [-2, 48], [-1, 60], [0, 91], [1, 92], [2, 93], [3, 95.04]);
		expect(watch.sent).toMatchObject([{ channel: 'wecom', priority: 'alert' }]);
		const { text, title } = watch.sent[0]!;
		expect(title).toBe('告警 Alert：CPU node-1 95% > 85%');
		const code = watch.alerts[0]!.key.slice(0, 6);
		expect(text).toBe(
			`自 Since: 2026-11-23 09:00（3 min）
30 min: ▁▄▅████ 10–95
处理 Do: 看 top
/alert ack ${code}
/alert silence 1h ${code}`,
		);
	});

	it('needs the number of requests that its rule asks for', () => {
		const latency = rule({ metric: 'apiP99Ms', threshold: 500, minCount: 100 });
		const watch = new Watch([latency]);
		const look = (minute: number, count?: number): void => {
			watch.at(minute).tick([{ metric: 'apiP99Ms', value: 900, ...(count && { count }) }]);
		};
		look(0, 99);
		look(1);
		expect(watch.sent).toEqual([]);
		look(2, 100);
		expect(watch.titles).toEqual(['告警 Alert：CPU node-1 900 ms > 500 ms']);
	});

	it.each([
		['>', 85, [85.1], [85, 1]],
		['>=', 85, [85, 86], [84.9]],
		['<', 50, [49.9, 0], [50, 51]],
		['<=', 50, [50, 1], [50.1]],
	])('compares with %s', (comparison, threshold, beyond, good) => {
		const sentFor = (value: number): number => {
			const watch = new Watch([rule({ comparison, threshold })]);
			watch.values([0, value]);
			return watch.sent.length;
		};
		expect(beyond.map(sentFor)).toEqual(beyond.map(() => 1));
		expect(good.map(sentFor)).toEqual(good.map(() => 0));
	});

	it('goes to each channel of its rule, to whom the rule says', () => {
		const watch = new Watch([rule({ channels: 'Email，sms:138、sms：139; operations' })]);
		watch.values([0, 91]);
		expect(watch.sent.map(({ channel, to }) => [channel, to])).toEqual([
			['email', undefined],
			['sms', '138,139'],
			['operations', undefined],
		]);
		expect(new Set(watch.sent.map(({ key }) => key)).size).toBe(3);
	});

	it('is one for each series that the rule concerns', () => {
		const watch = new Watch([rule({ target: 'web-*, db.1' })]);
		const targets = ['web-1', 'WEB-2', 'my-web-1', 'db.1', 'db-1'];
		watch.tick(targets.map((target) => ({ target, value: 91 })));
		expect(watch.alerts.map(({ target }) => target)).toEqual(['web-1', 'WEB-2', 'db.1']);
	});
});

describe('what is not measured', () => {
	it('neither begins nor ends an alert', () => {
		const watch = new Watch();
		watch.values([0, null], [1, 91], [2, 20]);
		watch.steady(3, 40, null);
		expect([watch.status, watch.titles]).toEqual(['firing', [FIRING]]);
		// The good value before says nothing about the time that nobody saw.
		watch.values([41, 20], [43, 20], [45, 20]);
		expect(watch.sent).toHaveLength(1);
		watch.values([46, 20]);
		expect(watch.titles).toEqual([FIRING, RESOLVED]);
	});

	it('is no part of the time that a value has to be beyond', () => {
		const watch = new Watch([rule({ forMinutes: 10 })]);
		watch.values([0, 91], [10, 91], [12, 91]);
		expect([watch.status, watch.sent]).toEqual(['pending', []]);
		// A gap as short as a restart does not matter.
		watch.values([15, 91], [18, 91], [19.9, 91]);
		expect(watch.sent).toEqual([]);
		watch.values([20, 91]);
		expect(watch.sent).toHaveLength(1);
	});

	it('is over when it was taken away, and when its rule was', () => {
		const watch = new Watch([rule(), rule({ name: 'Else', metric: 'other' })]);
		const tick = (minute: number, ...targets: string[]): void => {
			const other = { metric: 'other', target: 'x', value: 1 };
			watch.at(minute).tick([other, ...targets.map((target) => ({ target, value: 91 }))]);
		};
		tick(0, 'a', 'b');
		for (let minute = 1; minute <= 30; minute++) tick(minute, 'b');
		expect(watch.titles.filter((title) => title.startsWith('恢复'))).toEqual([]);
		tick(31, 'b');
		expect(watch.titles.filter((title) => title.startsWith('恢复'))).toEqual([
			'恢复 Resolved：CPU a 91%',
		]);
		expect(watch.sent.at(-1)!.text).toContain('不再监测 no longer measured');
		watch.useRules(rule({ name: 'Else', metric: 'other' }));
		tick(32, 'b');
		expect(watch.titles.at(-1)).toBe('恢复 Resolved：CPU b 91%');
	});

	it('goes on where its source is away, which is no end of it', () => {
		const watch = new Watch([
			rule(),
			rule({ name: 'Up', metric: 'up', comparison: '<', threshold: 1 }),
		]);
		const up = (value: number): Partial<Sample> => ({ metric: 'up', value });
		watch.tick([{ value: 91 }, up(1)]);
		for (let minute = 1; minute <= 90; minute++) watch.at(minute).tick([up(0)]);
		expect(watch.titles).toEqual([FIRING, '告警 Alert：Up node-1 0 < 1']);
		// The control: it answers, and has no such value any more.
		for (let minute = 91; minute <= 125; minute++) watch.at(minute).tick([up(1)]);
		expect(watch.titles.slice(2)).toEqual([
			'恢复 Resolved：Up node-1 1',
			'恢复 Resolved：CPU node-1 91%',
		]);
	});

	it('is forgotten after a day when it is over, and not before', () => {
		const watch = new Watch();
		watch.values([0, 91]);
		for (let hour = 1; hour <= 24; hour++) watch.at(hour * 60).tick([]);
		expect(watch.status).toBe('resolved');
		watch.at(24 * 60 + 1).tick([]);
		expect(watch.alerts).toEqual([]);
	});

	it('says why in the alert about it', () => {
		const watch = new Watch([rule({ name: 'Up', metric: 'up', comparison: '<', threshold: 1 })]);
		const error = 'connect ECONNREFUSED, token=abcdef123456';
		watch.tick([{ metric: 'up', value: 0, error }]);
		expect(watch.sent[0]!.text).toContain('问题 Problem: connect ECONNREFUSED, token=***');
	});
});

describe('a clock that jumps', () => {
	it('forwards fires nothing that was not measured', () => {
		const watch = new Watch([rule({ forMinutes: 10 })]);
		watch.values([0, 91], [1, 91], [61, 91], [62, 91]);
		expect([watch.status, watch.sent]).toEqual(['pending', []]);
	});

	it('backwards by an hour makes no acknowledgement of one that was given before', () => {
		const watch = new Watch([rule({ escalateTo: 'sms' })]);
		watch.values([60, 91]);
		watch.say('/alert ack all');
		watch.values([61, 91]);
		expect(watch.status).toBe('acknowledged');
		watch.values([0, 20]);
		watch.steady(1, 11, 20);
		watch.steady(12, 22, 91);
		expect(watch.sent.map(({ channel }) => channel)).toEqual(['wecom', 'wecom', 'wecom', 'sms']);
	});

	it('backwards neither stops alerts nor ends one', () => {
		const watch = new Watch([rule({ forMinutes: 2, escalateTo: 'sms' })]);
		watch.values([60, 91], [61, 91], [0, 91], [1, 91]);
		expect(watch.sent).toEqual([]);
		watch.values([2, 91]);
		expect(watch.titles).toEqual([FIRING]);
		watch.values([-60, 91]);
		watch.steady(-59, -50, 91);
		expect(watch.sent.map(({ channel }) => channel)).toEqual(['wecom', 'sms']);
		watch.steady(-49, -44, 20);
		expect(watch.titles.filter((title) => title === RESOLVED)).toHaveLength(2);
	});
});

describe('a restart', () => {
	const ten = [rule({ forMinutes: 10 })];

	it('in the middle of pending changes nothing when it is short', () => {
		const watch = new Watch(ten);
		watch.steady(0, 4, 91);
		watch.steady(7, 9, 91);
		expect([watch.status, watch.sent]).toEqual(['pending', []]);
		watch.values([10, 91]);
		expect(watch.titles).toEqual([FIRING]);
	});

	it('begins a pending alert anew when it is long, and changes none that fires', () => {
		const watch = new Watch(ten);
		watch.steady(0, 4, 91);
		watch.steady(14, 23, 91);
		expect(watch.sent).toEqual([]);
		watch.steady(24, 24, 91);
		expect(watch.titles).toEqual([FIRING]);
		watch.steady(200, 230, 91);
		expect(watch.titles).toEqual([FIRING]);
	});

	it('after somebody emptied the table, or broke it, tells again what fires', () => {
		for (const state of [
			null,
			'',
			'{"alerts":7}',
			'{"alerts":[{}',
			'[]',
			'{"alerts":[null,7,{}]}',
		]) {
			const watch = new Watch();
			watch.values([0, 91], [1, 91]);
			Object.assign(watch.row, { state });
			watch.values([2, 91], [3, 91]);
			expect(watch.titles).toEqual([FIRING, FIRING]);
		}
	});
});

describe('escalation', () => {
	const escalating = rule({ escalateTo: 'sms:138', escalateAfterMinutes: 10 });

	it('comes once, after ten minutes without an acknowledgement, and hears of the end', () => {
		const watch = new Watch([escalating]);
		watch.steady(0, 9, 91);
		watch.values([9.99, 91]);
		expect(watch.sent).toHaveLength(1);
		watch.steady(10, 60, 91);
		watch.steady(61, 70, 20);
		expect(watch.sent.map(({ channel, title }) => [channel, title.split('：')[0]])).toEqual([
			['wecom', '告警 Alert'],
			['sms', '无人确认 Not acknowledged'],
			['wecom', '恢复 Resolved'],
			['sms', '恢复 Resolved'],
		]);
	});

	it('does not come to what was acknowledged or silenced', () => {
		for (const command of ['/alert ack all', '/alert silence 2h all']) {
			const watch = new Watch([escalating]);
			watch.steady(0, 9, 91);
			watch.say(command);
			watch.steady(10, 60, 91);
			expect(watch.sent).toHaveLength(1);
		}
	});
});

it('Takes nothing from rows and samples that are no such thing', () => {
	const watch = new Watch([null, 'x', 7, rule()] as unknown[]);
	const samples = [null, 'x', {}, { metric: 'cpuPercent' }, { metric: 7, at: 'x', value: '9' }];
	watch.tick([
		...(samples as object[]),
		{ value: NaN },
		{ value: Infinity },
		{ at: NaN, value: 91 },
	]);
	expect(watch.titles.filter((title) => title.includes('node-1'))).toEqual([]);
	watch.at(1).tick([{ value: 91 }]);
	expect(watch.titles).toContain(FIRING);
	expect(watch.now).toBe(START + MINUTE);
});
