import fc from 'fast-check';
import { Refused, parseObject } from '../../protocol/verify';

describe('A JSON object from outside', () => {
	it.each([
		['{"id":9007199254740993}', { id: '9007199254740993' }],
		['{"id":-9007199254740993}', { id: '-9007199254740993' }],
		['{"id": [ 12345678901234567890 ]}', { id: ['12345678901234567890'] }],
		['{"id":9007199254740991}', { id: 9007199254740991 }],
		['{"id":1234567890123456}', { id: 1234567890123456 }],
		['{"id":0.12345678901234567}', { id: 0.12345678901234567 }],
		['{"id":1e300,"at":1700000000000}', { id: 1e300, at: 1_700_000_000_000 }],
		[
			'{"id":"9007199254740993 \\" 9007199254740993"}',
			{ id: '9007199254740993 " 9007199254740993' },
		],
		['{"9007199254740993":"\\\\"}', { '9007199254740993': '\\' }],
	])('keeps ids beyond 2^53: %s', (text, value) => {
		expect(parseObject(text)).toEqual(value);
	});

	it('is read as JSON is, where its whole numbers are safe', () => {
		const value = fc.dictionary(fc.string(), fc.jsonValue());
		fc.assert(
			fc.property(value, fc.constantFrom('', '1234567890123456'), (object, more) => {
				const text = JSON.stringify({ ...object, [`x${more}`]: 1 });
				const long = /[^\d.]\d{17,}[,\]}]/.test(text);
				fc.pre(!long && !/e\+/.test(text));
				expect(parseObject(text)).toEqual(JSON.parse(text));
			}),
		);
	});

	it('may be as large as a request', () => {
		const text = JSON.stringify({ a: '\\"x'.repeat(350_000), id: 1 }).replace(
			'1}',
			`${2n ** 63n}}`,
		);
		expect(parseObject(text).id).toBe('9223372036854775808');
	});

	it.each(['', '<html></html>', '[]', 'null', '1', '{"a":9007199254740993', '{'.repeat(1e5)])(
		'is refused where it is none: %.20s',
		(text) => {
			expect(() => parseObject(text)).toThrow(Refused);
		},
	);

	it('is refused where it is nested too deep', () => {
		const nested = (levels: number) => `{"a":${'['.repeat(levels)}${']'.repeat(levels)}}`;
		expect(parseObject(nested(90))).toBeDefined();
		expect(() => parseObject(nested(200))).toThrow(Refused);
	});
});
