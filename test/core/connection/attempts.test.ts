import { unreachable } from '../../../core/connection/failure';
import type { UpkeepEvent } from '../../../core/connection/upkeepEvents';
import { Simulated } from './simulated';
import { MINUTE, SECOND, failure, slowest, upkeepAt } from './upkeepAt';

describe('An attempt', () => {
	const located: UpkeepEvent = { kind: 'located', link: 1, wishes: {} };
	const opened: UpkeepEvent = { kind: 'opened', link: 1, canPing: true, isReady: false };

	test.each([
		['the gateway', [], 'said where to connect'],
		['the handshake', [located], 'opened the connection'],
		['the greeting', [located, opened], 'confirmed the connection'],
	] as const)('has 15 s, also where %s stands still', (_where, events, words) => {
		const { upkeep, at } = upkeepAt();
		at(0, { kind: 'start' });
		for (const event of events) at(1, event);
		expect(at(14.9, { kind: 'due' })).toEqual([]);
		expect(at(15, { kind: 'due' })).toEqual(['end 1']);
		expect(upkeep.failure?.message).toBe(`Test Chat has not ${words} within 15 s`);
		// Too late.
		expect(at(15.1, located)).toEqual([]);
		expect(at(16, { kind: 'due' })).toEqual(['locate 2']);
	});

	test('whose handshake is refused asks the gateway for the reason at once, and once', () => {
		const { upkeep, at } = upkeepAt(slowest);
		at(0, { kind: 'start' });
		at(0, located);
		const refused = unreachable('refused');
		expect(at(1, { kind: 'lost', link: 1, failure: refused })).toEqual(['end 1', 'locate 2']);
		expect(upkeep.status).toBe('connecting');
		at(1, { kind: 'located', link: 2, wishes: {} });
		expect(at(2, { kind: 'lost', link: 2, failure: refused })).toEqual(['end 2']);
		expect([upkeep.status, upkeep.failure]).toEqual(['waiting', refused]);
	});

	test('is made again with back-off from 1 s to 60 s; a connection counts once it was ready for 10 s', () => {
		const { upkeep, at, connect } = upkeepAt(slowest);
		at(0, { kind: 'start' });
		let now = 0;
		const waits = Array.from({ length: 9 }, (_, index) => {
			at(now, { kind: 'lost', link: index + 1, failure: unreachable('away') });
			const wait = Math.round(upkeep.deadline! - now * SECOND);
			now = upkeep.deadline! / SECOND;
			expect(at(now, { kind: 'due' })).toEqual([`locate ${index + 2}`]);
			return wait / SECOND;
		});
		expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
		connect(now, 10);
		at(now + 9, { kind: 'lost', link: 10, failure: unreachable('cut') });
		expect(Math.round(upkeep.deadline! - (now + 9) * SECOND)).toBe(60 * SECOND);
		now = upkeep.deadline! / SECOND;
		at(now, { kind: 'due' });
		connect(now, 11);
		at(now + 10, { kind: 'lost', link: 11, failure: unreachable('cut') });
		expect(Math.round(upkeep.deadline! - (now + 10) * SECOND)).toBe(SECOND);
	});

	test('is made again with full jitter: anywhere from at once to the ceiling', () => {
		const draws = [0, 0.25, 0.999];
		const waits = draws.map((drawn) => {
			const { upkeep, at } = upkeepAt(() => drawn);
			at(0, { kind: 'start' });
			// What is due at once is begun at once.
			const actions = at(0, { kind: 'lost', link: 1, failure: unreachable('away') });
			return actions.includes('locate 2') ? 0 : upkeep.deadline;
		});
		expect(waits).toEqual([0, 250, 999]);
	});

	test.each(['badCredentials', 'tooMany'] as const)(
		'that failed by %s is made again after 5 to 10 minutes',
		(failureClass) => {
			const waits = [0, 0.5, slowest()].map((drawn) => {
				const { upkeep, at } = upkeepAt(() => drawn);
				at(0, { kind: 'start' });
				at(0, { kind: 'lost', link: 1, failure: failure(failureClass) });
				expect(upkeep.failure?.failureClass).toBe(failureClass);
				return Math.round(upkeep.deadline! / MINUTE);
			});
			expect(waits).toEqual([5, 8, 10]);
		},
	);

	test('leaves a gateway in peace that is away or says no', () => {
		const day = 24 * 60 * MINUTE;
		const away = new Simulated({ isAway: true }).start().run(day);
		// 30 s on average.
		expect(away.counts.locate).toBeGreaterThan(2_800);
		expect(away.counts.locate).toBeLessThan(2_900);
		expect(new Simulated().start().run(day).counts.locate).toBe(1);
	});
});
