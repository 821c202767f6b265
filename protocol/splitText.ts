import { byteLength } from './text';

/* A long text in parts, each of which can be read by itself. */

type SizeOf = (text: string) => number;

/**
 * Splits a long text into parts of at most `maxBytes`, in order: between paragraphs where possible, else
 * between lines, else inside a line. A code block that is cut is closed and opened again, so that every
 * part is readable by itself. No part is empty.
 * @param sizeOf what a text counts, where that is not its bytes: a text must count what its pieces count
 */
export function splitText(text: string, maxBytes: number, sizeOf: SizeOf = byteLength): string[] {
	if (sizeOf(text) <= maxBytes) return text.trim() === '' ? [] : [text];
	const splitter = new Splitter(maxBytes, sizeOf);
	for (const paragraph of paragraphs(text)) splitter.addParagraph(paragraph);
	return splitter.end();
}

class Splitter {
	private readonly parts: string[] = [];
	private part = '';
	/** Kept beside the part: measuring it anew for every line would take the square of the time. */
	private partSize = 0;
	/** The code block that is open. */
	private fence: Fence | undefined;
	private readonly lineEnd: number;

	constructor(
		private readonly maxBytes: number,
		private readonly sizeOf: SizeOf,
	) {
		this.lineEnd = sizeOf('\n');
	}

	addParagraph(paragraph: string): void {
		const isNext = this.part !== '' && !this.fence;
		if (isNext && this.sizeWith(this.sizeOf(paragraph)) > this.maxBytes) this.endPart();
		for (const line of paragraph.split('\n')) this.addLine(line);
	}

	end(): string[] {
		this.endPart();
		return this.parts;
	}

	private addLine(line: string): void {
		const { maxBytes, sizeOf, fence, lineEnd } = this;
		const found = fenceOf(line);
		const opens = fence ? undefined : found;
		const closes = fence && found?.bare && found.mark.startsWith(fence.mark);
		// Behind a line of a code block there must be room for the mark that ends it.
		const block = opens ?? fence;
		const reserve = block && !closes ? lineEnd + sizeOf(block.mark) : 0;
		const most = maxBytes - reserve - (fence ? sizeOf(fence.opening) + lineEnd : 0);
		const fits = this.sizeWith(sizeOf(line)) + reserve <= maxBytes;
		for (const piece of fits ? [line] : cutLine(line, most, sizeOf)) {
			const pieceSize = sizeOf(piece);
			if (this.sizeWith(pieceSize) + reserve > maxBytes) this.endPart();
			this.append(piece, pieceSize);
		}
		if (opens) this.fence = opens;
		else if (closes) this.fence = undefined;
	}

	private append(line: string, lineSize: number): void {
		this.partSize = this.sizeWith(lineSize);
		this.part = this.part ? `${this.part}\n${line}` : line;
	}

	private sizeWith(lineSize: number): number {
		return (this.part ? this.partSize + this.lineEnd : 0) + lineSize;
	}

	/** Ends the part; the next one begins with the code block that is open. */
	private endPart(): void {
		const { part, fence } = this;
		if (part.trim() !== '' && part !== fence?.opening) {
			this.parts.push((fence ? `${part}\n${fence.mark}` : part).trimEnd());
		}
		this.part = fence ? fence.opening : '';
		this.partSize = this.sizeOf(this.part);
	}
}

/** Longer marks, and what stands behind one, would leave no room for the code in parts that repeat them. */
const MAX_FENCE_LENGTH = 60;

/** The line that opens or may close a code block. */
interface Fence {
	mark: string;
	/** Nothing follows the mark. */
	bare: boolean;
	/** How the block is opened again. */
	opening: string;
}

function fenceOf(line: string): Fence | undefined {
	const opening = line.trim();
	const mark = /^(?:`{3,}|~{3,})/.exec(opening)?.[0];
	if (mark === undefined || mark.length > MAX_FENCE_LENGTH) return undefined;
	// Backticks behind backticks are code within a line.
	if (mark.startsWith('`') && opening.includes('`', mark.length)) return undefined;
	const bare = mark === opening;
	return { mark, bare, opening: opening.length > MAX_FENCE_LENGTH ? mark : opening };
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
function cutLine(line: string, maxBytes: number, sizeOf: SizeOf): string[] {
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
