import { unreachable } from '../../../core/connection/failure';
import { CONNECTION_TIMING } from '../../../core/connection/timing';
import { Simulated } from './simulated';
import { MINUTE, SECOND, upkeepAt } from './upkeepAt';

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
