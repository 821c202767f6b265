import fc from 'fast-check';
import { create, type QRCode } from 'qrcode';
import {
	getPenaltyN1,
	getPenaltyN2,
	getPenaltyN3,
	getPenaltyN4,
} from 'qrcode/lib/core/mask-pattern';
import type { Modules } from '../../../protocol/qrCode/functionPatterns';
import { penaltiesOf } from '../../../protocol/qrCode/masks';
import { qrSymbol } from '../../../protocol/qrCode/symbol';
import { dataCodewordsOf } from '../../../protocol/qrCode/versions';

/* The package `qrcode` judges: another implementation of ISO/IEC 18004. */

const VERSIONS = Array.from({ length: 40 }, (_, index) => index + 1);
const MASKS = [0, 1, 2, 3, 4, 5, 6, 7];

/** Mode and count take two bytes, or three where the count has 16 bits; half a byte ends the data. */
const capacityOf = (version: number): number => dataCodewordsOf(version) - (version < 10 ? 2 : 3);

/** A symbol of the judge; it would mix modes where that is shorter. */
function judgedSymbol(text: string, maskPattern?: number): QRCode {
	const segments = [{ data: Buffer.from(text), mode: 'byte' as const }];
	return create(segments, {
		errorCorrectionLevel: 'M',
		...(maskPattern !== undefined && { maskPattern: maskPattern as 0 }),
	});
}

function modulesOf({ modules: { data, size } }: QRCode): Modules {
	return Array.from({ length: size }, (_, row) =>
		Array.from({ length: size }, (_, column) => data[row * size + column] === 1),
	);
}

/** One character a module: a difference is read at once. */
const drawn = (modules: Modules): string[] =>
	modules.map((row) => row.map((isDark) => (isDark ? '#' : '.')).join(''));

const cut = (text: string, maxBytes: number): string => {
	const whole = Buffer.from(text).subarray(0, maxBytes).toString();
	return whole.replace(/\ufffd+$/, '');
};

/** How many bytes need a version, and how many fill it. */
const boundsOf = (version: number): [least: number, most: number] => [
	version === 1 ? 0 : capacityOf(version - 1) + 1,
	capacityOf(version),
];

/** Texts of every script and length, those that fill a symbol to the last byte among them. */
const textFor = (version: number): fc.Arbitrary<string> => {
	const [least, most] = boundsOf(version);
	const ascii = fc.string({ unit: 'binary-ascii', minLength: least, maxLength: most });
	const full = fc.string({ unit: 'binary-ascii', minLength: most, maxLength: most });
	const graphemes = fc
		.string({ unit: 'grapheme', minLength: least, maxLength: most, size: 'max' })
		.map((text) => cut(text, most));
	const addresses = fc
		.webUrl({ withQueryParameters: true })
		.map((address) => address.padEnd(least, '-').slice(0, most));
	return fc.oneof(ascii, full, graphemes, addresses);
};

const anyText = fc
	.oneof({ weight: 4, arbitrary: fc.integer({ min: 1, max: 12 }) }, fc.integer({ min: 1, max: 40 }))
	.chain(textFor);

describe('The QR code of a text', () => {
	it.each(VERSIONS)(
		'has every module as the judge has it, in version %i, from its first byte to its last',
		(version) => {
			const versionOf = new Map<string, number>();
			const check = fc.property(textFor(version), (text) => {
				const symbol = qrSymbol(text);
				const judged = judgedSymbol(text, symbol.maskPattern);
				expect([symbol.version, drawn(symbol.modules)]).toEqual([
					judged.version,
					drawn(modulesOf(judged)),
				]);
				versionOf.set(text, symbol.version);
			});
			const bounds = boundsOf(version).map((bytes) => 'x'.repeat(bytes));
			// The addresses of platforms fill versions up to 12; a large symbol takes a tenth of a second.
			const numRuns = bounds.length + (version <= 12 ? 6 : 1);
			fc.assert(check, { numRuns, examples: bounds.map((text): [string] => [text]) });
			expect(bounds.map((text) => versionOf.get(text))).toEqual([version, version]);
		},
	);

	it('is refused in words where the text is too long, by its bytes', () => {
		expect(qrSymbol('x'.repeat(2331)).version).toBe(40);
		const refused = /^The text has 2332 bytes; a QR code holds 2331 at error correction level M$/;
		expect(() => qrSymbol('x'.repeat(2332))).toThrow(refused);
		expect(() => qrSymbol(`x${'é'.repeat(1165)}`)).not.toThrow();
		expect(() => qrSymbol('é'.repeat(1166))).toThrow(refused);
	});
});

describe('The mask of a QR code', () => {
	/** As the standard has it: the judge rounds the share of dark modules up, and punishes 51 % like 44 %. */
	const standardN4 = (modules: Modules): number => {
		const dark = modules.flat().filter(Boolean).length / modules.length ** 2;
		return 10 * Math.floor(Math.abs(dark * 100 - 50) / 5);
	};

	it('is judged by the four rules as the judge does, but for its rounding of dark modules', () => {
		const check = fc.property(anyText, fc.constantFrom(...MASKS), (text, mask) => {
			const judged = judgedSymbol(text, mask);
			const modules = modulesOf(judged);
			const [n1, n2, n3, n4] = penaltiesOf(modules);
			const judges = [getPenaltyN1, getPenaltyN2, getPenaltyN3];
			expect([n1, n2, n3]).toEqual(judges.map((penalty) => penalty(judged.modules)));
			expect(n4).toBe(standardN4(modules));
			const dark = modules.flat().filter(Boolean).length;
			const rounding = dark > modules.length ** 2 / 2 ? 10 : 0;
			expect(getPenaltyN4(judged.modules)).toBe(n4 + rounding);
		});
		fc.assert(check, { numRuns: 100 });
	});

	it('is the one with the fewest points, the first of several', () => {
		const check = fc.property(anyText, (text) => {
			const points = MASKS.map((mask) => {
				const judged = judgedSymbol(text, mask);
				const judges = [getPenaltyN1, getPenaltyN2, getPenaltyN3];
				const first = judges.reduce((sum, penalty) => sum + penalty(judged.modules), 0);
				const modules = modulesOf(judged);
				return { standard: first + standardN4(modules), own: first + getPenaltyN4(judged.modules) };
			});
			const standard = points.map((each) => each.standard);
			const own = points.map((each) => each.own);
			expect(qrSymbol(text).maskPattern).toBe(standard.indexOf(Math.min(...standard)));
			// That difference is the only one between the judge's choice and this one.
			expect(judgedSymbol(text).maskPattern).toBe(own.indexOf(Math.min(...own)));
		});
		// One text of four hundred has two masks with the fewest points: this one has.
		fc.assert(check, { numRuns: 20, examples: [['https://example.com/114']] });
	});
});
