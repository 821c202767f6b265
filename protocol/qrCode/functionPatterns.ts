import { bitsOf } from './bits';
import { alignmentCentres, hasVersionInformation, sizeOf } from './versions';

/* The modules of a symbol that hold no data: by them a reader finds and straightens it. */

/** Rows of modules; true is dark, undefined belongs to the encoding region. */
export type Modules<Module = boolean> = Module[][];

type Unfilled = Modules<boolean | undefined>;

/** Indicator of error correction level M, and what the format information is masked with. */
const LEVEL_M = 0b00;
const FORMAT_MASK = 0b101010000010010;
const FORMAT_GENERATOR = 0b10100110111;
const VERSION_GENERATOR = 0b1111100100101;

/** A square pattern of concentric rings around its centre; `isDark` tells it by the ring, from 0. */
function drawRings(
	modules: Unfilled,
	[centreRow, centreColumn]: readonly [number, number],
	radius: number,
	isDark: (ring: number) => boolean,
): void {
	for (let down = -radius; down <= radius; down++) {
		for (let right = -radius; right <= radius; right++) {
			const row = modules[centreRow + down];
			const column = centreColumn + right;
			if (row === undefined || column < 0 || column >= row.length) continue;
			row[column] = isDark(Math.max(Math.abs(down), Math.abs(right)));
		}
	}
}

/** In three corners, each with its separator, which is ring 4. */
function drawFinderPatterns(modules: Unfilled): void {
	const far = modules.length - 4;
	for (const centre of [[3, 3] as const, [3, far] as const, [far, 3] as const]) {
		drawRings(modules, centre, 4, (ring) => ring !== 2 && ring !== 4);
	}
}

function drawAlignmentPatterns(modules: Unfilled, version: number): void {
	const centres = alignmentCentres(version);
	const last = centres.length - 1;
	for (const [i, row] of centres.entries()) {
		for (const [j, column] of centres.entries()) {
			const isAtFinder = (i === 0 && (j === 0 || j === last)) || (i === last && j === 0);
			if (!isAtFinder) drawRings(modules, [row, column], 2, (ring) => ring !== 1);
		}
	}
}

function drawTimingPatterns(modules: Unfilled): void {
	for (let at = 8; at < modules.length - 8; at++) {
		modules[6]![at] = at % 2 === 0;
		modules[at]![6] = at % 2 === 0;
	}
}

/** The value with the remainder of a BCH code behind it. */
function withRemainder(value: number, generator: number, remainderBits: number): number {
	let rest = value << remainderBits;
	while (rest >= 1 << remainderBits) {
		rest ^= generator << (Math.clz32(generator) - Math.clz32(rest));
	}
	return (value << remainderBits) | rest;
}

/** Once around the upper left finder pattern, and once beside the two others. */
function drawFormatInformation(modules: Unfilled, maskPattern: number): void {
	const { length: size } = modules;
	const value = withRemainder((LEVEL_M << 3) | maskPattern, FORMAT_GENERATOR, 10) ^ FORMAT_MASK;
	for (const [at, bit] of bitsOf(value, 15).entries()) {
		// The timing pattern is at 6, and the middle of the bits goes round the corner.
		const alongRow = at < 6 ? at : at + 1;
		const upColumn = at < 9 ? 15 - at : 14 - at;
		const [row, column] = at < 8 ? [8, alongRow] : [upColumn, 8];
		modules[row]![column] = bit === 1;
		const [otherRow, otherColumn] = at < 7 ? [size - 1 - at, 8] : [8, size - 15 + at];
		modules[otherRow]![otherColumn] = bit === 1;
	}
	// It is always dark and belongs to no information.
	modules[size - 8]![8] = true;
}

/** Beside the upper right finder pattern, and mirrored above the lower left one. */
function drawVersionInformation(modules: Unfilled, version: number): void {
	const bits = bitsOf(withRemainder(version, VERSION_GENERATOR, 12), 18).reverse();
	for (const [at, bit] of bits.entries()) {
		const along = Math.floor(at / 3);
		const across = modules.length - 11 + (at % 3);
		modules[along]![across] = bit === 1;
		modules[across]![along] = bit === 1;
	}
}

/** A symbol whose encoding region is still to be filled. */
export function functionPatterns(version: number, maskPattern: number): Unfilled {
	const size = sizeOf(version);
	const modules: Unfilled = Array.from({ length: size }, () =>
		new Array<boolean | undefined>(size).fill(undefined),
	);
	drawFinderPatterns(modules);
	drawTimingPatterns(modules);
	drawAlignmentPatterns(modules, version);
	drawFormatInformation(modules, maskPattern);
	if (hasVersionInformation(version)) drawVersionInformation(modules, version);
	return modules;
}
