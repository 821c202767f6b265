/*
 * Markdown as a tree. The nodes have mdast's names, as most parsers' have:
 * https://github.com/syntax-tree/mdast
 */

/** Of blocks, and of what stands in a paragraph: deeper than this nothing is nested, its marks are text. */
export const MAX_DEPTH = 40;

export interface TextNode {
	type: 'text';
	/** What people read: escapes and entities are resolved. */
	value: string;
	/** As it was written. */
	raw: string;
}

export interface Emphasis {
	type: 'emphasis' | 'strong' | 'delete';
	/** As it was written: `*`, `__`, `~~`. */
	mark: string;
	children: Inline[];
}

export interface InlineCode {
	type: 'inlineCode';
	value: string;
}

/** The end of a line within a paragraph. */
export interface Break {
	type: 'break';
	/** It is shown as one; a soft one is a blank to CommonMark. */
	hard: boolean;
	/** What follows would begin a block if it were not indented. */
	indented: boolean;
}

export interface Link {
	type: 'link' | 'image';
	url: string;
	title?: string;
	/** The words of an image are shown where it is not. */
	children: Inline[];
}

export type Inline = TextNode | Emphasis | InlineCode | Break | Link;

/** Lines of the source, from 0 on; `end` is the last one. */
interface Place {
	start: number;
	end: number;
}

export interface Paragraph extends Place {
	type: 'paragraph';
	children: Inline[];
}

export interface Heading extends Place {
	type: 'heading';
	depth: number;
	children: Inline[];
}

export interface ThematicBreak extends Place {
	type: 'thematicBreak';
}

export interface Blockquote extends Place {
	type: 'blockquote';
	children: Block[];
}

export interface List extends Place {
	type: 'list';
	/** Of an ordered one. */
	first?: number;
	/** Blank lines stand between its items, or within one. */
	spread: boolean;
	children: ListItem[];
}

export interface ListItem extends Place {
	type: 'listItem';
	children: Block[];
}

export interface CodeNode extends Place {
	type: 'code';
	/** What stands behind the opening fence; undefined without a fence. */
	info?: string;
	/** Byte for byte, without the last line end. */
	value: string;
	/** How many; none and an empty one are the same value. */
	lines: number;
}

export interface Table extends Place {
	type: 'table';
	align: Array<'left' | 'right' | 'center' | undefined>;
	/** The first one is the head. None has more cells than it; some have fewer. */
	rows: Inline[][][];
}

/** What a label stands for. */
export interface LinkTarget {
	url: string;
	title?: string;
	/** Something refers to it. */
	used: boolean;
}

/** `[label]: url "title"`. What refers to it is a link of its own. */
export interface Definition extends Place {
	type: 'definition';
	raw: string;
	target: LinkTarget;
}

export type Block =
	| Paragraph
	| Heading
	| ThematicBreak
	| Blockquote
	| List
	| ListItem
	| CodeNode
	| Table
	| Definition;

export interface Root {
	type: 'root';
	children: Block[];
}
