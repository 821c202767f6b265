import fc from 'fast-check';
import type { Priority } from '../../../core/delivery/delivery';
import {
	appCharges as dingTalkApp,
	robotCharges as dingTalkRobot,
} from '../../../protocol/dingtalk/limits';
import { failure } from '../../../protocol/errors';
import {
	appCharges as feishuApp,
	robotCharges as feishuRobot,
} from '../../../protocol/feishu/limits';
import { type Charge } from '../../../protocol/limits';
import { appCharges as weComApp, robotCharges as weComRobot } from '../../../protocol/wecom/limits';
import { Limits } from '../../../core/delivery/limits';

const HOUR = 3_600_000;
const MINUTE = 60_000;
const PRIORITIES: Priority[] = ['alert', 'answer', 'broadcast'];

/** The most that any window of this length holds, whichever millisecond it begins at. */
function most(times: number[], windowMs: number): number {
	const counts = times.map((from) => times.filter((t) => t >= from && t <= from + windowMs).length);
	return Math.max(0, ...counts);
}

interface Attempt {
	/** After the attempt before. */
	afterMs: number;
	priority: Priority;
	/** How long the message is on its way. */
	delayMs: number;
}
const attempts = (maxGapMs: number, maxDelayMs: number): fc.Arbitrary<Attempt[]> =>
	fc.array(
		fc.record({
			// Bursts, and moments around which a window slides.
			afterMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: maxGapMs })),
			priority: fc.constantFrom(...PRIORITIES),
			delayMs: fc.integer({ min: 0, max: maxDelayMs }),
		}),
		{ minLength: 150, maxLength: 400 },
	);

/** What may use a limit: `Limits`, or something that keeps it badly. */
interface Keeper {
	charge(charges: readonly Charge[], priority: Priority, now: number): unknown;
}

/** When the messages that were let through arrived, by the platform's clock. */
function arrivals(keeper: Keeper, charges: Charge[], tries: Attempt[]): number[] {
	let now = 1000;
	const arrived: number[] = [];
	for (const { afterMs, priority, delayMs } of tries) {
		now += afterMs;
		if (!keeper.charge(charges, priority, now)) arrived.push(now + delayMs);
	}
	return arrived.sort((a, b) => a - b);
}

/** The platforms' own windows, as they publish them. */
const published: Array<[string, Charge[], Array<[max: number, ms: number]>]> = [
	['a DingTalk group robot', dingTalkRobot('r'), [[20, MINUTE]]],
	['a WeCom group robot', weComRobot('r'), [[20, MINUTE]]],
	[
		'a Feishu group robot',
		feishuRobot('r'),
		[
			[5, 1000],
			[100, MINUTE],
		],
	],
	[
		'one chat of a Feishu app',
		feishuApp('a', 'c'),
		[
			[5, 1000],
			[1000, MINUTE],
		],
	],
	['one member of a WeCom app', weComApp('a', ['u']), [[30, MINUTE]]],
];

describe.each(published)('The limit of %s', (_, charges, windows) => {
	/** Messages may be late by less than the margin of the shortest window. */
	const maxDelayMs = Math.min(...windows.map(([, ms]) => ms)) === 1000 ? 199 : 2999;
	const maxGapMs = windows[0]![1] / 10;

	it('is kept in every window of the platform, however late messages arrive', () => {
		fc.assert(
			fc.property(attempts(maxGapMs, maxDelayMs), (tries) => {
				const arrived = arrivals(new Limits(), charges, tries);
				return windows.every(([max, ms]) => most(arrived, ms) <= max);
			}),
			{ numRuns: 40 },
		);
	});

	it('would be exceeded by a token bucket of the same rate (control)', () => {
		const [max, ms] = windows[0]!;
		const bucket = (): Keeper => {
			let tokens = max;
			let last = 0;
			return {
				charge(_charges, _priority, now) {
					tokens = Math.min(max, tokens + ((now - last) * max) / ms);
					last = now;
					return tokens < 1 || void tokens--;
				},
			};
		};
		const broken = fc.check(
			fc.property(attempts(maxGapMs, 0), (tries) => {
				return most(arrivals(bucket(), charges, tries), ms) <= max;
			}),
			{ numRuns: 40 },
		);
		expect(broken.failed).toBe(true);
	});

	it('says exactly how long to wait', () => {
		fc.assert(
			fc.property(attempts(maxGapMs, 0), (tries) => {
				const limits = new Limits();
				let now = 1000;
				for (const { afterMs, priority } of tries) {
					now += afterMs;
					const excess = limits.charge(charges, priority, now);
					if (!excess) continue;
					const early = limits.charge(charges, priority, now + excess.waitMs - 1);
					if (!early) return false;
					now += excess.waitMs;
					if (limits.charge(charges, priority, now)) return false;
				}
				return true;
			}),
			{ numRuns: 40 },
		);
	});
});

/** How many go through at one moment. */
function burst(limits: Limits, charges: Charge[], priority: Priority, now = 1000): number {
	let count = 0;
	while (count < 5000 && !limits.charge(charges, priority, now)) count++;
	return count;
}

describe('Priorities', () => {
	it.each([
		['alert', 20],
		['answer', 18],
		['broadcast', 14],
	] as const)('let an %s use its share of the window', (priority, count) => {
		expect(burst(new Limits(), dingTalkRobot('r'), priority)).toBe(count);
	});

	it('keep room for alerts behind answers, and for answers behind broadcasts', () => {
		const limits = new Limits();
		const robot = dingTalkRobot('r');
		const counts = (['broadcast', 'answer', 'alert'] as const).map((priority) =>
			burst(limits, robot, priority),
		);
		expect(counts).toEqual([14, 4, 2]);
	});
});

describe('A charge', () => {
	it('is made to everything or to nothing', () => {
		const limits = new Limits();
		expect(burst(limits, feishuApp('a', 'busy'), 'alert')).toBe(5);
		for (let i = 0; i < 100; i++) limits.charge(feishuApp('a', 'busy'), 'alert', 1000);
		// Had the refused ones been charged to the app, nothing would be left for other chats.
		const others = Array.from({ length: 45 }, (_, n) => feishuApp('a', `chat ${n}`));
		expect(others.filter((chat) => limits.charge(chat, 'alert', 1000))).toEqual([]);
		expect(limits.charge(feishuApp('a', 'one more'), 'alert', 1000)).toMatchObject({
			name: expect.stringContaining('50 messages a second'),
		});
	});

	it('names what it would exceed for longest', () => {
		const limits = new Limits();
		for (let second = 0; second < 20; second++) {
			expect(burst(limits, feishuRobot('r'), 'alert', 1000 + second * 1200)).toBe(5);
		}
		const excess = limits.charge(feishuRobot('r'), 'alert', 1000 + 20 * 1200);
		expect(excess).toEqual({ name: expect.any(String), waitMs: 63_000 - 20 * 1200 });
	});

	it('does not concern others', () => {
		const limits = new Limits();
		expect(burst(limits, weComRobot('one'), 'alert')).toBe(20);
		expect(burst(limits, weComRobot('two'), 'alert')).toBe(20);
		expect(burst(limits, dingTalkRobot('one'), 'alert')).toBe(20);
	});

	it('of a message to several people is one to each', () => {
		const limits = new Limits();
		expect(burst(limits, weComApp('a', ['x', 'y', 'x']), 'alert')).toBe(30);
		expect(limits.charge(weComApp('a', ['y']), 'alert', 1000)).toBeDefined();
		expect(limits.charge(weComApp('a', ['z']), 'alert', 1000)).toBeUndefined();
		expect(burst(limits, weComApp('a', ['@all']), 'alert')).toBe(5000);
	});
});

describe('A platform’s own refusal', () => {
	const refusal = (code: string, retryAfterMs?: number) =>
		failure(['rateLimited', '', retryAfterMs], code, '');

	it('holds back everybody for the time that it says, alerts as well', () => {
		const limits = new Limits();
		limits.heed(dingTalkRobot('r'), refusal('130101', 10 * MINUTE), 1000);
		for (const priority of PRIORITIES) {
			const excess = limits.charge(dingTalkRobot('r'), priority, 2000);
			expect(excess?.waitMs).toBe(10 * MINUTE - 1000);
		}
		expect(limits.charge(dingTalkRobot('r'), 'alert', 1000 + 10 * MINUTE)).toBeUndefined();
	});

	it('is tried after an hour, whatever time a broken answer names', () => {
		const limits = new Limits();
		limits.heed(feishuApp('a', 'one'), refusal('99991400', 1e300), 0);
		expect(limits.charge(feishuApp('a', 'one'), 'alert', HOUR - 1)).toBeDefined();
		expect(limits.charge(feishuApp('a', 'one'), 'alert', HOUR)).toBeUndefined();
	});

	it('is not shortened by a later, milder one', () => {
		const limits = new Limits();
		limits.heed(dingTalkRobot('r'), refusal('130101', 10 * MINUTE), 1000);
		limits.heed(dingTalkRobot('r'), refusal('90018', 1000), 1000);
		expect(limits.charge(dingTalkRobot('r'), 'alert', 3000)).toBeDefined();
	});

	it.each([
		['one chat', '230020', [1000, undefined]],
		['the app', '99991400', [1000, 1000]],
	])('of %s concerns that alone', (_, code, waits) => {
		const limits = new Limits();
		limits.heed(feishuApp('a', 'one'), refusal(code, 1000), 0);
		const found = ['one', 'two'].map(
			(chat) => limits.charge(feishuApp('a', chat), 'alert', 0)?.waitMs,
		);
		expect(found).toEqual(waits);
	});

	it('of a person does not concern the others', () => {
		const limits = new Limits();
		const code = 'flowControlledStaffIdList';
		limits.heed(dingTalkApp('a', ['u1']), refusal(code, MINUTE), 0);
		expect(limits.charge(dingTalkApp('a', ['u1']), 'alert', 0)?.waitMs).toBe(MINUTE);
		expect(limits.charge(dingTalkApp('a', ['u2']), 'alert', 0)).toBeUndefined();
	});

	it('without a time holds nobody back', () => {
		const limits = new Limits();
		limits.heed(dingTalkRobot('r'), refusal('HTTP 429'), 1000);
		expect(limits.charge(dingTalkRobot('r'), 'alert', 1000)).toBeUndefined();
	});
});

describe('Memory', () => {
	it('holds what is in use, not whoever was written to once', () => {
		const limits = new Limits();
		for (let n = 0; n < 50_000; n++) limits.charge(feishuApp('a', `c${n}`), 'alert', n * 70);
		expect(limits.size).toBeLessThanOrEqual(1001);
	});

	it('keeps whoever is in use, however many', () => {
		const limits = new Limits();
		const robots = Array.from({ length: 5000 }, (_, n) => weComRobot(`r${n}`));
		for (const robot of robots) expect(burst(limits, robot, 'alert')).toBe(20);
		expect(robots.filter((robot) => !limits.charge(robot, 'alert', 1500))).toEqual([]);
	});
});
