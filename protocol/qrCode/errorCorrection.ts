import { blocksOf } from './versions';

/* Reed-Solomon error correction over GF(2^8), whose prime polynomial is x^8 + x^4 + x^3 + x^2 + 1. */

const PRIME_POLYNOMIAL = 0x11d;
const ORDER = 255;

/** The powers of the field's primitive element, and the exponent of each value. */
const { powers, exponents } = (() => {
	const powers: number[] = [];
	const exponents: number[] = [];
	for (let exponent = 0, value = 1; exponent < ORDER; exponent++) {
		powers.push(value);
		exponents[value] = exponent;
		value = value < 128 ? value << 1 : (value << 1) ^ PRIME_POLYNOMIAL;
	}
	return { powers, exponents };
})();

function multiply(a: number, b: number): number {
	if (a === 0 || b === 0) return 0;
	return powers[(exponents[a]! + exponents[b]!) % ORDER]!;
}

/** The product of (x + 2^i) for each i below `degree`, without its leading 1; highest power first. */
function generatorPolynomial(degree: number): number[] {
	let polynomial = [1];
	for (let factor = 0; factor < degree; factor++) {
		const shifted = [...polynomial, 0];
		polynomial = shifted.map(
			(coefficient, at) => coefficient ^ multiply(polynomial[at - 1] ?? 0, powers[factor]!),
		);
	}
	return polynomial.slice(1);
}

/** The remainder of the data, as a polynomial, divided by the generator polynomial. */
function remainder(data: readonly number[], generator: readonly number[]): number[] {
	let rest = generator.map(() => 0);
	for (const codeword of data) {
		const factor = codeword ^ rest[0]!;
		const shifted = [...rest.slice(1), 0];
		rest = shifted.map((value, at) => value ^ multiply(generator[at]!, factor));
	}
	return rest;
}

/** The first codeword of each block, then the second of each, and so on; short blocks have no last one. */
function interleave(blocks: readonly number[][]): number[] {
	const longest = Math.max(...blocks.map(({ length }) => length));
	return Array.from({ length: longest }, (_, at) =>
		blocks.flatMap((block) => (at < block.length ? [block[at]!] : [])),
	).flat();
}

/** The data codewords of a symbol with their error correction, in the order in which they are placed. */
export function finalMessage(data: readonly number[], version: number): number[] {
	const { blocks, correctionCodewords } = blocksOf(version);
	const shortLength = Math.floor(data.length / blocks);
	const shortBlocks = blocks - (data.length % blocks);
	let start = 0;
	const dataBlocks = Array.from({ length: blocks }, (_, index) => {
		const length = index < shortBlocks ? shortLength : shortLength + 1;
		start += length;
		return data.slice(start - length, start);
	});
	const generator = generatorPolynomial(correctionCodewords);
	const correction = dataBlocks.map((block) => remainder(block, generator));
	return [...interleave(dataBlocks), ...interleave(correction)];
}
