import { takeDefinitions, type Definitions } from './definitions';
import type { SourceLine } from './line';
import type { OpenBlock } from './open';
import { alignOf, cellsOf } from './table';

/** What reads a text, as far as the beginning of a block concerns it. */
export interface LineReader {
	readonly definitions: Definitions;
	readonly line: SourceLine;
	/** The innermost block that is open. */
	readonly tip: OpenBlock;
	/** Begins a block at the tip, or in the nearest one around it that holds such blocks. */
	begin(type: OpenBlock['type'], more?: Partial<OpenBlock>): OpenBlock;
	/** Ends what does not go on with this line. */
	endUnmatched(): void;
	/** Ends the tip. */
	end(block: OpenBlock): void;
}

/** A block that holds the rest of the line, or that the line is `done` with; undefined: it begins none. */
type Begun = OpenBlock | 'done' | undefined;

/** Begins what a line begins inside a block; its mark is read. */
export function beginBlock(reader: LineReader, container: OpenBlock): Begun {
	const { line } = reader;
	if (line.isBlank) return undefined;
	if (line.indent >= 4) return indentedCode(reader);
	return (
		quote(reader) ??
		heading(reader) ??
		fence(reader) ??
		table(reader, container) ??
		underline(reader, container) ??
		thematicBreak(reader) ??
		listItem(reader, container)
	);
}

/** Reads `>` and the blank behind it, where they are there. */
export function readQuoteMark(line: SourceLine): boolean {
	return line.words.startsWith('>') && line.skipWords(1) && line.skipColumns(1);
}

function quote(reader: LineReader): Begun {
	return readQuoteMark(reader.line) ? reader.begin('blockquote') : undefined;
}

/** What a line of `#` marks says; they may end it, too, behind a blank. */
function heading(reader: LineReader): Begun {
	const { words } = reader.line;
	const marks = /^#{1,6}(?=[ \t]|$)/.exec(words)?.[0];
	if (marks === undefined) return undefined;
	const content = words.slice(marks.length).trim();
	let end = content.length;
	while (content[end - 1] === '#') end--;
	const isClosed = end === 0 || /[ \t]/.test(content.charAt(end - 1));
	const lines = [isClosed ? content.slice(0, end).trim() : content];
	reader.begin('heading', { depth: marks.length, lines });
	return 'done';
}

function fence(reader: LineReader): Begun {
	const { words, indent } = reader.line;
	const mark = /^(?:`{3,}|~{3,})/.exec(words)?.[0];
	if (mark === undefined) return undefined;
	const info = words.slice(mark.length).trim();
	// Backticks behind backticks are a code span.
	if (mark.startsWith('`') && info.includes('`')) return undefined;
	reader.begin('code', { fence: mark, info, padding: indent });
	return 'done';
}

/** The line of dashes below the head of a table. */
function table(reader: LineReader, container: OpenBlock): Begun {
	if (container.type !== 'paragraph') return undefined;
	const head = container.lines.at(-1)!;
	const align = alignOf(reader.line.words);
	if (!align || !head.includes('|') || head.startsWith('    ')) return undefined;
	if (cellsOf(head).length !== align.length) return undefined;
	container.lines.pop();
	container.end--;
	reader.begin('table', { align, start: reader.line.number - 1, lines: [head] });
	return 'done';
}

/** Makes a paragraph above it a heading. */
function underline(reader: LineReader, container: OpenBlock): Begun {
	if (container.type !== 'paragraph') return undefined;
	const mark = /^(?:=+|-+)[ \t]*$/.exec(reader.line.words)?.[0];
	if (mark === undefined) return undefined;
	takeDefinitions(container, reader.definitions);
	if (container.lines.length === 0) {
		// Nothing but definitions: the mark is text.
		container.parent!.children.push(container);
		return undefined;
	}
	container.type = 'heading';
	container.depth = mark.startsWith('=') ? 1 : 2;
	container.end = reader.line.number;
	return 'done';
}

function thematicBreak(reader: LineReader): Begun {
	const { words } = reader.line;
	const char = words[0]!;
	if (!'*-_'.includes(char)) return undefined;
	let marks = 0;
	for (const each of words) {
		if (each === char) marks++;
		else if (each !== ' ' && each !== '\t') return undefined;
	}
	if (marks < 3) return undefined;
	reader.begin('thematicBreak');
	return 'done';
}

function listItem(reader: LineReader, container: OpenBlock): Begun {
	const { line } = reader;
	const [mark, number] = /^(?:[-+*]|(\d{1,9})[.)])(?=[ \t]|$)/.exec(line.words) ?? [];
	if (mark === undefined) return undefined;
	const isEmpty = line.words.slice(mark.length).trim() === '';
	const interrupts = container.type === 'paragraph';
	if (interrupts && (isEmpty || (number !== undefined && Number(number) !== 1))) return undefined;
	const { indent } = line;
	line.skipWords(mark.length);
	const blanks = line.indent;
	// Five blanks are one and an indented code block; a mark alone has one, too.
	const width = isEmpty || blanks > 4 ? 1 : blanks;
	line.skipColumns(width);
	const kind = mark.at(-1)!;
	reader.endUnmatched();
	if (reader.tip.type !== 'list' || reader.tip.mark !== kind) {
		while (reader.tip.type === 'list' || reader.tip.type === 'paragraph') reader.end(reader.tip);
		reader.begin('list', { mark: kind, ...(number !== undefined && { first: Number(number) }) });
	}
	return reader.begin('listItem', { padding: indent + mark.length + width });
}

/** It cannot interrupt a paragraph, also not one that a line goes on with lazily. */
function indentedCode(reader: LineReader): Begun {
	if (reader.tip.type === 'paragraph') return undefined;
	reader.line.skipColumns(4);
	return reader.begin('code');
}
