import fc from 'fast-check';
import { leaseDue } from '../../../core/delivery/lease';
import { Pace } from '../../../core/delivery/pace';
import type { DeliveryRow } from '../../../core/delivery/delivery';
import {
	LEFT_OVER_MS,
	looksAfterSaving,
	nextRecoveryAt,
	nextRetryAt,
	NextLook,
} from '../../../core/delivery/nextLook';
import { HOUR, MINUTE, NOW, question, SECOND, waitingRow } from './rows';
import { simulateLooks, type Save } from './looksSimulation';

const looks = (fields: Partial<DeliveryRow>) => looksAfterSaving(waitingRow(fields), NOW);
const later = NOW + 7 * SECOND;

describe('A row that was saved makes a look due', () => {
	it.each<[string, Partial<DeliveryRow>, Array<[string, number]>]>([
		['a message that waits, when it is due', { dueAt: later }, [['retry', later]]],
		['one under way, when its claim ends', { claim: 'me:1', dueAt: later }, [['retry', later]]],
		['an execution to retry', { kind: 'execution', dueAt: later }, [['recover', later]]],
		['an execution that is being retried', { kind: 'execution', claim: 'me:1' }, []],
		['what was delivered to a group', { status: 'delivered' }, []],
		['an answer, for the next one', { kind: 'answer', status: 'delivered' }, [['retry', NOW]]],
		['what died', { status: 'dead' }, [['announce', NOW + 5 * SECOND]]],
		['what may have arrived', { status: 'uncertain' }, [['announce', NOW + 5 * SECOND]]],
		['what died and is known', { status: 'dead', announced: 'open' }, []],
		[
			'what is known and was settled',
			{ status: 'discarded', announced: 'open' },
			[['announce', NOW + 5 * SECOND]],
		],
		['what is over and known to be', { status: 'discarded', announced: 'closed' }, []],
		['a damaged one that waits', { kind: 'x' as never, dueAt: 5 }, [['retry', 5]]],
	])('%s', (_, fields, expected) => {
		expect(looks(fields).map(({ subject, at }) => [subject, at])).toEqual(expected);
	});

	it('and what is no row makes none', () => {
		expect(looksAfterSaving({ error: 'away' }, NOW)).toEqual([]);
	});
});

const attemptedAt = (at: number): string =>
	JSON.stringify([{ class: 'temporary', code: '', message: '', at: new Date(at).toISOString() }]);

describe('After a look at what waits, the next one', () => {
	const answer = (n: number, fields: Partial<DeliveryRow> = {}): DeliveryRow =>
		waitingRow(
			{ key: `q${n}`, platform: 'feishu', conversation: 'oc_1', createdAtMs: NOW + n, ...fields },
			{ question: question({ messageId: `om_${n}` }) },
		);

	it.each<[string, DeliveryRow[], DeliveryRow[], number]>([
		['is never where nothing waits', [waitingRow({ status: 'dead' })], [], Infinity],
		[
			'is when the first is due',
			[waitingRow({ dueAt: later }), waitingRow({ key: 'gone' })],
			[waitingRow({ key: 'gone', status: 'dead' })],
			later,
		],
		['is soon where something due was left over', [waitingRow()], [], NOW + LEFT_OVER_MS],
		[
			'is when a claim ends',
			[waitingRow()],
			[waitingRow({ claim: 'me:1', dueAt: NOW + MINUTE })],
			NOW + MINUTE,
		],
		[
			'is not for what is due behind an answer that waits longer',
			[answer(1, { dueAt: NOW + HOUR }), answer(2)],
			[],
			NOW + HOUR,
		],
		[
			'is not for what is due behind an answer under way',
			[answer(1, { claim: 'you:1', dueAt: NOW + MINUTE }), answer(2)],
			[],
			NOW + MINUTE,
		],
		[
			'is soon where the clock was set back since the last attempt',
			[waitingRow({ dueAt: NOW + HOUR, history: attemptedAt(NOW + HOUR) })],
			[],
			NOW + LEFT_OVER_MS,
		],
		['is not for executions', [waitingRow({ kind: 'execution', dueAt: later })], [], Infinity],
	])('%s', (_, stored, chosen, at) => {
		expect(nextRetryAt(stored, chosen, NOW)).toBe(at);
	});
});

describe('After a look at crashed executions, the next one', () => {
	const execution = (fields: Partial<DeliveryRow>) =>
		waitingRow({ kind: 'execution', executionId: '7', ...fields }) as never;
	const next = (items: never[], candidates: object[] = []): number =>
		nextRecoveryAt(items, candidates as never, { processToken: 'me', now: NOW });

	it('is never where none is left', () => {
		expect(next([{ data: [] } as never])).toBe(Infinity);
		expect(next([execution({ claim: 'me:1' })])).toBe(Infinity);
	});

	it('is when one may be retried again', () => {
		expect(next([execution({ dueAt: later })])).toBe(later);
	});

	it('is soon where the clock was set back since it crashed', () => {
		const row = execution({ dueAt: NOW + HOUR, history: attemptedAt(NOW + HOUR) });
		expect(next([row])).toBe(NOW + 15 * SECOND);
	});

	it('is in 15 s where one was chosen, or has to wait for another', () => {
		expect(next([], [{ executionId: '7' }])).toBe(NOW + 15 * SECOND);
		expect(next([execution({ claim: 'gone:1', dueAt: NOW - 1 })])).toBe(NOW + 15 * SECOND);
	});
});

describe('The next look', () => {
	it('is due at once, then when something is told, and never closer than its gap', () => {
		const next = new NextLook('retry', MINUTE);
		expect(next.waitMs(NOW)).toBe(0);
		next.begin(NOW);
		expect(next.waitMs(NOW)).toBe(MINUTE);
		next.saw();
		next.tell(later);
		next.tell(NOW + HOUR);
		expect(next.waitMs(NOW)).toBe(7 * SECOND);
		next.tell(NOW - 5);
		expect(next.waitMs(NOW)).toBe(SECOND);
		expect(next.waitMs(NOW + HOUR)).toBe(0);
	});

	it('gathers dead letters for half a minute', () => {
		const next = new NextLook('announce', HOUR);
		next.begin(NOW);
		next.saw();
		next.tell(NOW + SECOND);
		expect(next.waitMs(NOW)).toBe(30 * SECOND);
	});

	it('waits for one on its way, which will see the same, but not longer than the safety look', () => {
		const next = new NextLook('retry', MINUTE);
		next.begin(NOW);
		next.tell(NOW + 2 * SECOND);
		expect(next.waitMs(NOW + 20 * SECOND)).toBe(40 * SECOND);
		expect(next.waitMs(NOW + MINUTE)).toBe(0);
		// What was told meanwhile may have come too late for it.
		next.saw();
		expect(next.waitMs(NOW + 20 * SECOND)).toBe(0);
	});

	it('is not put off by a clock that is set back', () => {
		const next = new NextLook('retry', MINUTE);
		next.begin(NOW);
		next.waitMs(NOW - HOUR);
		expect(next.waitMs(NOW - HOUR + MINUTE)).toBe(0);
	});
});

describe('Whatever is saved and looked at in whatever order', () => {
	const LATEST_READ_MS = 800;
	const save: fc.Arbitrary<Save> = fc.record({
		at: fc.integer({ min: 0, max: 2 * MINUTE }),
		dueInMs: fc.integer({ min: -3 * SECOND, max: 40 * SECOND }),
		conversation: fc.integer({ min: 0, max: 3 }),
		kind: fc.constantFrom('answer' as const, 'notification' as const),
		attemptMs: fc.integer({ min: 0, max: 15 * SECOND }),
	});
	const saves = fc.array(save, { minLength: 1, maxLength: 25 });
	const readsUpTo = (max: number) =>
		fc.array(fc.integer({ min: 1, max }), { minLength: 1, maxLength: 9 });
	const reads = readsUpTo(LATEST_READ_MS);
	/** The longest that a row was left alone although it could go. */
	const longest = (list: Save[], readMs: number[], options: { told: boolean; safetyMs: number }) =>
		Math.max(
			...simulateLooks(list, readMs, options).map(({ readyAt, triedAt }) => triedAt - readyAt),
		);
	const within = (
		ms: number,
		{
			latestReadMs = LATEST_READ_MS,
			...options
		}: { told: boolean; safetyMs: number; latestReadMs?: number },
	) =>
		fc.check(
			fc.property(
				saves,
				readsUpTo(latestReadMs),
				(list, readMs) => longest(list, readMs, options) <= ms,
			),
			{ numRuns: 300 },
		);

	it.each([
		['quick', LATEST_READ_MS],
		['slower than looks are apart', 5 * SECOND],
	])('no row is left alone longer than a second and a look take: n8n is %s', (_, latestReadMs) => {
		const options = { told: true, safetyMs: HOUR, latestReadMs };
		const { failed, counterexample } = within(SECOND + latestReadMs, options);
		expect([failed, counterexample]).toEqual([false, null]);
	});

	// Negative control.
	it('rows are left alone where nobody tells, and the safety look finds them', () => {
		const silent = { told: false, safetyMs: MINUTE };
		expect(within(SECOND + LATEST_READ_MS, silent).failed).toBe(true);
		// Of a conversation one goes at a look.
		const alone = fc.property(saves, reads, (list, readMs) => {
			const ungrouped = list.map((each) => ({ ...each, kind: 'notification' as const }));
			return longest(ungrouped, readMs, silent) <= MINUTE + LATEST_READ_MS;
		});
		expect(fc.check(alone, { numRuns: 300 }).failed).toBe(false);
	});
});

it('What a limit held back keeps its pace, however close the looks are', () => {
	const heldBack = new Pace();
	const isHeld = (): boolean => false;
	const rows = Array.from({ length: 30 }, (_, n) =>
		waitingRow({ key: `k${n}`, priority: 0, class: 'rateLimited' }),
	);
	const claimAt = (now: number): number => {
		const options = { processToken: 'me', newId: () => '1', singleProcess: true };
		return leaseDue(rows, { ...options, questionsAtOnce: 50, heldBack, isHeld, now }).length;
	};
	const counts = [0, 1000, 2000, 3000, 4000].map((ms) => claimAt(NOW + ms));
	expect(counts).toEqual([5, 0, 0, 5, 0]);
});
