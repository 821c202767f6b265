/** A JSON object from outside, of which nothing is known. */
export type Fields = Record<string, unknown>;

/** The value of a JSON text; undefined, which JSON cannot say, where it is none. Never throws. */
export function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

/** A foreign value as text: strings and numbers as they are, anything else as nothing. Never throws. */
export function asText(value: unknown): string {
	// String() would call a `toString` that came with the JSON.
	return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

/** JSON as text, of what may be that text already: platforms nest JSON in strings. */
export const jsonText = (value: unknown): string =>
	typeof value === 'string' ? value : JSON.stringify(value ?? null);

/** A foreign value as a number: a number or the text of one; NaN where it is none. Never throws. */
export function asNumber(value: unknown): number {
	// Number() would call a `valueOf` that came with the JSON, and take `null` and `[]` for 0.
	const text = asText(value);
	return text === '' ? NaN : Number(text);
}

/** A foreign value as an object; an empty one where it is none. Never throws. */
export function asFields(value: unknown): Fields {
	return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

/** The same, of what may be its JSON as text; platforms nest JSON in strings. Never throws. */
export const jsonFields = (value: unknown): Fields =>
	asFields(typeof value === 'string' ? parseJson(value) : value);

/** A foreign value as a list; an empty one where it is none. Never throws. */
export const asList = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
