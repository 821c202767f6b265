/* The tables of ISO/IEC 18004 for error correction level M, versions 1 to 40. */

export const MAX_VERSION = 40;

/** Table 9: in each block of a symbol, by version from 1. */
const CORRECTION_CODEWORDS = [
	10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26, 26, 28, 28, 28,
	28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28,
];

/** Table 9: of a symbol, by version from 1. */
const BLOCKS = [
	1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16, 17, 17, 18, 20, 21, 23, 25, 26,
	28, 29, 31, 33, 35, 37, 38, 40, 43, 45, 47, 49,
];

/** Modules on a side. */
export const sizeOf = (version: number): number => 17 + 4 * version;

/** From this version on a symbol says which one it is. */
export const hasVersionInformation = (version: number): boolean => version >= 7;

/** Annex E: the rows, and columns, in which alignment patterns have their centres. */
export function alignmentCentres(version: number): number[] {
	if (version === 1) return [];
	const count = Math.floor(version / 7) + 2;
	const last = sizeOf(version) - 7;
	// Even steps back from the last one; what is left over is between the first two.
	const step = version === 32 ? 26 : 2 * Math.ceil((last - 6) / (count - 1) / 2);
	const fromLast = Array.from({ length: count - 1 }, (_, index) => last - index * step);
	return [6, ...fromLast.reverse()];
}

/** Data and error correction codewords of a symbol: the modules that no function pattern takes. */
export function codewordsOf(version: number): number {
	const size = sizeOf(version);
	const perSide = alignmentCentres(version).length;
	const finders = 3 * 8 * 8;
	const timing = 2 * (size - 16);
	const formatInformation = 2 * 15 + 1;
	const versionInformation = hasVersionInformation(version) ? 2 * 18 : 0;
	// Three corners have finder patterns instead; those on a timing pattern share five modules with it.
	const alignment = perSide && 25 * (perSide ** 2 - 3) - 5 * 2 * (perSide - 2);
	const taken = finders + timing + formatInformation + versionInformation + alignment;
	return Math.floor((size ** 2 - taken) / 8);
}

/** How the codewords of a symbol are divided. */
export function blocksOf(version: number): { blocks: number; correctionCodewords: number } {
	return {
		blocks: BLOCKS[version - 1]!,
		correctionCodewords: CORRECTION_CODEWORDS[version - 1]!,
	};
}

export function dataCodewordsOf(version: number): number {
	const { blocks, correctionCodewords } = blocksOf(version);
	return codewordsOf(version) - blocks * correctionCodewords;
}
