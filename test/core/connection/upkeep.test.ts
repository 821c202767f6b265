import { ConnectionFailure, unreachable } from '../../../core/connection/failure';
import { CONNECTION_TIMING } from '../../../core/connection/timing';
import { Upkeep } from '../../../core/connection/upkeep';
import type { UpkeepAction, UpkeepEvent } from '../../../core/connection/upkeepEvents';
import { Simulated } from './simulated';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** The longest back-off. */
const slowest = (): number => 1 - Number.EPSILON;

const failure = (failureClass: ConnectionFailure['failureClass']): ConnectionFailure =>
	new ConnectionFailure(failureClass, failureClass, 'Mend it.');

/** An upkeep whose events the test tells one by one. */
function upkeepAt(random = (): number => 0.5): {
	upkeep: Upkeep;
	at(seconds: number, event: UpkeepEvent): string[];
	/** Link by link, from asking to ready. */
	connect(seconds: number, link?: number, canPing?: boolean): void;
} {
	const upkeep = new Upkeep('Test Chat', CONNECTION_TIMING, random);
	const show = ({ kind, link }: UpkeepAction): string => `${kind} ${link}`;
	const at = (seconds: number, event: UpkeepEvent): string[] =>
		upkeep.handle(event, seconds * SECOND).map(show);
	const connect = (seconds: number, link = 1, canPing = true): void => {
		if (link === 1) expect(at(seconds, { kind: 'start' })).toEqual(['locate 1']);
		expect(at(seconds, { kind: 'located', link, wishes: {} })).toEqual([`open ${link}`]);
		at(seconds, { kind: 'opened', link, canPing, isReady: false });
		at(seconds, { kind: 'ready', link });
		expect([upkeep.status, upkeep.servingLink]).toEqual(['connected', link]);
	};
	return { upkeep, at, connect };
}

describe('Silence', () => {
	test('is pinged after 60 s, and not before', () => {
		const { at, connect } = upkeepAt();
		connect(0);
		expect(at(59, { kind: 'due' })).toEqual([]);
		expect(at(60, { kind: 'due' })).toEqual(['ping 1']);
		at(61, { kind: 'heard', link: 1 });
		expect(at(76, { kind: 'due' })).toEqual([]);
		expect(at(119, { kind: 'due' })).toEqual([]);
		expect(at(120, { kind: 'due' })).toEqual(['ping 1']);
	});

	test('is not needed for a ping: a platform may count nothing else, however much is said', () => {
		const { at, connect } = upkeepAt();
		connect(0);
		const pinged = Array.from({ length: 300 }, (_, second) => second).filter((second) =>
			at(second, { kind: 'heard', link: 1 }).includes('ping 1'),
		);
		expect(pinged).toEqual([60, 120, 180, 240]);
	});

	test('after a ping means frozen 15 s later, and the link is replaced', () => {
		const { upkeep, at, connect } = upkeepAt();
		connect(0);
		at(60, { kind: 'due' });
		expect(at(74.9, { kind: 'due' })).toEqual([]);
		expect(at(75, { kind: 'due' })).toEqual(['end 1', 'locate 2']);
		expect(upkeep.failure?.message).toBe('Test Chat has not answered a ping within 15 s');
	});

	test('a pong that is read as late as its deadline is an answer all the same', () => {
		const { at, connect } = upkeepAt();
		connect(0);
		at(60, { kind: 'due' });
		expect(at(80, { kind: 'heard', link: 1 })).toEqual([]);
		expect(at(80, { kind: 'due' })).toEqual([]);
	});

	test('without a ping opens another link first; the old one drains for 5 s, and ends', () => {
		const { upkeep, at, connect } = upkeepAt();
		connect(0, 1, false);
		expect(at(60, { kind: 'due' })).toEqual(['locate 2']);
		expect([upkeep.status, upkeep.servingLink]).toEqual(['connected', 1]);
		connect(61, 2, false);
		expect(at(65.9, { kind: 'due' })).toEqual([]);
		expect(at(66, { kind: 'due' })).toEqual(['end 1']);
	});

	test('without a ping is no more than a doubt where the gateway is away, until the old link speaks', () => {
		const { upkeep, at, connect } = upkeepAt();
		connect(0, 1, false);
		at(60, { kind: 'due' });
		at(61, { kind: 'lost', link: 2, failure: unreachable('away') });
		expect([upkeep.status, upkeep.failure?.message, upkeep.servingLink]).toEqual([
			'waiting',
			'away',
			1,
		]);
		at(61.1, { kind: 'heard', link: 1 });
		expect([upkeep.status, upkeep.failure]).toEqual(['connected', undefined]);
	});

	test.each([true, false])(
		'of a frozen link ends within 90 s also on a slow network (ping: %s)',
		(canPing) => {
			const world = new Simulated({ canPing, stepMs: 3_500 }).start().run(30 * SECOND);
			const [frozen] = world.ready;
			world.freeze();
			world.run(90 * SECOND);
			expect(world.upkeep.servingLink).toBeGreaterThan(frozen!);
			// Without a heartbeat it would stay.
			const deaf = new Simulated(
				{ canPing, stepMs: 3_500 },
				{ ...CONNECTION_TIMING, silenceMs: 1e9 },
			);
			deaf.start().run(30 * SECOND);
			deaf.freeze();
			deaf.run(24 * 60 * MINUTE);
			expect(deaf.upkeep.servingLink).toBe(1);
			// A link that answers is left alone.
			const sound = new Simulated({ canPing: true, stepMs: 3_500 }).start().run(10 * MINUTE);
			expect(sound.upkeep.servingLink).toBe(1);
		},
	);
});

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

describe('We', () => {
	test('want another link: the old one goes on until that is ready', () => {
		const { at, connect } = upkeepAt();
		connect(0);
		expect(at(20, { kind: 'renew' })).toEqual(['locate 2']);
		// What is wanted has changed once more since the gateway was asked.
		expect(at(21, { kind: 'renew' })).toEqual([]);
		connect(22, 2);
		expect(at(22.5, { kind: 'due' })).toEqual(['locate 3']);
		connect(23, 3);
		expect(at(40, { kind: 'due' }).filter((action) => action.startsWith('locate'))).toEqual([]);
	});

	test('retire: the link drains for 5 s and ends, and nothing begins again, whatever becomes of it', () => {
		const { upkeep, at, connect } = upkeepAt();
		connect(0);
		at(20, { kind: 'renew' });
		expect(at(21, { kind: 'retire' })).toEqual(['end 2']);
		expect(at(25.9, { kind: 'due' })).toEqual([]);
		expect(at(26, { kind: 'due' })).toEqual(['end 1']);
		expect([upkeep.status, upkeep.deadline]).toEqual(['stopped', undefined]);

		const lost = upkeepAt();
		lost.connect(0);
		expect(lost.at(20, { kind: 'retire' })).toEqual([]);
		const cut = unreachable('cut');
		expect(lost.at(21, { kind: 'lost', link: 1, failure: cut })).toContain('end 1');
		expect([lost.upkeep.status, lost.upkeep.deadline]).toEqual(['stopped', undefined]);

		const away = upkeepAt();
		away.at(0, { kind: 'start' });
		expect(away.at(1, { kind: 'retire' })).toEqual(['end 1']);
		expect(away.upkeep.status).toBe('stopped');
	});

	test('stop: every link ends, and nothing begins again', () => {
		const { upkeep, at, connect } = upkeepAt();
		connect(0);
		at(20, { kind: 'leaving', link: 1 });
		connect(21, 2);
		at(22, { kind: 'leaving', link: 2 });
		at(24, { kind: 'due' });
		expect(at(24, { kind: 'stop' }).sort()).toEqual(['end 1', 'end 2', 'end 3']);
		expect([upkeep.status, upkeep.deadline]).toEqual(['stopped', undefined]);
		expect(at(25, { kind: 'lost', link: 2, failure: unreachable('cut') })).toEqual([]);
	});
});

describe('Over a long time', () => {
	const WEEK = 7 * 24 * 60 * MINUTE;
	const sizeOf = ({ upkeep }: Simulated): number => JSON.stringify(upkeep).length;

	test('a week of heartbeats keeps one link and no more memory', () => {
		const world = new Simulated().start().run(MINUTE);
		const size = sizeOf(world);
		world.run(WEEK);
		expect(world.counts).toMatchObject({ locate: 1, open: 1, end: 0 });
		expect(world.counts.ping).toBeGreaterThan(10_000);
		expect(sizeOf(world)).toBeLessThan(size + 50);
	});

	test('a silent week without pings renews each minute, without a gap', () => {
		const world = new Simulated({ canPing: false }).start().run(MINUTE);
		const size = sizeOf(world);
		const gap = world.lasted.none;
		world.run(WEEK);
		expect(world.counts.locate).toBeGreaterThan(10_000);
		expect(world.lasted.none).toBe(gap);
		expect(world.lasted.two).toBeLessThanOrEqual(
			world.counts.end * CONNECTION_TIMING.drainMs + 5_000,
		);
		expect(sizeOf(world)).toBeLessThan(size + 100);
		// A gap would show.
		world.cut();
		world.run(MINUTE);
		expect(world.lasted.none).toBeGreaterThan(gap);
	});

	test('10,000 reconnects end at one link and no more memory', () => {
		const world = new Simulated().start().run(MINUTE);
		const size = sizeOf(world);
		for (let count = 0; count < 10_000; count++) {
			world.cut();
			expect(world.ready).toEqual([]);
			world.run(20 * SECOND);
			expect(world.ready).toHaveLength(1);
		}
		expect(world.live.size).toBe(1);
		expect(sizeOf(world)).toBeLessThan(size + 50);
	});
});
