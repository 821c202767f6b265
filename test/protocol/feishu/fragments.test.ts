import { FrameAssembler } from '../../../protocol/feishu/fragments';
import type { LongConnectionFrame } from '../../../protocol/feishu/frame';
import { MAX_BODY_BYTES, Refused } from '../../../protocol/verify';

const frame = (
	sum?: string,
	seq?: string,
	payload = 'x',
	message_id = 'm1',
): LongConnectionFrame => {
	const places = Object.entries({ message_id, sum, seq });
	return {
		seqId: 1n,
		logId: 2n,
		service: 3,
		method: 1,
		headers: places.filter((place): place is [string, string] => place[1] !== undefined),
		payload: Buffer.from(payload),
	};
};

describe('Parts of a split event', () => {
	it('are put together in whatever order they come', () => {
		const assembler = new FrameAssembler();
		expect(assembler.add(frame('2', '1', 'lo'), 0)).toBeUndefined();
		expect(assembler.add(frame('2', '0', 'hel'), 0)).toBe('hello');
	});

	it.each<[string?, string?]>([
		[undefined, undefined],
		['1', undefined],
		[undefined, '0'],
		['', ''],
		['2', ''],
		['2.5', '0'],
		['2', '1e0'],
		['0x2', '0'],
		[' 2', '0'],
		['+2', '0'],
		['2', '-0'],
		['1.5', '0'],
		['2', '0.5'],
		['0', '0'],
		['-1', '-2'],
		['2', '2'],
		['1001', '0'],
		['many', '0'],
		['2', 'first'],
		['Infinity', '0'],
	])('are refused where there can be no such part (of %s, the one at %s)', (sum, seq) => {
		expect(() => new FrameAssembler().add(frame(sum, seq), 0)).toThrow(new Refused('malformed'));
	});

	it('that were refused leave nothing behind', () => {
		const assembler = new FrameAssembler();
		expect(() => assembler.add(frame('2', '0.5'), 0)).toThrow(Refused);
		expect(assembler.add(frame('2', '0', 'a'), 0)).toBeUndefined();
		expect(() => assembler.add(frame('3', '1'), 0)).toThrow(Refused);
		expect(assembler.add(frame('2', '1', 'b'), 0)).toBe('ab');
	});

	it('wait for each other, though as many messages wait as may', () => {
		const assembler = new FrameAssembler();
		for (let id = 0; id < 1000; id++) assembler.add(frame('2', '0', 'a', `m${id}`), 0);
		expect(() => assembler.add(frame('2', '0', 'a', 'one more'), 0)).toThrow(Refused);
		expect(assembler.add(frame('2', '1', 'b', 'm7'), 0)).toBe('ab');
		expect(assembler.add(frame('2', '0', 'a', 'one more'), 0)).toBeUndefined();
		// Those that are never completed make room after ten seconds.
		expect(assembler.add(frame('2', '0', 'a', 'late'), 10_001)).toBeUndefined();
		expect(assembler.add(frame('2', '1', 'b', 'm8'), 10_001)).toBeUndefined();
	});

	it('of an event that is larger than any are refused, and leave nothing behind', () => {
		const assembler = new FrameAssembler();
		const half = 'a'.repeat(MAX_BODY_BYTES / 2);
		assembler.add(frame('3', '0', half), 0);
		expect(() => assembler.add(frame('3', '1', half), 0)).toThrow(new Refused('tooLarge'));
		assembler.add(frame('2', '0', 'a'), 0);
		expect(assembler.add(frame('2', '1', 'b'), 0)).toBe('ab');
	});

	it.each<[string, (n: number) => LongConnectionFrame]>([
		['large parts', (n) => frame('3', '0', 'a'.repeat(MAX_BODY_BYTES / 2), `m${n}`)],
		['long ids', (n) => frame('3', '0', 'a', 'm'.repeat(MAX_BODY_BYTES / 2) + n)],
		['empty parts', (n) => frame('1000', String(n % 999), '', `m${Math.floor(n / 999)}`)],
	])('take a bounded place where nothing completes them: %s', (_, nth) => {
		const assembler = new FrameAssembler();
		const taken = Array.from({ length: 100_000 }, (__, n) => n).findIndex((n) => {
			try {
				assembler.add(nth(n), 0);
				return false;
			} catch {
				return true;
			}
		});
		expect(taken).toBeGreaterThan(5);
		// Ten seconds later all of it is free again.
		expect(assembler.add(frame('2', '0', 'a', 'new'), 10_001)).toBeUndefined();
		expect(assembler.add(frame('2', '1', 'b', 'new'), 10_001)).toBe('ab');
	});

	it('keep nothing but themselves of the frame that brought them', () => {
		const assembler = new FrameAssembler();
		const large = Buffer.alloc(1000, 'a');
		const part = frame('2', '0');
		part.payload = large.subarray(0, 1);
		assembler.add(part, 0);
		large.fill('b');
		expect(assembler.add(frame('2', '1', 'c'), 0)).toBe('ac');
	});

	it('may come twice without taking more', () => {
		const assembler = new FrameAssembler();
		for (let n = 0; n < 10; n++) assembler.add(frame('2', '0', 'a'.repeat(MAX_BODY_BYTES / 4)), 0);
		expect(assembler.add(frame('2', '1', 'b'), 0)).toMatch(/^a+b$/);
	});
});
