import { bitsOf } from './bits';
import { dataCodewordsOf, MAX_VERSION } from './versions';

/* A text as data codewords, in byte mode. Its bytes are UTF-8, which every reader of phones expects. */

const BYTE_MODE = 0b0100;
const PAD_CODEWORDS = [0b11101100, 0b00010001];

const countIndicatorLength = (version: number): number => (version < 10 ? 8 : 16);

/** How many bytes a symbol takes. */
const capacityOf = (version: number): number =>
	Math.floor((8 * dataCodewordsOf(version) - 4 - countIndicatorLength(version)) / 8);

/**
 * The smallest version that takes so many bytes.
 * @throws Error where none does
 */
function versionFor(byteCount: number): number {
	for (let version = 1; version <= MAX_VERSION; version++) {
		if (byteCount <= capacityOf(version)) return version;
	}
	throw new Error(
		`The text has ${byteCount} bytes; a QR code holds ${capacityOf(MAX_VERSION)} at error correction level M`,
	);
}

/**
 * @returns the data codewords, and the version of the symbol that they fill
 * @throws Error where the text is too long for a QR code
 */
export function dataCodewords(text: string): { version: number; data: number[] } {
	const bytes = [...Buffer.from(text, 'utf8')];
	const version = versionFor(bytes.length);
	const bits = [
		...bitsOf(BYTE_MODE, 4),
		...bitsOf(bytes.length, countIndicatorLength(version)),
		...bytes.flatMap((byte) => bitsOf(byte, 8)),
		// The terminator. Mode and count have 12 or 20 bits, therefore it always ends a codeword.
		...bitsOf(0, 4),
	];
	const used = bits.length / 8;
	const data = Array.from({ length: dataCodewordsOf(version) }, (_, index) => {
		if (index >= used) return PAD_CODEWORDS[(index - used) % 2]!;
		return bits.slice(8 * index, 8 * index + 8).reduce((codeword, bit) => 2 * codeword + bit, 0);
	});
	return { version, data };
}
