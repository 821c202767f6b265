import { unreachable } from '../../../core/connection/failure';
import { CONNECTION_TIMING } from '../../../core/connection/timing';
import { Simulated } from './simulated';
import { MINUTE, SECOND, upkeepAt } from './upkeepAt';

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
