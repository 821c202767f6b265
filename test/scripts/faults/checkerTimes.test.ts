import { check } from '../../../scripts/faults/checker';
import { answer, delivery, good, history, killAt, kinds, robotCall, row } from './history';

/* How soon after a restart, and how many in a minute. */

describe('a restart', () => {
	const killed = (settledAt: number) => ({
		...good,
		answers: [answer('Q000001', settledAt)],
		lives: killAt(100),
	});

	it('drains what was acknowledged before it', () => {
		const { drains, violations } = check(history(killed(10_100)));
		expect(drains).toEqual([{ life: 1, backlog: 1, drainMs: 5_000, late: [] }]);
		expect(violations).toEqual([]);
	});

	it('has a minute for that', () => {
		expect(kinds(killed(5_100 + 60_000))).toEqual([]);
		expect(kinds(killed(5_100 + 60_001))).toEqual(['late']);
	});

	it('has nothing to make up for where all was settled', () => {
		const made = { ...good, lives: killAt(5_000) };
		expect(check(history(made)).drains).toMatchObject([{ backlog: 0, drainMs: 0 }]);
	});

	it('cannot make up for what the platform had written and never got to n8n', () => {
		const made = {
			...good,
			deliveries: [{ ...delivery('Q000001', 80), unconfirmed: true }],
			calls: [],
			answers: [],
			links: [{ service: 'wecom', at: 100, change: -1 as const }],
			lives: killAt(100),
		};
		expect(check(history(made))).toMatchObject({
			violations: [],
			counts: { forgotten: 1 },
			drains: [{ backlog: 0, drainMs: 0, late: [] }],
		});
		// The model was asked: n8n had it.
		expect(kinds({ ...made, calls: good.calls })).toEqual(['lost', 'late']);
	});

	it('counts a dead letter as settled when it was given up', () => {
		const made = {
			...good,
			answers: [],
			rows: [row('Q000001', 'dead', { settledAt: 7_100 })],
			lives: killAt(100),
		};
		expect(check(history(made)).drains).toMatchObject([{ drainMs: 2_000 }]);
	});

	it('leaves to the next life what it had no time for', () => {
		const [first, second] = killAt(100);
		const lives = [first!, { ...second!, killedAt: 6_000 }, { startedAt: 6_000, readyAt: 11_000 }];
		const made = { ...good, answers: [answer('Q000001', 12_000)], lives };
		expect(check(history(made)).drains).toEqual([
			{ life: 1, backlog: 1, drainMs: undefined, late: [] },
			{ life: 2, backlog: 1, drainMs: 1_000, late: [] },
		]);
	});
});

describe('a group robot', () => {
	const calls = (count: number, everyMs: number) =>
		Array.from({ length: count }, (_, index) => robotCall('dingtalk', index * everyMs));

	it('may send 20 in any minute', () => {
		expect(kinds({ robotCalls: calls(20, 10) })).toEqual([]);
		expect(kinds({ robotCalls: calls(100, 3_001) })).toEqual([]);
	});

	it('may not send 21 in any minute, wherever it begins', () => {
		expect(kinds({ robotCalls: calls(21, 10) })).toEqual(['quota']);
		const late = [
			robotCall('dingtalk', 0),
			...calls(21, 2_900).map((c) => ({ ...c, at: c.at + 50_000 })),
		];
		expect(kinds({ robotCalls: late })).toEqual(['quota']);
	});

	it('may not be refused for its rate', () => {
		expect(kinds({ robotCalls: [robotCall('wecom', 0, 'limited')] })).toEqual(['quota']);
	});

	it('has its calls counted only where the platform saw them', () => {
		const failed = calls(30, 10).map((each) => ({ ...each, outcome: 'failed' as const }));
		expect(kinds({ robotCalls: failed })).toEqual([]);
	});

	it('of Feishu may send 5 in any second', () => {
		const six = Array.from({ length: 6 }, (_, index) => robotCall('feishu', index * 150));
		expect(kinds({ robotCalls: six })).toEqual(['quota']);
		expect(kinds({ robotCalls: six.map((each) => ({ ...each, at: each.at * 2 })) })).toEqual([]);
	});
});
