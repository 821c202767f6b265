import type { Table } from './tree';

/** A block while its lines are read. */
export interface OpenBlock {
	type:
		| 'root'
		| 'blockquote'
		| 'list'
		| 'listItem'
		| 'paragraph'
		| 'heading'
		| 'thematicBreak'
		| 'code'
		| 'table'
		| 'definition';
	/** Lines of the source. */
	start: number;
	end: number;
	parent?: OpenBlock;
	children: OpenBlock[];
	/** What a leaf holds. */
	lines: string[];
	/** Columns in front of what a list item holds; of a fence, its indentation. */
	padding?: number;
	/** Of lists: what kind of mark their items have, and the first number. */
	mark?: string;
	first?: number;
	/** Of headings. */
	depth?: number;
	/** Of code that has one. */
	fence?: string;
	info?: string;
	/** Of the columns of a table. */
	align?: Table['align'];
	/** Of definitions. */
	label?: string;
}

export function newBlock(type: OpenBlock['type'], line: number): OpenBlock {
	return { type, start: line, end: line, children: [], lines: [] };
}
