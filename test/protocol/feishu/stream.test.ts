import { FrameAssembler, type LongConnectionFrame } from '../../../protocol/feishu/stream';
import { Refused } from '../../../protocol/verify';

const frame = (sum: string, seq: string, payload: string): LongConnectionFrame => ({
	seqId: 1n,
	logId: 2n,
	service: 3,
	method: 1,
	headers: [
		['message_id', 'm1'],
		['sum', sum],
		['seq', seq],
	],
	payload: Buffer.from(payload),
});

describe('Parts of a split event', () => {
	it('are put together in whatever order they come', () => {
		const assembler = new FrameAssembler();
		expect(assembler.add(frame('2', '1', 'lo'), 0)).toBeUndefined();
		expect(assembler.add(frame('2', '0', 'hel'), 0)).toBe('hello');
	});

	it.each([
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
		expect(() => new FrameAssembler().add(frame(sum, seq, 'x'), 0)).toThrow(
			new Refused('malformed'),
		);
	});
});
