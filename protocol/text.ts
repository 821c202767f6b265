import { createHash } from 'node:crypto';

/** Length in UTF-8 bytes, which is what the platforms count. */
export function byteLength(text: string): number {
	return Buffer.byteLength(text, 'utf8');
}

const FENCE = /^(`{3,}|~{3,})(.*)$/;

/**
 * Splits a long text into parts of at most `maxBytes`, in order: between paragraphs where possible, else
 * between lines, else inside a line. A code block that is cut is closed and opened again, so that every
 * part is readable by itself. No part is empty.
 * @param sizeOf what a text counts, where that is not its bytes
 */
export function splitText(
	text: string,
	maxBytes: number,
	sizeOf: (text: string) => number = byteLength,
): string[] {
	if (sizeOf(text) <= maxBytes) return text.trim() === '' ? [] : [text];
	const parts: string[] = [];
	let part = '';
	let fence: { mark: string; opening: string } | undefined;

	const flush = (): void => {
		if (part.trim() !== '' && part !== fence?.opening) {
			parts.push((fence ? `${part}\n${fence.mark}` : part).trimEnd());
		}
		part = fence ? fence.opening : '';
	};
	const fits = (line: string, reserve: number): boolean =>
		sizeOf(part ? `${part}\n${line}` : line) + reserve <= maxBytes;
	const append = (line: string): void => {
		part = part ? `${part}\n${line}` : line;
	};

	for (const paragraph of paragraphs(text)) {
		if (part && !fence && !fits(paragraph, 0)) flush();
		for (const line of paragraph.split('\n')) {
			const mark = FENCE.exec(line.trim());
			const opens = !fence && mark?.[1] ? { mark: mark[1], opening: line.trim() } : undefined;
			const closes = fence && mark?.[1]?.startsWith(fence.mark) && !mark[2];
			// Behind a line of a code block there must be room for the mark that ends it.
			const block = opens ?? fence;
			const reserve = block && !closes ? sizeOf(`\n${block.mark}`) : 0;
			const most = maxBytes - reserve - (fence ? sizeOf(`${fence.opening}\n`) : 0);
			for (const piece of fits(line, reserve) ? [line] : cutLine(line, most, sizeOf)) {
				if (!fits(piece, reserve)) flush();
				append(piece);
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
		const mark = FENCE.exec(line.trim());
		if (mark?.[1] && open === undefined) open = mark[1];
		else if (mark?.[1] && open !== undefined && mark[1].startsWith(open) && !mark[2])
			open = undefined;
		lines.push(line);
		if (line.trim() === '' && open === undefined) {
			found.push(lines.join('\n'));
			lines = [];
		}
	}
	if (lines.length > 0) found.push(lines.join('\n'));
	return found;
}

/** Cuts a line that is longer than a part, never inside a character. */
function cutLine(line: string, maxBytes: number, sizeOf: (text: string) => number): string[] {
	const pieces: string[] = [];
	let piece = '';
	let size = 0;
	for (const { segment } of new Intl.Segmenter().segment(line)) {
		const bytes = sizeOf(segment);
		if (size + bytes > Math.max(maxBytes, bytes)) {
			pieces.push(piece);
			piece = '';
			size = 0;
		}
		piece += segment;
		size += bytes;
	}
	pieces.push(piece);
	return pieces;
}

/**
 * The key that makes a retry the same message to the platform: equal for equal input, 32 hex digits
 * (the strictest platform takes 50 characters).
 */
export function idempotencyKey(...parts: string[]): string {
	return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}
