import fc from 'fast-check';
import { rule, Watch } from './watch';

/** Two hosts that fire, and one that is well. */
function watching(): Watch {
	const watch = new Watch([rule({ escalateTo: 'sms' })]);
	for (let minute = -2; minute <= 0; minute++) tick(watch, minute, 91, 96);
	return watch;
}

function tick(watch: Watch, minute: number, ...values: number[]): void {
	const samples = [...values, 10].map((value, index) => ({ target: `node-${index + 1}`, value }));
	watch.at(minute).tick(samples);
}

const statuses = (watch: Watch): string[] => watch.alerts.map(({ status }) => status);
const codes = (watch: Watch): string[] => watch.alerts.map(({ key }) => key.slice(0, 6));
const answer = (watch: Watch, text: string): string => watch.say(text).text;

describe('/alert list', () => {
	it('shows what is not well, with its last half hour, and what was ordered', () => {
		const watch = watching();
		const [first, second] = codes(watch);
		watch.at(1).say('/alert silence 2h target=node-2');
		expect(answer(watch, '/alert list')).toMatch(
			new RegExp(
				`^告警 2 条 · 2 alerts
${first} 告警 firing CPU：node-1 91% > 85% 3 min
▁▁▁· 91–91
${second} 静默 silenced CPU：node-2 96% > 85% 3 min \\(李强 dingtalk:u1\\)
▁▁▁· 96–96
[a-z2-7]{6} 静默 silence: target=node-2，至 until 2026-11-23 11:01 \\(李强 dingtalk:u1\\)$`,
			),
		);
	});

	it('says that there is nothing, and never more than fits', () => {
		expect(answer(new Watch(), '/告警 列表')).toBe('没有告警 No alerts');
		const watch = new Watch();
		watch.tick(Array.from({ length: 50 }, (_, index) => ({ target: `h${index}`, value: 91 })));
		const text = answer(watch, '/alert list');
		expect(text.split('\n')).toHaveLength(1 + 2 * 20 + 1);
		expect(text).toContain('… +30');
	});
});

describe('/alert ack', () => {
	it('counts at once, lasts until the end of the alert, and no longer', () => {
		const watch = watching();
		const [first] = codes(watch);
		expect(answer(watch, `/alert ack ${first}`)).toBe('已确认 1 条 · Acknowledged 1');
		expect(answer(watch, '/alert list')).toContain('已确认 acknowledged CPU：node-1');
		tick(watch, 1, 91, 96);
		expect(statuses(watch)).toEqual(['acknowledged', 'firing', 'ok']);
		expect(watch.alerts[0]!.by).toBe('李强 dingtalk:u1');
		for (let minute = 2; minute <= 8; minute++) tick(watch, minute, 10, 96);
		for (let minute = 9; minute <= 10; minute++) tick(watch, minute, 91, 96);
		expect(statuses(watch)).toEqual(['firing', 'firing', 'ok']);
	});

	it('takes all, and says what it cannot', () => {
		const watch = watching();
		const [first, , third] = codes(watch);
		expect(answer(watch, '/告警 确认 全部')).toBe('已确认 2 条 · Acknowledged 2');
		expect(answer(watch, `/alert ack ${first}`)).toBe(
			'已由 李强 dingtalk:u1 确认 Acknowledged already',
		);
		expect(answer(watch, `/alert ack ${third}`)).toBe('没有在告警 Nothing is firing');
		expect(answer(watch, '/alert ack zzzzzz')).toBe('没有这一条 There is none: zzzzzz');
		expect(watch.say('/alert ack').text).toContain('用法 Usage: /alert ack');
	});
});

describe('/alert silence', () => {
	it('is not told of meanwhile; what still fires afterwards is told', () => {
		const watch = new Watch();
		watch.say('/alert silence 1h all');
		watch.steady(0, 59, 91);
		expect([watch.status, watch.sent]).toEqual(['silenced', []]);
		watch.values([60, 91]);
		expect([watch.status, watch.titles]).toEqual(['firing', ['告警 Alert：CPU node-1 91% > 85%']]);
	});

	it('tells the end of what was told, and one message when a silence ends before', () => {
		const watch = watching();
		const [first, second] = codes(watch);
		watch.say(`/alert silence 1h ${first}`);
		watch.say(`/alert silence 1h ${second}`);
		for (let minute = 1; minute <= 7; minute++) tick(watch, minute, 10, 96);
		expect(watch.titles.slice(2)).toEqual(['恢复 Resolved：CPU node-1 10%']);
		expect(answer(watch, `/alert unsilence ${second}`)).toBe('已结束 1 条 · Ended 1');
		tick(watch, 8, 10, 96);
		tick(watch, 9, 10, 96);
		expect(watch.titles.slice(3)).toEqual(['仍在告警 Still firing：CPU node-2 96% > 85%']);
		// Nobody acknowledged it: the ten minutes begin anew.
		for (let minute = 10; minute <= 18; minute++) tick(watch, minute, 10, 96);
		expect(watch.titles.slice(4)).toEqual(['无人确认 Not acknowledged：CPU node-2 96% > 85%']);
	});

	it.each([
		['target=node-1', [true, false, false]],
		['target=node-1,node-3', [true, false, true]],
		['rule=cpu target=*-2', [false, true, false]],
		['rule=Other', [false, false, false]],
		['来源=nodes', [true, true, true]],
		['all', [true, true, true]],
	])('of %j is for %j', (scope, silenced) => {
		const watch = watching();
		watch.say(`/alert silence 1h ${scope}`);
		for (let minute = 1; minute <= 3; minute++) {
			watch.at(minute).tick([1, 2, 3].map((each) => ({ target: `node-${each}`, value: 91 })));
		}
		expect(statuses(watch).map((status) => status === 'silenced')).toEqual(silenced);
	});

	it.each(['', '1h', 'all', '1h target=', '1h x y', '1h host=a', '2x all', '1h ALLES', '99d all'])(
		'takes no %j',
		(words) => {
			const { text, orders } = watching().say(`/alert silence ${words}`);
			expect(orders).toEqual([]);
			expect(text).toMatch(/用法 Usage|时长|没有这一条/);
		},
	);
});

describe('/alert maintenance', () => {
	it('mutes, and is one report for each channel afterwards', () => {
		const watch = new Watch([rule({ channels: 'wecom, email', escalateTo: 'sms' })]);
		const text = answer(watch, '/alert maintenance 2026-11-23T09:10 30m target=node-*');
		expect(text).toContain('2026-11-23 09:10 – 2026-11-23 09:40');
		for (let minute = 0; minute < 10; minute++) tick(watch, minute, 10, 10);
		for (let minute = 10; minute < 20; minute++) tick(watch, minute, 91, 91);
		for (let minute = 20; minute < 40; minute++) tick(watch, minute, 10, 91);
		expect(watch.sent).toEqual([]);
		expect(statuses(watch)).toEqual(['resolved', 'silenced', 'ok']);
		tick(watch, 40, 10, 91);
		expect(watch.sent.map(({ channel }) => channel)).toEqual(['wecom', 'email']);
		expect(watch.sent[0]).toMatchObject({
			title:
				'维护结束，期间静音 Muted meanwhile 2：仍在告警 Still firing：CPU × 1，恢复 Resolved：CPU × 1',
			text: `🔧 维护结束 Maintenance over: target=node-*，2026-11-23 09:10 – 2026-11-23 09:40
🔴 仍在告警 Still firing：CPU × 1
node-2
✅ 恢复 Resolved：CPU × 1
node-1
/alert list`,
		});
		// The ten minutes for an acknowledgement begin with the report.
		for (let minute = 41; minute < 50; minute++) tick(watch, minute, 10, 91);
		expect(watch.sent).toHaveLength(2);
		tick(watch, 50, 10, 91);
		expect(watch.sent.slice(2).map(({ channel }) => channel)).toEqual(['sms']);
		for (let minute = 51; minute < 60; minute++) tick(watch, minute, 10, 10);
		expect(watch.titles.slice(3)).toEqual(Array(3).fill('恢复 Resolved：CPU node-2 10%'));
	});

	it('goes on where a second window begins before the first one ends: one report at the end of both', () => {
		const watch = new Watch();
		watch.say('/alert maintenance 60m all');
		watch.say('/alert maintenance 2026-11-23T09:30 60m all');
		watch.steady(0, 40, 91);
		watch.steady(41, 89, 20);
		expect(watch.sent).toEqual([]);
		watch.values([90, 20]);
		expect(watch.titles).toEqual(['维护结束，期间静音 Muted meanwhile 1：恢复 Resolved：CPU × 1']);
		expect(watch.sent[0]!.text).toContain('2026-11-23 09:30 – 2026-11-23 10:30');
	});

	it('without anything to report is over without a word, and can be ended early', () => {
		const watch = new Watch();
		watch.say('/告警 维护 1h 全部');
		watch.steady(0, 5, 20);
		watch.steady(6, 10, 91);
		expect(watch.sent).toEqual([]);
		expect(answer(watch, '/告警 维护 结束 全部')).toBe('已结束 1 条 · Ended 1');
		watch.steady(11, 12, 91);
		expect(watch.sent).toHaveLength(1);
		watch.say('/alert maintenance 5m all');
		const quiet = new Watch();
		quiet.say('/alert maintenance 5m all');
		quiet.steady(0, 20, 20);
		expect(quiet.sent).toEqual([]);
	});

	it('is refused for a time that is over', () => {
		expect(answer(new Watch(), '/alert maintenance 2026-11-01 2h all')).toContain('已经过去');
	});
});

it('Explains itself', () => {
	for (const text of ['/alert', '/alert help', '/告警 帮助', '/alert ？']) {
		expect(answer(new Watch(), text)).toMatch(/^告警 Alerts\n\/alert list/);
	}
	expect(answer(new Watch(), '/alert lst')).toBe('不认识 Not known: lst\n/alert help');
});

it('Never throws, and orders nothing by chance, whatever is typed', () => {
	const watch = watching();
	const word = fc.constantFrom(
		...[
			'ack',
			'silence',
			'maintenance',
			'end',
			'all',
			'1h',
			'99999999d',
			'target=*',
			'=',
			'2026-13-99',
		],
		'toString',
		'__proto__',
	);
	fc.assert(
		fc.property(fc.array(fc.oneof(word, fc.string())), (words) => {
			const { text, orders } = watch.say(`/alert ${words.join(' ')}`);
			expect(text.length).toBeGreaterThan(0);
			for (const { fromMs, untilMs, action } of orders) {
				expect(action === 'ack' || Number.isFinite(untilMs - fromMs)).toBe(true);
			}
		}),
		{ numRuns: 300 },
	);
});
