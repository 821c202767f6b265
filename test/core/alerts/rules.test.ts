import { readRules } from '../../../core/alerts/rules';
import { evaluate } from '../../../core/alerts/evaluate';
import { defectiveRule, MINUTE, rule, START, Watch } from './watch';

const FIRING = '告警 Alert：CPU node-1 91% > 85%';
const RESOLVED = '恢复 Resolved：CPU node-1 20%';

it.each([
	['*', ['', 'a'], []],
	['a*', ['a', 'ab'], ['ba', '']],
	['a*a', ['aa', 'aba'], ['a', 'ab']],
	['*b*c', ['bc', 'abbcc'], ['cb', 'bcd']],
	['a.b', ['a.b'], ['axb']],
	// As a regular expression this would not come to an end.
	[`${'*a'.repeat(60)}*b`, [`${'a'.repeat(60)}b`], ['a'.repeat(80)]],
])('A rule for %j is for the targets that it names', (target, named, others) => {
	const { rules } = readRules([rule({ target })]);
	expect(named.filter(rules[0]!.concerns)).toEqual(named);
	expect(others.filter(rules[0]!.concerns)).toEqual([]);
});

describe('a defect of ours in one rule', () => {
	it('hides no other rule, and is not the fault of its row', () => {
		const { rules, problems, defects } = readRules([defectiveRule(), rule()]);
		expect(rules.map(({ name }) => name)).toEqual(['CPU']);
		expect(problems).toEqual([]);
		expect(defects.get('Defective')).toEqual({
			where: 'rule Defective',
			message: 'TypeError: x is not a function',
			stack: expect.stringContaining('rules.ts'),
		});
		// A control: a row that is wrong is no defect.
		const wrong = readRules([rule({ threshold: NaN })]);
		expect([wrong.problems.length, wrong.defects.size]).toEqual([1, 0]);
	});

	it('is found where the rule is held against samples, too', () => {
		const sample = { source: 's', metric: 'cpuPercent', target: 'node-1', value: 91, at: 1 };
		const spy = jest.spyOn(Math, 'round').mockImplementationOnce(() => {
			throw new TypeError('y');
		});
		const material = {
			rules: [rule({ name: 'Held' }), rule()],
			saved: {},
			orders: [],
			samples: [sample],
		};
		const { defects, notifications } = evaluate(material, { now: 1, timezone: 'UTC' });
		spy.mockRestore();
		expect(defects).toMatchObject([{ where: 'rule Held', message: 'TypeError: y' }]);
		expect(notifications).toHaveLength(1);
	});

	it('ends none of its alerts', () => {
		const watch = new Watch([rule({ name: 'Defective' })]);
		watch.values([0, 91]);
		const at = (now: number, rules: unknown[]): string => {
			const material = { rules, saved: watch.row, orders: [], samples: [] };
			return evaluate(material, { now, timezone: 'UTC' }).saved.list;
		};
		const later = START + 20 * MINUTE;
		expect(at(later, [defectiveRule()])).toContain('firing Defective');
		// A control: where its rule is not there any more it ends.
		expect(at(later, [rule()])).not.toContain('firing Defective');
	});
});

describe('bad rows of rules', () => {
	const bad = (fields: object): Watch => {
		const watch = new Watch([rule(), { ...rule({ name: 'Bad' }), ...fields }]);
		watch.values([0, 91]);
		return watch;
	};

	it.each<[object, string]>([
		[{ threshold: 'abc' }, 'threshold "abc" 不是数字 is no number'],
		[{ threshold: null }, 'threshold "" 不是数字 is no number'],
		[{ threshold: 850 }, '永远不成立 never true'],
		[{ threshold: 100 }, '永远不成立 never true'],
		[{ threshold: -1 }, '永远成立 always true'],
		[{ metric: 'up', comparison: '<', threshold: 0 }, '永远不成立 never true'],
		[{ comparison: '=>' }, 'comparison "=>"'],
		[{ comparison: 'constructor' }, 'comparison "constructor"'],
		[{ metric: '' }, '缺少 metric'],
		[{ channels: '' }, '缺少 channels'],
		[{ channels: 'email, pager' }, 'channels "pager"：只能是 one of email, sms'],
		[{ escalateTo: 'boss' }, 'escalateTo "boss"'],
		[{ channels: 'wecom:boss' }, 'channels "wecom:boss"'],
		[{ forMinutes: -5 }, 'forMinutes -5'],
		[{ forMinutes: 9999 }, 'forMinutes 9999：只能在 must be from 0 to 1440'],
		[{ name: 'CPU', threshold: 95 }, '名称重复 The name is used twice'],
		[{ name: 'x'.repeat(70) }, 'name 太长 too long'],
	])('are named and stop no other: %j', (fields, words) => {
		const watch = bad(fields);
		expect(watch.sent.map(({ channel }) => channel)).toEqual(['wecom', 'operations']);
		expect(watch.sent[1]!.title).toContain('规则有误 wrong rule');
		expect(watch.sent[1]!.text).toContain(words);
	});

	it('are none where one says the same as another: two first runs may have put both in', () => {
		const watch = new Watch([
			{ ...rule(), id: 1, createdAt: 'now' },
			{ ...rule(), id: 2, createdAt: 'then' },
		]);
		watch.values([0, 91]);
		expect(watch.titles).toEqual([FIRING]);
	});

	it('are named without a name, told once, and their end is told', () => {
		const watch = new Watch([{ ...rule({ name: '' }), id: 7 }]);
		watch.steady(0, 20, 20);
		expect(watch.titles).toEqual(['告警 Alert：#7 规则有误 wrong rule']);
		watch.useRules(rule());
		watch.steady(21, 30, 20);
		expect(watch.titles.slice(1)).toEqual(['恢复 Resolved：#7 规则有误 wrong rule']);
	});

	it('do not end the alert that they were about', () => {
		const watch = new Watch([rule()]);
		watch.values([0, 91]);
		watch.useRules(rule({ channels: 'emial' }));
		watch.steady(1, 20, 91);
		expect(watch.titles).toEqual([FIRING, '告警 Alert：CPU 规则有误 wrong rule']);
		watch.useRules(rule({ channels: 'email' }));
		watch.steady(21, 40, 20);
		expect(watch.titles.slice(2).sort()).toEqual([
			RESOLVED,
			'恢复 Resolved：CPU 规则有误 wrong rule',
		]);
	});

	it('count as such when nobody measures what they name', () => {
		const watch = new Watch([rule({ metric: 'cpuPercnt' })]);
		watch.steady(0, 9, 91);
		expect(watch.sent).toEqual([]);
		watch.values([10, 91]);
		expect(watch.sent[0]!.text).toContain('没有来源测量 No source measures: cpuPercnt');
	});

	it('say nothing as long as nobody has filled them in', () => {
		const watch = new Watch([rule(), { id: 7, name: null, metric: '', enabled: null }]);
		watch.values([0, 20]);
		expect(watch.sent).toEqual([]);
	});

	it('say nothing when switched off', () => {
		const watch = new Watch([rule({ enabled: false, threshold: NaN }), rule({ name: 'On' })]);
		watch.values([0, 20]);
		expect(watch.sent).toEqual([]);
	});
});

describe('default rules', () => {
	it('are put into an empty table, hold at once, and are the three of the guide and three more', () => {
		const watch = new Watch([]);
		const { newRules } = watch.tick([]);
		expect(
			newRules.map((each) => [each.metric, each.comparison, each.threshold, each.channels]),
		).toEqual([
			['cpuPercent', '>', 85, 'email, sms'],
			['freeMemoryMb', '<', 500, 'wecom'],
			['apiP99Ms', '>', 500, 'dingtalk'],
			['up', '<', 1, 'operations'],
			['connectionUp', '<', 1, 'operations'],
			['syntheticMs', '>', 10_000, 'operations'],
		]);
		expect(newRules[0]).toMatchObject({ forMinutes: 10 });
		expect(newRules[2]).toMatchObject({ minCount: 100 });
		watch.steady(0, 10, 91);
		expect(watch.sent.map(({ channel }) => channel)).toEqual(['email', 'sms']);
		watch.useRules(...newRules);
		expect(watch.at(11).tick([]).newRules).toEqual([]);
	});
});
