/** The lowest bits of a number, the highest of them first. */
export const bitsOf = (value: number, length: number): number[] =>
	Array.from({ length }, (_, at) => (value >> (length - 1 - at)) & 1);
