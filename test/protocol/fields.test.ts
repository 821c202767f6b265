import { asNumber } from '../../protocol/fields';
import { Refused, parseObject } from '../../protocol/verify';

test.each([
	[7, 7],
	['1700000000.5', 1700000000.5],
	['-1', -1],
	['', NaN],
	['soon', NaN],
	[null, NaN],
	[undefined, NaN],
	[[], NaN],
	[[7], NaN],
	[true, NaN],
	[{ toString: 1, valueOf: 1 }, NaN],
	[JSON.parse('['.repeat(20_000) + ']'.repeat(20_000)), NaN],
])('A foreign value is a number or none, and never fails to be read (case %#)', (value, number) => {
	expect(asNumber(value)).toBe(number);
});

describe('A JSON document', () => {
	const nested = (levels: number): string => '{"a":'.repeat(levels) + '[]' + '}'.repeat(levels);

	it('is read where it is nested as deep as a document may be', () => {
		expect(parseObject(nested(99))).toHaveProperty('a.a.a');
	});

	it.each([101, 5000, 100_000])('is refused where it is nested %i levels deep', (levels) => {
		expect(() => parseObject(nested(levels))).toThrow(new Refused('malformed'));
	});

	it.each(['', 'no json', '[]', '"text"', 'null', '7', '{"half":'])('is none: %j', (text) => {
		expect(() => parseObject(text)).toThrow(new Refused('malformed'));
	});
});
