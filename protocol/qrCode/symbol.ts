import { bitsOf } from './bits';
import { dataCodewords } from './data';
import { finalMessage } from './errorCorrection';
import { functionPatterns, type Modules } from './functionPatterns';
import { MASK_PATTERNS, penaltyOf } from './masks';

/** A QR code as ISO/IEC 18004 calls it: without the quiet zone, four light modules wide, that it needs around it. */
export interface QrSymbol {
	/** 1 to 40 */
	version: number;
	/** 0 to 7 */
	maskPattern: number;
	modules: Modules;
}

/**
 * Where bits are placed, one after the other: in columns, two by two from the right, upwards and downwards
 * by turns. The vertical timing pattern takes a column for itself.
 */
function* placementOrder(size: number): Generator<[row: number, column: number]> {
	let isUpward = true;
	for (let right = size - 1; right > 0; right -= 2) {
		if (right === 6) right--;
		for (let step = 0; step < size; step++) {
			const row = isUpward ? size - 1 - step : step;
			yield [row, right];
			yield [row, right - 1];
		}
		isUpward = !isUpward;
	}
}

/** The symbol with the message in its encoding region, masked; modules that no codeword reaches count as 0. */
function masked(bits: readonly number[], version: number, maskPattern: number): Modules {
	const modules = functionPatterns(version, maskPattern);
	const isInverted = MASK_PATTERNS[maskPattern]!;
	let placed = 0;
	for (const [row, column] of placementOrder(modules.length)) {
		if (modules[row]![column] !== undefined) continue;
		const isSet = bits[placed++] === 1;
		modules[row]![column] = isSet !== isInverted(row, column);
	}
	return modules as Modules;
}

/**
 * A text as a QR code: byte mode, UTF-8, error correction level M, the smallest version that it fits into.
 * @throws Error where it has more than 2331 bytes
 */
export function qrSymbol(text: string): QrSymbol {
	const { version, data } = dataCodewords(text);
	const bits = finalMessage(data, version).flatMap((codeword) => bitsOf(codeword, 8));
	const symbols = MASK_PATTERNS.map((_, maskPattern) => {
		const modules = masked(bits, version, maskPattern);
		return { symbol: { version, maskPattern, modules }, penalty: penaltyOf(modules) };
	});
	return symbols.reduce((a, b) => (b.penalty < a.penalty ? b : a)).symbol;
}
