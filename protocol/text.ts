import { createHash } from 'node:crypto';

/** Length in UTF-8 bytes, which is what the platforms count. */
export function byteLength(text: string): number {
	return Buffer.byteLength(text, 'utf8');
}

/** Less than this for a text would make a flood of messages of it. */
const MIN_PART_BYTES = 500;

/**
 * What a limit leaves for the text of each part, where mentions take their share.
 * @throws Error where that is next to nothing
 */
export function limitBeside(mentionBytes: number, maxBytes: number): number {
	const left = maxBytes - mentionBytes;
	if (left < MIN_PART_BYTES) throw new Error('Too many mentions for one message');
	return left;
}

/** Longer marks, and what stands behind one, would leave no room for the code in parts that repeat them. */
const MAX_FENCE_LENGTH = 60;

/** The line that opens or may close a code block: its mark, and whether anything follows that. */
function fenceOf(line: string): { mark: string; bare: boolean; opening: string } | undefined {
	const opening = line.trim();
	const mark = /^(?:`{3,}|~{3,})/.exec(opening)?.[0];
	if (mark === undefined || mark.length > MAX_FENCE_LENGTH) return undefined;
	// Backticks behind backticks are code within a line.
	if (mark.startsWith('`') && opening.includes('`', mark.length)) return undefined;
	const bare = mark === opening;
	return { mark, bare, opening: opening.length > MAX_FENCE_LENGTH ? mark : opening };
}

/**
 * Splits a long text into parts of at most `maxBytes`, in order: between paragraphs where possible, else
 * between lines, else inside a line. A code block that is cut is closed and opened again, so that every
 * part is readable by itself. No part is empty.
 * @param sizeOf what a text counts, where that is not its bytes: a text must count what its pieces count
 */
export function splitText(
	text: string,
	maxBytes: number,
	sizeOf: (text: string) => number = byteLength,
): string[] {
	if (sizeOf(text) <= maxBytes) return text.trim() === '' ? [] : [text];
	const lineEnd = sizeOf('\n');
	const parts: string[] = [];
	let part = '';
	// Kept beside the part: measuring it anew for every line would take the square of the time.
	let partSize = 0;
	let fence: { mark: string; opening: string } | undefined;

	const flush = (): void => {
		if (part.trim() !== '' && part !== fence?.opening) {
			parts.push((fence ? `${part}\n${fence.mark}` : part).trimEnd());
		}
		part = fence ? fence.opening : '';
		partSize = sizeOf(part);
	};
	const sizeWith = (lineSize: number): number => (part ? partSize + lineEnd : 0) + lineSize;
	const append = (line: string, lineSize: number): void => {
		partSize = sizeWith(lineSize);
		part = part ? `${part}\n${line}` : line;
	};

	for (const paragraph of paragraphs(text)) {
		if (part && !fence && sizeWith(sizeOf(paragraph)) > maxBytes) flush();
		for (const line of paragraph.split('\n')) {
			const found = fenceOf(line);
			const opens = fence ? undefined : found;
			const closes = fence && found?.bare && found.mark.startsWith(fence.mark);
			// Behind a line of a code block there must be room for the mark that ends it.
			const block = opens ?? fence;
			const reserve = block && !closes ? lineEnd + sizeOf(block.mark) : 0;
			const most = maxBytes - reserve - (fence ? sizeOf(fence.opening) + lineEnd : 0);
			const fits = sizeWith(sizeOf(line)) + reserve <= maxBytes;
			for (const piece of fits ? [line] : cutLine(line, most, sizeOf)) {
				const pieceSize = sizeOf(piece);
				if (sizeWith(pieceSize) + reserve > maxBytes) flush();
				append(piece, pieceSize);
			}
			if (opens) fence = opens;
			else if (closes) fence = undefined;
		}
	}
	flush();
	return parts;
}

/** Paragraphs with the empty line that ends them; a code block counts as one. */
function paragraphs(text: string): string[] {
	const found: string[] = [];
	let lines: string[] = [];
	let open: string | undefined;
	for (const line of text.split('\n')) {
		const fence = fenceOf(line);
		if (fence && open === undefined) open = fence.mark;
		else if (fence?.bare && open !== undefined && fence.mark.startsWith(open)) open = undefined;
		lines.push(line);
		if (line.trim() === '' && open === undefined) {
			found.push(lines.join('\n'));
			lines = [];
		}
	}
	if (lines.length > 0) found.push(lines.join('\n'));
	return found;
}

/** Cuts a line that is longer than a part, never inside a character that fits one. */
function cutLine(line: string, maxBytes: number, sizeOf: (text: string) => number): string[] {
	const pieces: string[] = [];
	let piece = '';
	let size = 0;
	for (const { segment } of new Intl.Segmenter().segment(line)) {
		// Marks that combine with a letter make one character of any length.
		for (const unit of sizeOf(segment) > maxBytes ? segment : [segment]) {
			const bytes = sizeOf(unit);
			if (size + bytes > Math.max(maxBytes, bytes)) {
				pieces.push(piece);
				piece = '';
				size = 0;
			}
			piece += unit;
			size += bytes;
		}
	}
	pieces.push(piece);
	return pieces;
}

const CUT_MARK = '\n\n…';

/** The beginning of a text that must not exceed `maxBytes`, with a mark where it was cut. */
export function cutText(text: string, maxBytes: number): string {
	const [beginning = ''] = splitText(text, maxBytes - byteLength(CUT_MARK));
	return beginning + CUT_MARK;
}

/**
 * The key that makes a retry the same message to the platform: equal for equal input, 32 hex digits
 * (the strictest platform takes 50 characters).
 */
export function idempotencyKey(...parts: string[]): string {
	return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}

/** White space and what is not shown at all: zero-width characters, marks of direction, fillers. */
const HIDDEN_BEFORE = /^[\s\p{Default_Ignorable_Code_Point}]+/u;
/** Behind a character, joiners, selectors and tags belong to it: they make an emoji what it is. */
const HIDDEN_BEHIND = /^[\s\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff]$/u;

/** Nobody writes a longer one by hand. */
const MAX_ADDRESS = 200;

/** A text without what nobody sees before it. */
export const trimTextStart = (text: string): string => text.replace(HIDDEN_BEFORE, '');

/** A text without what nobody sees before and behind it: a command must not hide behind that. */
export function trimText(text: string): string {
	const begun = trimTextStart(text);
	let end = begun.length;
	// From behind, as an expression would look at every beginning of white space inside the text.
	while (end > 0 && HIDDEN_BEHIND.test(begun.charAt(end - 1))) end--;
	return begun.slice(0, end);
}

/** A text without what nobody sees in it: for words that are compared, never for what somebody wrote. */
export const withoutHidden = (text: string): string =>
	text.replace(/\p{Default_Ignorable_Code_Point}/gu, '');

/**
 * Whether an `@` and the name behind it are part of a mail or web address, and therefore mention nobody.
 * @param end behind the name
 */
export function isInAddress(text: string, start: number, end: number): boolean {
	const before = text.slice(Math.max(0, start - MAX_ADDRESS), start);
	const isMail = /[\w.+-]$/.test(before) && /^(?:[.-]\w|:[\w~/])/.test(text.slice(end, end + 2));
	return isMail || /https?:\/\/[\x21-\x7e]*[/=&?#:~]$/i.test(before);
}

/** The parts of a list in one field, as people write them: between commas, semicolons, bars or line ends. */
export function splitList(list: string): string[] {
	return list
		.split(/[,，、;；|\n]/u)
		.map((part) => part.trim())
		.filter((part) => part !== '');
}
