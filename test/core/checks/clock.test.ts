import fc from 'fast-check';
import {
	agree,
	levelOf,
	offsetOf,
	readHttpDate,
	type ClockState,
	type ClockReading,
} from '../../../core/checks/clock';
import { judgeClocks, THIS_MACHINE, type ClockCheck } from '../../../core/checks/clockStates';
import type { HostAnswer } from '../../../core/checks/hostAnswers';

const NOW = Date.UTC(2027, 2, 1, 4, 0, 0);
const MINUTE = 60_000;

/** A platform's answer, seen by a clock that is `driftMs` ahead of it. */
function reading(
	driftMs: number,
	fields: Partial<ClockReading> & { trueMs?: number } = {},
): ClockReading {
	const { trueMs = NOW, ...rest } = fields;
	return {
		source: 'platform',
		before: trueMs + driftMs - 50,
		after: trueMs + driftMs + 50,
		theirs: Math.floor(trueMs / 1000) * 1000,
		grainMs: 1000,
		...rest,
	};
}

const threeAt = (driftMs: number, now = NOW): ClockReading[] =>
	['钉钉', '飞书', '企业微信'].map((source, index) =>
		reading(driftMs, { source, trueMs: now + index * 330 }),
	);

const look = (fields: Partial<HostAnswer> = {}): HostAnswer => ({
	host: 'bot-1',
	check: 'clock',
	run: '',
	before: NOW - 600,
	after: NOW,
	output: `## date\n${NOW - 300}\n## timedatectl\nNTP=yes\nNTPSynchronized=yes`,
	error: '',
	...fields,
});

const host = {
	name: 'bot-1',
	address: '127.0.0.1',
	port: 22,
	user: 'clawbot',
	role: '',
	order: 0,
};

const check = (fields: Partial<ClockCheck> = {}): ClockCheck => ({
	readings: threeAt(0),
	looks: [],
	hosts: { good: [], problems: [] },
	before: [],
	now: NOW,
	...fields,
});

const levels = ({ states }: { states: ClockState[] }): string[] =>
	states.map(({ subject, level }) => `${subject} ${level}`);

describe('A Date header', () => {
	it('is read in the one form that servers send', () => {
		expect(readHttpDate('Mon, 01 Mar 2027 04:00:00 GMT')).toBe(NOW);
	});

	it.each([
		'',
		'now',
		'2027-03-01T04:00:00Z',
		'Mon, 01 Mar 2027 04:00:00',
		'Mon, 99 Mar 2027 04:00:00 GMT',
	])('%j is none', (text) => {
		expect(readHttpDate(text)).toBeUndefined();
	});
});

describe('What clocks agree upon', () => {
	it('always holds the truth, and is narrower than any of them', () => {
		fc.assert(
			fc.property(
				fc.integer({ min: -100_000, max: 100_000 }),
				fc.array(
					fc.record({
						phase: fc.integer({ min: 0, max: 5000 }),
						there: fc.nat(3000),
						back: fc.nat(3000),
					}),
					{ minLength: 1, maxLength: 8 },
				),
				(driftMs, requests) => {
					const readings = requests.map(({ phase, there, back }) => {
						const trueMs = NOW + phase;
						return reading(driftMs, {
							trueMs,
							before: trueMs + driftMs - there,
							after: trueMs + driftMs + back,
						});
					});
					const agreement = agree(readings)!;
					expect(agreement.low).toBeLessThanOrEqual(driftMs);
					expect(agreement.high).toBeGreaterThanOrEqual(driftMs);
					for (const { low, high } of readings.map((each) => offsetOf(each)!)) {
						expect(agreement.high - agreement.low).toBeLessThanOrEqual(high - low);
					}
				},
			),
		);
	});

	it('leaves out the one that is wrong by itself', () => {
		const readings = [...threeAt(0).slice(0, 2), reading(90_000, { source: 'odd' })];
		expect(agree(readings)).toMatchObject({ others: ['odd'] });
		expect(levels(judgeClocks(check({ readings })))).toEqual([`${THIS_MACHINE} ok`]);
	});

	it('is nothing where two contradict each other, or where nobody answered', () => {
		expect(agree([reading(0), reading(90_000)])).toBeUndefined();
		expect(agree([reading(0, { theirs: undefined, error: 'ENOTFOUND' })])).toBeUndefined();
		expect(agree([])).toBeUndefined();
	});
});

describe('The level of a drift', () => {
	const at = (ms: number, before: 'ok' | 'warn' = 'ok'): string =>
		levelOf({ low: ms - 100, high: ms + 100 }, before);

	it('warns over one second and alarms over thirty, whichever way', () => {
		expect([999, 1000, 1001, 30_000, 30_001].map((ms) => at(ms))).toEqual([
			'ok',
			'ok',
			'warn',
			'warn',
			'alarm',
		]);
		expect([-1000, -1001, -30_001].map((ms) => at(ms))).toEqual(['ok', 'warn', 'alarm']);
	});

	it('is good again at half a second, so that a clock at the limit does not tell every ten minutes', () => {
		expect([at(900, 'warn'), at(501, 'warn'), at(500, 'warn')]).toEqual(['warn', 'warn', 'ok']);
	});

	it('claims nothing that a slow network can explain', () => {
		expect(levelOf({ low: -100, high: 70_000 }, 'ok')).toBe('ok');
	});
});

describe('Judging', () => {
	it.each([
		[1300, 'warn'],
		[-1300, 'warn'],
		[31_000, 'alarm'],
		[0, 'ok'],
	])('a drift of %i ms is seen by platforms that tell whole seconds: %s', (driftMs, level) => {
		expect(levels(judgeClocks(check({ readings: threeAt(driftMs) })))).toEqual([
			`${THIS_MACHINE} ${level}`,
		]);
	});

	it('tells each change once, however often it looks, and that it is over', () => {
		let before: unknown[] = [];
		const told: string[] = [];
		const drifts = [0, 5000, 5000, 5000, 40_000, 40_000, 5000, 0, 0];
		for (const [tick, driftMs] of drifts.entries()) {
			const now = NOW + tick * 10 * MINUTE;
			const result = judgeClocks(check({ readings: threeAt(driftMs, now), before, now }));
			before = result.states;
			told.push(result.notifications.map(({ text }) => text.split('\n')[0]).join());
		}
		expect(told).toEqual([
			'',
			'🟡 时钟偏差 Clock drifts: 本机 (this n8n)',
			'',
			'',
			'🔴 时钟严重偏差 Clock is far off: 本机 (this n8n)',
			'',
			'🟡 时钟偏差 Clock drifts: 本机 (this n8n)',
			'✅ 时钟恢复正常 Clock is right again: 本机 (this n8n)',
			'',
		]);
	});

	it('reminds once a day while it is wrong, each time under a key of its own', () => {
		let before: unknown[] = [];
		const keys: string[] = [];
		for (let now = NOW; now < NOW + 3 * 24 * 60 * MINUTE; now += 10 * MINUTE) {
			const result = judgeClocks(check({ readings: threeAt(5000, now), before, now }));
			before = result.states;
			keys.push(...result.notifications.map(({ key }) => key));
		}
		expect(keys).toHaveLength(3);
		expect(new Set(keys).size).toBe(3);
	});

	it('tells it under the same key again where the state could not be saved', () => {
		const [first, second] = [NOW, NOW].map(
			(now) => judgeClocks(check({ readings: threeAt(5000), now })).notifications[0]!.key,
		);
		expect(second).toBe(first);
	});

	it('says that no platform answered only when that lasts, and why', () => {
		const readings = [
			reading(0, { source: '钉钉', theirs: undefined, error: 'connect ETIMEDOUT' }),
		];
		let before: unknown[] = [];
		const told: string[] = [];
		for (let tick = 0; tick < 200; tick++) {
			const now = NOW + tick * 10 * MINUTE;
			const result = judgeClocks(check({ readings, before, now }));
			before = result.states;
			told.push(...result.notifications.map(({ text }) => `${tick}: ${text}`));
		}
		// After 30 minutes, and a day later once more.
		expect(told).toEqual([
			expect.stringMatching(/^3: .*cannot be checked: 本机/),
			expect.stringMatching(/^147: /),
		]);
		expect(told[0]).toContain('钉钉: connect ETIMEDOUT');
	});

	it('reports a clock that was set back during the check', () => {
		const back = reading(0, { before: NOW, after: NOW - 60_000 });
		const { states, notifications } = judgeClocks(check({ readings: [back, ...threeAt(0)] }));
		expect(levels({ states })).toEqual([`${THIS_MACHINE} warn`]);
		expect(notifications[0]!.text).toContain('The clock was set back');
		expect(levels(judgeClocks(check({ readings: [back] })))).toEqual([`${THIS_MACHINE} warn`]);
	});

	it('sees at once that the clock was set forward during the check', () => {
		const [first, second, third] = threeAt(0) as [ClockReading, ClockReading, ClockReading];
		const meanwhile = { ...second, after: second.after + 45_000 };
		const later = { ...third, before: third.before + 45_000, after: third.after + 45_000 };
		const { states } = judgeClocks(check({ readings: [first, meanwhile, later] }));
		expect(levels({ states })).toEqual([`${THIS_MACHINE} alarm`]);
		expect(Math.round(states[0]!.driftMs / 1000)).toBe(45);
	});

	it('goes on where the table was written by a clock that was years ahead', () => {
		const before = [
			{ subject: THIS_MACHINE, level: 'alarm', sinceMs: 9e12, toldLevel: 'warn', toldMs: 9e12 },
		];
		expect(judgeClocks(check({ readings: threeAt(40_000), before })).notifications).toHaveLength(1);
		const damaged = [{ subject: THIS_MACHINE, level: 'x', sinceMs: 'y' }, {}, null];
		expect(levels(judgeClocks(check({ before: damaged })))).toEqual([`${THIS_MACHINE} ok`]);
	});
});

describe('Hosts', () => {
	const hosts = { good: [host], problems: [] };

	it('are held against the platforms, not against this machine', () => {
		// This machine is 40 s ahead; the host is right.
		const ahead = look({ before: NOW + 40_000 - 600, after: NOW + 40_000 });
		const { states } = judgeClocks(
			check({ readings: threeAt(40_000), hosts, looks: [ahead], now: NOW + 40_000 }),
		);
		expect(levels({ states })).toEqual([`${THIS_MACHINE} alarm`, 'bot-1 ok']);
	});

	it('are not blamed where this machine jumped since they were asked', () => {
		const then = NOW - 10 * MINUTE;
		const asked = look({
			before: then - 600,
			after: then,
			output: `## date\n${then - 300}\n## timedatectl\nNTPSynchronized=yes`,
		});
		const { states: before } = judgeClocks(check({ readings: threeAt(0, then), now: then }));
		const { states } = judgeClocks(
			check({ readings: threeAt(45_000), hosts, looks: [asked], before, now: NOW + 45_000 }),
		);
		expect(levels({ states })).toEqual([`${THIS_MACHINE} alarm`, 'bot-1 ok']);
	});

	it.each([
		[3000, 'warn', 3],
		[-45_000, 'alarm', -45],
	])('a host that is %i ms off is seen, and which way', (ms, level, seconds) => {
		const output = `## date\n${NOW - 300 + ms}\n## chrony\nA,B,3,1,0,0,0,0,0,0,0,0,0,Normal`;
		const { states } = judgeClocks(check({ hosts, looks: [look({ output })] }));
		expect(levels({ states })).toEqual([`${THIS_MACHINE} ok`, `bot-1 ${level}`]);
		expect(Math.round(states[1]!.driftMs / 1000)).toBe(seconds);
	});

	it.each([
		['## timedatectl\nNTP=no\nNTPSynchronized=no', 'warn', 'not synchronized'],
		['## chrony\n7F7F0101,,0,0,0,0,0,0,0,0,0,0,0,Not synchronised', 'warn', 'not synchronized'],
		['## chrony\nA,B,3,1,0,0,0,0,0,0,0,0,0,Normal\n## timedatectl\nNTPSynchronized=no', 'ok', ''],
		['## timedatectl\n## chrony', 'ok', 'No time service'],
	])('a time service that says %j: %s', (said, level, note) => {
		const output = `## date\n${NOW - 300}\n${said}`;
		const { states } = judgeClocks(check({ hosts, looks: [look({ output })] }));
		expect(states[1]).toMatchObject({ level });
		expect(states[1]!.note).toContain(note);
	});

	it.each([
		['failed', [look({ error: 'All configured authentication methods failed', output: '' })]],
		['never answered', []],
		['hangs since half an hour', [look({ before: NOW - 30 * MINUTE, after: NOW - 30 * MINUTE })]],
		['says nonsense', [look({ output: '## date\nyesterday' })]],
	])('one that %s does not keep the others from being checked', (_, looks) => {
		const before = [
			{
				subject: 'bot-1',
				level: 'unknown',
				sinceMs: NOW - 30 * MINUTE,
				toldLevel: 'ok',
				toldMs: 0,
			},
		];
		const other = { ...host, name: 'bot-2' };
		const both = { good: [host, other], problems: ['clawbot_hosts 3: port 端口 有误 is wrong'] };
		const { states, notifications } = judgeClocks(
			check({ hosts: both, looks: [...looks, look({ host: 'bot-2' })], before }),
		);
		expect(levels({ states })).toEqual([
			`${THIS_MACHINE} ok`,
			'bot-1 unknown',
			'bot-2 ok',
			'clawbot_hosts 3 unknown',
		]);
		expect(notifications.map(({ text }) => text)).toEqual([expect.stringContaining('bot-1')]);
	});

	it('with BusyBox, whose date knows no milliseconds, is read to the second', () => {
		const output = `## date\n${Math.floor(NOW / 1000)}%3N`;
		const { states } = judgeClocks(check({ hosts, looks: [look({ output })] }));
		expect(states[1]).toMatchObject({ level: 'ok' });
	});
});
