import { unreachable } from '../../../core/connection/failure';
import type { UpkeepEvent } from '../../../core/connection/upkeepEvents';
import { SECOND, failure, slowest, upkeepAt } from './upkeepAt';

describe('The platform', () => {
	test('announces the end of a link: another one is ready first', () => {
		const { upkeep, at, connect } = upkeepAt();
		connect(0);
		expect(at(20, { kind: 'leaving', link: 1 })).toEqual(['locate 2']);
		expect(at(20, { kind: 'leaving', link: 1 })).toEqual([]);
		connect(21, 2);
		expect(at(26, { kind: 'due' })).toEqual(['end 1']);
		// One that it cuts instead is late, and waits.
		expect(at(40, { kind: 'lost', link: 2, failure: unreachable('cut') })).toEqual(['end 2']);
		expect(upkeep.status).toBe('waiting');
	});

	test('that announces it on every new link is followed with back-off', () => {
		const { upkeep, at, connect } = upkeepAt(slowest);
		connect(0);
		expect(at(1, { kind: 'leaving', link: 1 })).toEqual([]);
		expect(Math.round(upkeep.deadline!)).toBe(2_000);
		expect(at(2, { kind: 'due' })).toEqual(['locate 2']);
		connect(2, 2);
		at(3, { kind: 'leaving', link: 2 });
		expect(at(4.9, { kind: 'due' })).toEqual([]);
		expect(at(5, { kind: 'due' })).toEqual(['locate 3']);
	});

	test('is never fought where another client has taken the place', () => {
		const { upkeep, at, connect } = upkeepAt();
		connect(0);
		const replaced = failure('replaced');
		expect(at(20, { kind: 'lost', link: 1, failure: replaced })).toEqual(['end 1']);
		expect([upkeep.status, upkeep.failure, upkeep.deadline]).toEqual([
			'stopped',
			replaced,
			undefined,
		]);
		expect(at(90, { kind: 'start' })).toEqual([]);
	});

	test('replaces an old link by our own new one, which is no reason to stop', () => {
		const { upkeep, at, connect } = upkeepAt();
		connect(0, 1, false);
		at(60, { kind: 'due' });
		at(61, { kind: 'located', link: 2, wishes: {} });
		at(61, { kind: 'opened', link: 2, canPing: false, isReady: false });
		expect(at(61, { kind: 'lost', link: 1, failure: failure('replaced') })).toEqual(['end 1']);
		at(62, { kind: 'ready', link: 2 });
		expect([upkeep.status, upkeep.servingLink]).toEqual(['connected', 2]);
	});

	test('refuses the next link while the last one lives: what a person must mend stays known after that', () => {
		const { upkeep, at, connect } = upkeepAt();
		connect(0);
		at(20, { kind: 'leaving', link: 1 });
		const refusal = failure('badCredentials');
		at(21, { kind: 'lost', link: 2, failure: refusal });
		expect(upkeep.failure).toBeUndefined();
		at(30, { kind: 'lost', link: 1, failure: unreachable('cut') });
		expect([upkeep.status, upkeep.failure]).toEqual(['waiting', refusal]);
		expect(upkeep.deadline! / SECOND).toBe(21 + 450);
		// What comes of the next attempt counts again.
		expect(at(471, { kind: 'due' })).toEqual(['locate 3']);
		const away = unreachable('away');
		at(472, { kind: 'lost', link: 3, failure: away });
		expect(upkeep.failure).toBe(away);
	});

	test('allows no more links while the last one lives: its end makes room, and nobody waits for minutes', () => {
		const { upkeep, at, connect } = upkeepAt(slowest);
		connect(0);
		at(20, { kind: 'leaving', link: 1 });
		at(21, { kind: 'lost', link: 2, failure: failure('tooMany') });
		at(30, { kind: 'lost', link: 1, failure: unreachable('cut') });
		expect(upkeep.deadline! / SECOND).toBeLessThanOrEqual(32);
		expect(at(32, { kind: 'due' })).toEqual(['locate 3']);
		// Where there was none of ours, its place does not help.
		at(33, { kind: 'lost', link: 3, failure: failure('tooMany') });
		expect(upkeep.deadline! / SECOND).toBeGreaterThan(300);
	});

	test('has no more of its wishes than our bounds allow', () => {
		const pingAfter = (pingEveryMs: number): number => {
			const { upkeep, at, connect } = upkeepAt();
			connect(0);
			at(0, { kind: 'wished', link: 1, wishes: { pingEveryMs } });
			at(10, { kind: 'due' });
			return Math.round(upkeep.deadline! / SECOND);
		};
		// 15 s: one that is due after 5 s was sent at 10 s, and waits for its answer.
		expect([30_000, 0, -1, NaN, 1e9].map(pingAfter)).toEqual([30, 60, 60, 60, 60]);
		expect(pingAfter(1)).toBe(25);

		const firstRetry = (wishes: object, retryAfterMs = 0): number => {
			const { upkeep, at } = upkeepAt(slowest);
			at(0, { kind: 'start' });
			at(0, { kind: 'located', link: 1, wishes });
			at(0, { kind: 'opened', link: 1, canPing: true, isReady: true });
			at(20, { kind: 'due' });
			const cut = Object.assign(unreachable('cut'), { retryAfterMs });
			at(20, { kind: 'lost', link: 1, failure: cut });
			return Math.round(upkeep.deadline! / SECOND) - 20;
		};
		expect(firstRetry({})).toBe(1);
		expect(firstRetry({ returnWithinMs: 30_000 })).toBe(30);
		expect(firstRetry({ returnWithinMs: 1e12 })).toBe(60);
		expect(firstRetry({ retryEveryMs: 120_000 })).toBe(1);
		expect(firstRetry({}, 120_000)).toBe(132);
		expect(firstRetry({}, 1e12)).toBe(600);
		// What is no time changes nothing.
		for (const none of [NaN, -1, -Infinity, undefined]) {
			expect(firstRetry({ returnWithinMs: none, retryEveryMs: none }, none)).toBe(1);
		}
	});

	test('floods a link with more than 600 frames a minute that bring nothing: it is replaced', () => {
		const { upkeep, at, connect } = upkeepAt();
		connect(0);
		const nuisance: UpkeepEvent = { kind: 'nuisance', link: 1 };
		const within = Array.from({ length: 600 }, () => at(20, nuisance)).flat();
		expect(within).toEqual([]);
		expect(at(20, nuisance)).toEqual(['end 1']);
		expect([upkeep.status, upkeep.failure?.message]).toEqual([
			'waiting',
			'Test Chat floods the connection',
		]);
		const calm = upkeepAt();
		calm.connect(0);
		const spread = Array.from({ length: 1_200 }, (_, index) => [
			...calm.at(index / 9, { kind: 'heard', link: 1 }),
			...calm.at(index / 9, nuisance),
		]);
		expect(spread.flat().filter((action) => action.startsWith('end'))).toEqual([]);
	});
});
