import fc from 'fast-check';
import { BACKOFF_MS, nextAttemptAt, type Wait } from '../../../core/delivery/backoff';
import { HOUR, NOW, SECOND } from './rows';

const fraction = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const attempts = fc.integer({ min: 1, max: 40 });
const until = NOW + 24 * HOUR;

const stepOf = (count: number): number => BACKOFF_MS[Math.min(count, BACKOFF_MS.length) - 1]!;

test('The steps are 1 s, 3 s, 10 s, 30 s, 2 min, 5 min, and 5 min again', () => {
	const almostOne = 1 - Number.EPSILON;
	const waits = [1, 2, 3, 4, 5, 6, 7, 100].map(
		(count) => nextAttemptAt({ attempts: count, until }, NOW, () => almostOne)! - NOW,
	);
	expect(waits.map((ms) => Math.round(ms / SECOND))).toEqual([1, 3, 10, 30, 120, 300, 300, 300]);
});

test('The whole step is drawn from, and nothing beyond it', () => {
	fc.assert(
		fc.property(attempts, fraction, (count, drawn) => {
			const wait = nextAttemptAt({ attempts: count, until }, NOW, () => drawn)! - NOW;
			expect(Math.abs(wait - drawn * stepOf(count))).toBeLessThanOrEqual(2);
			expect(wait).toBeGreaterThan(0);
		}),
	);
});

/** What must hold of every answer of `nextAttemptAt`. */
function isSound({ retryAfterMs = 0, until: end }: Wait, dueAt: number | undefined): boolean {
	return dueAt === undefined || (dueAt > NOW && dueAt >= NOW + retryAfterMs && dueAt <= end);
}

const wait: fc.Arbitrary<Wait> = fc.record({
	attempts,
	retryAfterMs: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 20 * 60 * SECOND })),
	until: fc.integer({ min: NOW - HOUR, max: NOW + HOUR }),
});

const sound = (next: typeof nextAttemptAt) =>
	fc.property(wait, fraction, (asked, drawn) =>
		isSound(
			asked,
			next(asked, NOW, () => drawn),
		),
	);

test('It is never sooner than the other side asked for, and never after the end', () => {
	fc.assert(sound(nextAttemptAt));
});

test.each([
	['forgets what the other side asked for', { retryAfterMs: 0 }],
	['forgets the end', { until: Number.MAX_SAFE_INTEGER }],
])('A back-off that %s is found out', (_, forgotten) => {
	const broken: typeof nextAttemptAt = (asked, now, random) =>
		nextAttemptAt({ ...asked, ...forgotten }, now, random);
	expect(fc.check(sound(broken)).failed).toBe(true);
});

test('Those that were told to wait come back within a tenth of that after it', () => {
	fc.assert(
		fc.property(fraction, (drawn) => {
			const asked = { attempts: 1, retryAfterMs: 600 * SECOND, until };
			const after = nextAttemptAt(asked, NOW, () => drawn)! - NOW - asked.retryAfterMs;
			expect(Math.abs(after - drawn * 60 * SECOND)).toBeLessThanOrEqual(1);
		}),
	);
});

test('Nothing is given up while there is time for another attempt', () => {
	fc.assert(
		fc.property(attempts, fraction, fc.integer({ min: 11, max: 900 }), (count, drawn, left) => {
			const asked = { attempts: count, until: NOW + left * SECOND };
			expect(nextAttemptAt(asked, NOW, () => drawn)).toBeDefined();
		}),
	);
});

test('The last attempt is made 10 s before the end, and there is none after it', () => {
	const asked = { attempts: 6, until: NOW + 60 * SECOND };
	expect(nextAttemptAt(asked, NOW, () => 0.9)).toBe(NOW + 50 * SECOND);
	expect(nextAttemptAt(asked, NOW + 50 * SECOND, () => 0.9)).toBeUndefined();
});

test('An outage of five minutes ends before the deadline of an answer does', () => {
	fc.assert(
		fc.property(fc.infiniteStream(fraction), (draws) => {
			const deadline = NOW + 10 * 60 * SECOND;
			let at = NOW;
			for (let count = 1; at < NOW + 300 * SECOND; count++) {
				at = nextAttemptAt({ attempts: count, until: deadline }, at, () => draws.next().value)!;
			}
			expect(at).toBeLessThanOrEqual(deadline);
		}),
	);
});
