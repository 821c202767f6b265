import type { Modules } from './functionPatterns';

/* Data masking: a reader sees worst what looks like a finder pattern, or is dark or light over a wide area. */

/** Table 10, by the reference of the pattern: whether a module of the encoding region is inverted. */
export const MASK_PATTERNS: ReadonlyArray<(row: number, column: number) => boolean> = [
	(row, column) => (row + column) % 2 === 0,
	(row) => row % 2 === 0,
	(_row, column) => column % 3 === 0,
	(row, column) => (row + column) % 3 === 0,
	(row, column) => (Math.floor(row / 2) + Math.floor(column / 3)) % 2 === 0,
	(row, column) => ((row * column) % 2) + ((row * column) % 3) === 0,
	(row, column) => (((row * column) % 2) + ((row * column) % 3)) % 2 === 0,
	(row, column) => (((row + column) % 2) + ((row * column) % 3)) % 2 === 0,
];

/** Dark, light, dark, light, dark as 1:1:3:1:1, with a light area of four modules behind or before it. */
const LIKE_A_FINDER = [0b10111010000, 0b00001011101];

/** Runs of five or more modules of one colour in a line: 3 points, and 1 for each module beyond five. */
function runsPenalty(line: readonly boolean[]): number {
	let points = 0;
	let run = 0;
	for (const [at, isDark] of line.entries()) {
		run = isDark === line[at - 1] ? run + 1 : 1;
		if (run === 5) points += 3;
		else if (run > 5) points += 1;
	}
	return points;
}

/** Every sequence in a line that looks like a finder pattern: 40 points. */
function finderPenalty(line: readonly boolean[]): number {
	let points = 0;
	let last11 = 0;
	for (const [at, isDark] of line.entries()) {
		last11 = ((last11 << 1) & 0b11111111111) | Number(isDark);
		if (at >= 10 && LIKE_A_FINDER.includes(last11)) points += 40;
	}
	return points;
}

/** Every square of two by two modules of one colour: 3 points. Squares may overlap. */
function blocksPenalty(modules: Modules): number {
	let points = 0;
	for (let row = 1; row < modules.length; row++) {
		const [above, here] = [modules[row - 1]!, modules[row]!];
		for (let column = 1; column < here.length; column++) {
			const isDark = here[column];
			const isBlock =
				here[column - 1] === isDark && above[column] === isDark && above[column - 1] === isDark;
			if (isBlock) points += 3;
		}
	}
	return points;
}

/** Every full 5 % by which the share of dark modules is away from 50 %: 10 points. */
function proportionPenalty(modules: Modules): number {
	const all = modules.length ** 2;
	const dark = modules.flat().filter(Boolean).length;
	// In whole numbers: 5 % are a twentieth.
	return 10 * Math.floor(Math.abs(20 * dark - 10 * all) / all);
}

const sumOf = (values: number[]): number => values.reduce((sum, value) => sum + value, 0);

/** Points by each of the four rules of the standard (N1 to N4); the mask with the fewest is taken. */
export function penaltiesOf(modules: Modules): [number, number, number, number] {
	const columns = modules.map((_, column) => modules.map((row) => row[column]!));
	const lines = [...modules, ...columns];
	return [
		sumOf(lines.map(runsPenalty)),
		blocksPenalty(modules),
		sumOf(lines.map(finderPenalty)),
		proportionPenalty(modules),
	];
}

export const penaltyOf = (modules: Modules): number => sumOf(penaltiesOf(modules));
