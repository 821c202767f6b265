import { isEscapable, unescape } from './escapes';

/* The parts of a link and of a definition. Each function looks at one place of a text, and not far beyond. */

interface Found {
	value: string;
	/** Behind it. */
	end: number;
}

/** The longest that CommonMark takes for a label. */
const MAX_LABEL = 999;
/** Nobody writes more; without an end each of many openings would look through the whole text. */
const MAX_PARENTHESES = 32;

/** `[label]`: its end, behind the bracket; undefined where there is none. */
export function labelEnd(text: string, start: number): number | undefined {
	if (text[start] !== '[') return undefined;
	for (let at = start + 1; at <= start + MAX_LABEL + 1 && at < text.length; at++) {
		if (text[at] === '\\') at++;
		else if (text[at] === '[') return undefined;
		else if (text[at] === ']') return at + 1;
	}
	return undefined;
}

/** Labels are compared without regard to case and blanks; empty where it is none. */
export const labelKey = (label: string): string =>
	label.slice(1, -1).trim().replace(/\s+/g, ' ').toLowerCase().toUpperCase();

/** Behind blanks, and one line end at most. */
export function skipSpace(text: string, start: number): number {
	let lineEnds = 0;
	for (let at = start; ; at++) {
		if (text[at] === '\n' && ++lineEnds > 1) return at;
		if (text[at] !== ' ' && text[at] !== '\t' && text[at] !== '\n') return at;
	}
}

/** Where a link leads, with or without `<>`. */
export function destinationAt(text: string, start: number): Found | undefined {
	return text[start] === '<' ? pointedAt(text, start) : bareAt(text, start);
}

function pointedAt(text: string, start: number): Found | undefined {
	for (let at = start + 1; at < text.length; at++) {
		const char = text[at]!;
		if (char === '>') return { value: unescape(text.slice(start + 1, at)), end: at + 1 };
		if (char === '<' || char === '\n') return undefined;
		if (char === '\\') at++;
	}
	return undefined;
}

function bareAt(text: string, start: number): Found | undefined {
	let open = 0;
	let at = start;
	for (; at < text.length; at++) {
		const char = text[at]!;
		if (char === '\\' && isEscapable(text[at + 1])) at++;
		else if (char === '(') {
			if (++open > MAX_PARENTHESES) return undefined;
		} else if (char === ')') {
			if (open-- === 0) break;
		} else if (char <= ' ' || char === '\x7f') break;
	}
	if (open > 0 || (at === start && text[at] !== ')')) return undefined;
	return { value: unescape(text.slice(start, at)), end: at };
}

const CLOSING: Readonly<Record<string, string>> = { '"': '"', "'": "'", '(': ')' };

export function titleAt(text: string, start: number): Found | undefined {
	const opening = text[start] ?? '';
	const closing = CLOSING[opening];
	if (!closing) return undefined;
	for (let at = start + 1; at < text.length; at++) {
		const char = text[at]!;
		if (char === closing) return { value: unescape(text.slice(start + 1, at)), end: at + 1 };
		if (char === '(' && opening === '(') return undefined;
		if (char === '\\') at++;
	}
	return undefined;
}
