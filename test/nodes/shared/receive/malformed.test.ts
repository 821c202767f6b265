import fc from 'fast-check';
import type { DecodedRequest } from '../../../../nodes/shared/receive/callback';
import { Refused } from '../../../../protocol/verify';
import { platforms, type Wire } from '../../platforms';
import { payloadsOf } from './payloads';

/*
 * Whatever a request holds, its decoder refuses it or reads it. Any other error is taken for a defect of
 * the package, and the platform sends the same request again and again.
 */

/** Begins a value that stands for one of so many levels: `JSON.stringify` could not write that one. */
const DEEP = '⛏';

/** What a change puts in the place of a value. */
const nasty: fc.Arbitrary<unknown> = fc.oneof(
	fc.constantFrom<unknown>(
		null,
		'',
		'0',
		-1,
		1e308,
		'1e400',
		true,
		[],
		{},
		[[]],
		[null],
		{ toString: 1, valueOf: 1 },
		{ length: -1 },
		'\ud800',
		'\u0000',
		'@_user_1'.repeat(1000),
		JSON.parse('{"__proto__":{"text":"x"},"constructor":1,"hasOwnProperty":1}'),
	),
	fc.constantFrom(1, 60, 101, 102, 4000, 4001, 12_000).map((levels) => `${DEEP}${levels}`),
	fc.string(),
	fc.integer(),
	fc.jsonValue(),
);

/** Writes out the values of many levels: lists and objects in JSON, elements in XML. */
function withLevels(text: string): string {
	const written = new RegExp(`(\\\\?"|<!\\[CDATA\\[)${DEEP}(\\d+)(?:\\\\?"|\\]\\]>)`, 'g');
	return text.replace(written, (_, quote: string, levels: string) => {
		const [open, close] = quote.startsWith('<')
			? ['<a>', '</a>']
			: Number(levels) % 2 === 0
				? ['[', ']']
				: [`{${quote}a${quote}:[`, ']}'];
		return open.repeat(Number(levels)) + close.repeat(Number(levels));
	});
}

const change = fc.record({
	/** Which of the values in a document, counted through. */
	place: fc.nat(),
	act: fc.constantFrom('replace', 'replace', 'remove', 'wrap', 'repeat'),
	value: nasty,
});
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

/** Every value inside a document, by what holds it. */
function placesIn(value: unknown, found: Array<[Record<string, unknown>, string]> = []) {
	if (typeof value !== 'object' || value === null) return found;
	for (const [name, inside] of Object.entries(value)) {
		found.push([value as Record<string, unknown>, name]);
		placesIn(inside, found);
	}
	return found;
}

function withChanges(document: object, changes: Change[]): unknown {
	const root = { document: structuredClone(document) as unknown };
	for (const { place, act, value } of changes) {
		const places = placesIn(root);
		if (places.length === 0) break;
		const [holder, name] = places[place % places.length]!;
		if (act === 'remove') delete holder[name];
		// A copy: a value that is put into itself would be a circle, which no text can hold.
		else if (act === 'replace') holder[name] = structuredClone(value);
		else holder[name] = act === 'wrap' ? [holder[name]] : [holder[name], holder[name]];
	}
	return root.document;
}

/** A place in a text that is cut out, and what is put there. */
const cut = fc.record({
	at: fc.nat(),
	length: fc.integer({ min: 0, max: 20 }),
	put: fc.oneof(
		fc.string({ maxLength: 10 }),
		fc.constantFrom('{', '}', '[', '"', '\\', '<', '</', '<![CDATA[', ']]>', '&', '&lt;', '\u0000'),
	),
});
type Cut = typeof cut extends fc.Arbitrary<infer T> ? T : never;

function withCuts(text: string, cuts: Cut[]): string {
	return cuts.reduce((whole, { at, length, put }) => {
		const start = at % (whole.length + 1);
		return whole.slice(0, start) + put + whole.slice(start + length);
	}, text);
}

type Decode = (wire: Wire) => DecodedRequest;

/** The request is refused, or read; what was read can be copied and written, as n8n does. */
function refusesOrReads(decode: Decode, wire: Wire): void {
	let decoded: DecodedRequest;
	try {
		decoded = decode(wire);
	} catch (error) {
		if (error instanceof Refused) return;
		throw error;
	}
	if ('answer' in decoded) return;
	const { message } = decoded;
	expect(message.messageId).not.toBe('');
	expect(Date.parse(message.sentAt)).not.toBeNaN();
	structuredClone(message);
	JSON.stringify(message);
}

describe.each(platforms)('A request of $name, malformed in any way,', (platform) => {
	const payloads = payloadsOf(platform);
	const getNodeParameter = (name: string): unknown => platform.parameters?.[name];
	const callback = platform.callbackOf({ getNodeParameter } as never);
	const credential = platform.credentials[callback.credential]!;
	const decode: Decode = ({ body, ...request }) =>
		callback.decode({ ...request, body: Buffer.from(body) }, credential, Date.now());

	const payload = fc.constantFrom(...payloads);
	const changes = fc.array(change, { minLength: 1, maxLength: 3 });
	const ofChanges = (by: Decode) =>
		fc.property(payload, changes, ({ document, write, seal }, made) =>
			refusesOrReads(by, seal(withLevels(write(withChanges(document, made))))),
		);

	it('was read before', () => {
		for (const { document, write, seal } of payloads) {
			expect(() => decode(seal(write(document)))).not.toThrow();
		}
	});

	it('is refused or read, where its document has another shape', () => {
		fc.assert(ofChanges(decode), { numRuns: 200 });
	});

	it('is refused or read, where its text is broken', () => {
		const cuts = fc.array(cut, { minLength: 1, maxLength: 4 });
		const ofCuts = fc.property(payload, cuts, ({ document, write, seal }, made) =>
			refusesOrReads(decode, seal(withCuts(write(document), made))),
		);
		fc.assert(ofCuts, { numRuns: 100 });
	});

	it('is refused or read, where the request around it is another', () => {
		const noise = fc.record({
			method: fc.constantFrom('GET', 'POST', 'PUT'),
			headers: fc.dictionary(fc.constantFrom('timestamp', 'sign', 'x-lark-signature'), nasty),
			query: fc.dictionary(fc.constantFrom('signature', 'timestamp', 'nonce', 'echostr'), nasty),
			cuts: fc.array(cut, { maxLength: 2 }),
		});
		const ofNoise = fc.property(payload, noise, ({ document, write, seal }, made) => {
			const wire = seal(write(document));
			const headers = { ...wire.headers, ...made.headers } as Wire['headers'];
			const query = { ...wire.query, ...made.query } as Wire['query'];
			const body = withCuts(wire.body, made.cuts);
			refusesOrReads(decode, { method: made.method, headers, query, body });
		});
		fc.assert(ofNoise, { numRuns: 100 });
	});

	it('is found out where its decoder reads a field of undefined (control)', () => {
		const careless: Decode = (wire) => {
			const decoded = decode(wire);
			if ('message' in decoded) decoded.message.replyTo!.messageId.toString();
			return decoded;
		};
		const { failed, errorInstance } = fc.check(ofChanges(careless), { numRuns: 400 });
		expect(failed).toBe(true);
		expect(errorInstance).toBeInstanceOf(TypeError);
	});
});
