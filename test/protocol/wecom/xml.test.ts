import fc from 'fast-check';
import { Refused } from '../../../protocol/verify';
import {
	parseXml,
	xmlObject,
	xmlText,
	type XmlObject,
	type XmlValue,
} from '../../../protocol/wecom/xml';

/** The text of the root of `<xml>…</xml>`, or its children. */
const read = (inside: string): XmlValue | undefined => parseXml(`<xml>${inside}</xml>`).xml;

function refusalOf(document: string): string {
	try {
		parseXml(document);
	} catch (error) {
		if (error instanceof Refused) return error.reason;
		throw error;
	}
	return 'accepted';
}

describe('what WeCom sends', () => {
	it('reads elements, numbers as text and CDATA', () => {
		expect(
			read(
				'<ToUserName><![CDATA[ww1]]></ToUserName><CreateTime>1348831860</CreateTime><MsgId>9223372036854775807</MsgId>',
			),
		).toEqual({ ToUserName: 'ww1', CreateTime: '1348831860', MsgId: '9223372036854775807' });
	});

	it('reads layout, a byte order mark and the XML declaration', () => {
		const document =
			'\uFEFF<?xml version="1.0" encoding="UTF-8"?>\r\n<xml>\n\t<A>1</A>\n\t<B ></B >\n\t<C/>\n</xml>\n';
		expect(parseXml(document)).toEqual({ xml: { A: '1', B: '', C: '' } });
	});

	it('reads nested elements, and repeated ones as a list', () => {
		const option = (id: string): string => `<OptionId>${id}</OptionId>`;
		expect(read(`<Ids>${option('a')}</Ids>`)).toEqual({ Ids: { OptionId: 'a' } });
		expect(read(`<Ids>${option('a')}${option('')}${option('c')}</Ids>`)).toEqual({
			Ids: { OptionId: ['a', '', 'c'] },
		});
	});

	it.each([
		[']', ']'],
		['a]b', 'a]b'],
		['a]]b', 'a]]b'],
		[']]', ']]'],
		['x]]]', 'x]]]'],
		['arr[0]] > 1', 'arr[0]] > 1'],
		['<b>&amp;</b>', '<b>&amp;</b>'],
		['&bogus;', '&bogus;'],
		['<!DOCTYPE x>', '<!DOCTYPE x>'],
		[']]]]><![CDATA[>', ']]>'],
		['', ''],
	])('takes CDATA %j as it stands', (inside, text) => {
		expect(read(`<![CDATA[${inside}]]>`)).toBe(text);
	});

	it('joins text around CDATA', () => {
		expect(read('a &lt; <![CDATA[b & c]]> d')).toBe('a < b & c d');
	});

	it('knows the five entities, once each', () => {
		expect(read('&lt;&gt;&amp;&quot;&apos;')).toBe('<>&"\'');
		expect(read('&amp;lt;')).toBe('&lt;');
	});
});

describe('what it refuses', () => {
	it.each([
		['nothing', ''],
		['blanks', ' \n '],
		['no XML', 'hello'],
		['JSON', '{"encrypt":"x"}'],
		['an unclosed element', '<xml><a>'],
		['half a tag', '<xml'],
		['an element closed by another', '<xml><a></b></xml>'],
		['a longer closing name', '<xml><a></ab></xml>'],
		['crossed elements', '<xml><a><b></a></b></xml>'],
		['a second root', '<xml></xml><xml></xml>'],
		['text after the root', '<xml></xml>x'],
		['text beside elements', '<xml>x<a>1</a></xml>'],
		['an attribute', '<xml a="1"></xml>'],
		['an attribute of an empty element', '<xml><a b="1"/></xml>'],
		['a comment', '<xml><!-- a --></xml>'],
		['a processing instruction', '<xml><?php 1 ?></xml>'],
		['a second declaration', '<?xml version="1.0"?><?xml version="1.0"?><xml/>'],
		['unclosed CDATA', '<xml><![CDATA[x]]</xml>'],
		['CDATA in lower case', '<xml><![cdata[x]]></xml>'],
		['a name that begins with a digit', '<xml><1a/></xml>'],
		['a name with a colon', '<xml><a:b/></xml>'],
		['an endless name', `<xml><${'a'.repeat(65)}/></xml>`],
		['a bare ampersand', '<xml>a & b</xml>'],
		['an entity without its end', '<xml>&amp</xml>'],
		['an unknown entity', '<xml>&bogus;</xml>'],
		['an empty entity', '<xml>&;</xml>'],
		['an entity in capitals', '<xml>&LT;</xml>'],
		['a decimal entity', '<xml>&#65;</xml>'],
		['a hexadecimal entity', '<xml>&#x41;</xml>'],
		['an entity called like a method of every object', '<xml>&toString;</xml>'],
		['an entity called like the prototype', '<xml>&__proto__;</xml>'],
		['a DOCTYPE', '<!DOCTYPE xml><xml/>'],
		[
			'an external entity',
			'<!DOCTYPE xml [<!ENTITY x SYSTEM "file:///etc/passwd">]><xml>&x;</xml>',
		],
		[
			'entities that multiply',
			'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><xml>&b;</xml>',
		],
		['a DOCTYPE inside', '<xml><!DOCTYPE a></xml>'],
		['an XInclude', '<xml><xi:include href="file:///etc/passwd"/></xml>'],
	])('%s', (_, document) => {
		expect(refusalOf(document)).toBe('malformed');
	});

	it('elements that nest more than eight deep', () => {
		const nested = (depth: number): string => '<a>'.repeat(depth) + '</a>'.repeat(depth);
		expect(refusalOf(nested(8))).toBe('accepted');
		expect(refusalOf(nested(9))).toBe('malformed');
		expect(refusalOf('<a>'.repeat(100_000))).toBe('malformed');
	});

	it('more than ten thousand elements', () => {
		expect(refusalOf(`<xml>${'<a/>'.repeat(9_999)}</xml>`)).toBe('accepted');
		expect(refusalOf(`<xml>${'<a/>'.repeat(10_000)}</xml>`)).toBe('malformed');
	});

	it('more than a megabyte, counted in bytes', () => {
		const document = (text: string): string => `<xml>${text}</xml>`;
		const room = 1024 * 1024 - document('').length;
		expect(refusalOf(document('x'.repeat(room)))).toBe('accepted');
		expect(refusalOf(document('x'.repeat(room + 1)))).toBe('tooLarge');
		expect(refusalOf(document('汉'.repeat(room / 2)))).toBe('tooLarge');
	});
});

describe('names that mean something to JavaScript', () => {
	const names = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty'];

	it.each(names)('%s is an element like any other', (name) => {
		const root = read(`<${name}><polluted>yes</polluted></${name}>`) as XmlObject;
		expect(Object.keys(root)).toEqual([name]);
		expect(Object.getPrototypeOf(root)).toBeNull();
		expect(({} as Record<string, unknown>).polluted).toBeUndefined();
	});

	it.each(names)('%s that is not there is not found', (name) => {
		const root = read('<a>1</a>') as XmlObject;
		expect(xmlText(root, name)).toBeUndefined();
		expect(xmlObject(root, name)).toBeUndefined();
	});
});

it('gives text only for text, and children only for children', () => {
	const root = read('<t>x</t><o><a/></o><l>1</l><l>2</l>') as XmlObject;
	expect(['t', 'o', 'l', 'none'].map((name) => xmlText(root, name))).toEqual([
		'x',
		undefined,
		undefined,
		undefined,
	]);
	expect(['t', 'o', 'l', 'none'].map((name) => xmlObject(root, name))).toEqual([
		undefined,
		{ a: '' },
		undefined,
		undefined,
	]);
});

describe('generated documents', () => {
	const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_.-]{0,20}$/);
	const unit = fc.oneof(
		fc.constantFrom(']', ']]', ']]>', '<', '>', '&', '"', '<![CDATA[', '</xml>', '\n'),
		fc.string({ unit: 'binary', minLength: 1, maxLength: 3 }),
	);
	const text = fc.array(unit, { maxLength: 12 }).map((parts) => parts.join(''));
	const { tree } = fc.letrec<{ tree: Record<string, unknown>; value: unknown }>((tie) => ({
		tree: fc.dictionary(name, tie('value'), { minKeys: 1, maxKeys: 4, noNullPrototype: true }),
		value: fc.oneof({ depthSize: 'small', maxDepth: 5 }, text, tie('tree')),
	}));

	const cdata = (value: string): string =>
		`<![CDATA[${value.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`;
	const entities = (value: string): string =>
		value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
	const write = (value: unknown, quote: (text: string) => string): string =>
		typeof value === 'string'
			? quote(value)
			: Object.entries(value as object)
					.map(([key, child]) => `<${key}>${write(child, quote)}</${key}>`)
					.join('');

	it.each([
		['CDATA', cdata],
		['entities', entities],
	])('come back as they were written in %s', (_, quote) => {
		fc.assert(
			fc.property(tree, (value) => {
				expect(read(write(value, quote))).toEqual(value);
			}),
		);
	});

	it('are read or refused, whatever is cut, changed or put in', () => {
		const piece = fc.oneof(
			fc.string({ unit: 'binary', maxLength: 5 }),
			fc.constantFrom(
				'<',
				'>',
				'</',
				'/>',
				'<![CDATA[',
				']]>',
				'&',
				';',
				'<!',
				'<?',
				'\0',
				'<xml>',
			),
		);
		const change = fc.tuple(fc.nat(), fc.nat({ max: 8 }), piece);
		let refused = 0;
		fc.assert(
			fc.property(tree, fc.array(change, { minLength: 1, maxLength: 3 }), (value, changes) => {
				let document = `<xml>${write(value, cdata)}</xml>`;
				for (const [at, count, put] of changes) {
					const start = at % (document.length + 1);
					document = document.slice(0, start) + put + document.slice(start + count);
				}
				if (refusalOf(document) !== 'accepted') refused++;
			}),
			{ numRuns: 500 },
		);
		// Had nothing been refused, the changes would not have reached the reader.
		expect(refused).toBeGreaterThan(0);
	});

	it('of pure noise are refused', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (noise) => {
				expect(refusalOf(noise)).toBe('malformed');
			}),
		);
	});
});
