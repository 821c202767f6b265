import { FrameAssembler, type LongConnectionFrame } from '../../../protocol/feishu/stream';
import { Refused } from '../../../protocol/verify';

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
});
