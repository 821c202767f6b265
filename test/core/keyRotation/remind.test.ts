import fc from 'fast-check';
import type { Fields } from '../../../protocol/fields';
import { remind } from '../../../core/keyRotation/remind';

const DAY = 86_400_000;
const timezone = 'Asia/Shanghai';
/** Nine in the morning in Shanghai. */
const NINE = Date.parse('2026-01-01T01:00:00Z');

const row = (fields: Fields = {}): Fields => ({
	name: '钉钉加签密钥',
	kind: 'dingtalk',
	where: '钉钉开放平台',
	owner: '李强',
	issuedAt: '2026-01-01',
	rotatesAfterDays: null,
	note: '',
	...fields,
});

interface Said {
	day: number;
	titles: string[];
	text: string;
}

/** Runs the reminder every morning of these days, with the audit that it wrote itself. */
function mornings(rows: Fields[], days: number[], audit: Fields[] = []): Said[] {
	return days.flatMap((day) => {
		const outcome = remind(rows, audit, { now: NINE + day * DAY, timezone });
		audit.push(...(outcome.told as unknown as Fields[]));
		const { notices } = outcome;
		return notices.length === 0
			? []
			: [
					{
						day,
						titles: notices.map(({ title }) => title),
						text: notices.map(({ text }) => text).join('\n'),
					},
				];
	});
}

const everyDay = (from: number, to: number): number[] =>
	Array.from({ length: to - from + 1 }, (_, index) => from + index);

const SOON = ['密钥提醒 Keys due soon'];
const OVERDUE = ['密钥到期 Keys overdue'];

describe('A key of 90 days', () => {
	it('is announced 14, 7 and 1 day before, and from then on every day', () => {
		const said = mornings([row()], everyDay(0, 93));
		expect(said.map(({ day, titles }) => [day, titles])).toEqual([
			[76, SOON],
			[83, SOON],
			[89, SOON],
			[90, OVERDUE],
			[91, OVERDUE],
			[92, OVERDUE],
			[93, OVERDUE],
		]);
		expect(said[0]!.text).toContain('钉钉加签密钥（钉钉开放平台；李强）: 还有 14 天 14 d left');
		expect(said[3]!.text).toContain('今天到期 due today');
		expect(said[4]!.text).toContain('已过 1 天 1 d over');
	});

	it('is not announced without what was said before being written down: the control', () => {
		const said = everyDay(76, 83).filter(
			(day) => remind([row()], [], { now: NINE + day * DAY, timezone }).notices.length > 0,
		);
		expect(said).toEqual(everyDay(76, 83));
	});

	it('is announced late where a run was missed, once', () => {
		const days = everyDay(0, 88).filter((day) => day < 75 || day > 79);
		expect(mornings([row()], days).map(({ day }) => day)).toEqual([80, 83]);
	});

	it('is quiet once it was changed, and comes again after 90 days more', () => {
		const audit: Fields[] = [];
		mornings([row()], everyDay(0, 91), audit);
		const changed = row({ issuedAt: '2026-04-02' });
		expect(mornings([changed], everyDay(91, 182), audit).map(({ day }) => day)).toEqual([
			91 + 76,
			91 + 83,
			91 + 89,
			91 + 90,
			91 + 91,
		]);
	});

	it('is told once a day, however often it runs that day', () => {
		const audit: Fields[] = [];
		const hours = (day: number): number[] => [day, day + 1 / 24, day + 0.5];
		const days = [...hours(76), ...hours(90), ...hours(91)];
		expect(mornings([row()], days, audit).map(({ day }) => day)).toEqual([76, 90, 91]);
	});
});

it('Counts calendar days of its time zone', () => {
	// One minute before and after midnight in Shanghai, 14 days before the 90th.
	const midnight = Date.parse('2026-03-17T16:00:00Z');
	const titles = (now: number): number =>
		remind([row({ issuedAt: '2026-01-01T16:00:00.000Z' })], [], { now, timezone }).notices.length;
	expect([midnight + DAY - 60_000, midnight + DAY + 60_000].map(titles)).toEqual([0, 1]);
});

it('Reminds of keys with another period in due time, never on the day that they were made', () => {
	const days = (rotatesAfterDays: number): number[] =>
		mornings([row({ rotatesAfterDays })], everyDay(0, rotatesAfterDays)).map(({ day }) => day);
	expect(days(30)).toEqual([16, 23, 29, 30]);
	expect(days(14)).toEqual([7, 13, 14]);
	expect(days(7)).toEqual([6, 7]);
	expect(days(1)).toEqual([1]);
});

it('Tells of all keys of a morning in one message, the most urgent first', () => {
	const rows = Array.from({ length: 100 }, (_, index) => row({ name: `key ${index}` }));
	rows.push(
		row({ name: 'late', issuedAt: '2025-12-01' }),
		row({ name: 'later', issuedAt: '2025-11-01' }),
	);
	const { notices, told } = remind(rows, [], { now: NINE + 76 * DAY, timezone });
	expect(notices.map(({ title }) => [title])).toEqual([OVERDUE, SOON]);
	expect(notices[0]!.text.indexOf('later')).toBeLessThan(notices[0]!.text.indexOf('late（'));
	expect(notices[1]!.text).toContain('… +70');
	expect(told).toHaveLength(102);
});

it('Hands in the same notice under the same key after a crash before it was written down', () => {
	const run = (day: number): string[] =>
		remind([row()], [], { now: NINE + day * DAY, timezone }).notices.map(({ key }) => key);
	expect(run(76)).toEqual(run(77));
	expect(run(90)).toEqual(run(90));
	expect(run(90)).not.toEqual(run(91));
});

describe('A row that says nothing usable', () => {
	const bad: Array<[what: string, fields: Fields, problem: string]> = [
		['no date', { issuedAt: null }, 'issuedAt is no date'],
		['a wrong date', { issuedAt: '2026-13-45' }, 'issuedAt is no date'],
		['another thing', { issuedAt: {} }, 'issuedAt is no date'],
		['a day to come', { issuedAt: '2027-01-01' }, 'in the future'],
		['a mistyped year', { issuedAt: '0206-01-01' }, 'too long ago'],
		['no name', { name: ' ' }, 'name is empty'],
		['no days', { rotatesAfterDays: 0 }, 'rotatesAfterDays'],
		['a negative number', { rotatesAfterDays: -90 }, 'rotatesAfterDays'],
		['half days', { rotatesAfterDays: 1.5 }, 'rotatesAfterDays'],
		['words', { rotatesAfterDays: 'ninety' }, 'rotatesAfterDays'],
		['for ever', { rotatesAfterDays: 1e9 }, 'rotatesAfterDays'],
	];

	it.each(bad)('is named, and stops no other: %s', (_, fields, problem) => {
		const rows = [row({ id: 7, ...fields }), row({ name: 'good one', issuedAt: '2025-01-01' })];
		const { notices } = remind(rows, [], { now: NINE, timezone });
		expect(notices).toHaveLength(1);
		expect(notices[0]!.text).toContain(problem);
		expect(notices[0]!.text).toContain(fields.name === ' ' ? 'id 7' : '钉钉加签密钥: ');
		expect(notices[0]!.text).toContain('good one');
	});

	it('is told once a day', () => {
		const rows = [row({ issuedAt: '' })];
		expect(mornings(rows, [0, 0.1, 1, 1.1]).map(({ day }) => day)).toEqual([0, 1]);
	});

	it('is none where it is empty, as the editor adds it', () => {
		expect(
			remind([{}, { id: 3, name: null, issuedAt: null }], [], { now: NINE, timezone }),
		).toEqual({
			notices: [],
			told: [],
		});
	});
});

it('Shows no key that somebody pasted into the table', () => {
	const canary = 'canary0123456789';
	const rows = [
		row({
			name: `sk-${canary}`,
			where: `https://x.example/hook?key=${canary}`,
			issuedAt: '2025-01-01',
		}),
		row({ owner: `secret=${canary}`, issuedAt: '2025-01-01', note: canary }),
		row({ name: `SEC${'0a'.repeat(32)} token: ${canary}`, issuedAt: 'x' }),
	];
	expect(JSON.stringify(remind(rows, [], { now: NINE, timezone }))).not.toContain(canary);
});

it('Never throws, whatever stands in the tables', () => {
	fc.assert(
		fc.property(
			fc.array(fc.object()),
			fc.array(fc.object()),
			fc.anything(),
			(rows, audit, issuedAt) => {
				remind([...rows, row({ issuedAt })] as Fields[], audit as Fields[], {
					now: NINE,
					timezone,
				});
			},
		),
	);
});
