import { withoutMentions } from './mentions';
import { hasGap, parseMarkdown } from './parse';
import { fencedCode, linkTo, pipeTable, codeSpan } from './write';
import type {
	Block,
	CodeNode,
	Emphasis,
	Heading,
	Inline,
	Link,
	List,
	ListItem,
	Root,
	Table,
} from './tree';

/** What stands in front of and behind the words of a node. */
export type Marks = readonly [before: string, after: string];

/** How a platform writes what it shows. */
export interface Dialect {
	/** Words as they were written, or as they are read: without escapes and entities. */
	text: 'raw' | 'value';
	/** Between lines of a paragraph, and between blocks without a blank line. */
	lineEnd: string;
	/** In front of the further lines of a list item; left out: as wide as its mark. */
	indent?: string;
	bullet: string;
	thematicBreak: string;
	heading(heading: Heading, text: string): string;
	emphasis(emphasis: Emphasis): Marks;
	link(link: Link): Marks;
	/** Within a link an image is its words. */
	image(image: Link): Marks;
	inlineCode(value: string): string;
	code(code: CodeNode): string;
	table(table: Table, writeCell: (cell: Inline[]) => string): string;
}

/** CommonMark and GFM in their plainest forms: not every platform knows the others. */
export const markdown: Dialect = {
	text: 'raw',
	lineEnd: '\n',
	bullet: '-',
	thematicBreak: '---',
	// Marks at the end belong to the words where others close the heading.
	heading: ({ depth }, text) => `${'#'.repeat(depth)} ${text}${text.endsWith('#') ? ' #' : ''}`,
	emphasis: ({ mark }) => [mark, mark],
	link: ({ url }) => ['[', linkTo(url)],
	image: ({ url }) => ['![', linkTo(url)],
	inlineCode: codeSpan,
	code: fencedCode,
	table: pipeTable,
};

/**
 * Rewrites a Markdown text in a dialect; marks alone, of which nothing would be left, stay as they are.
 * @param root the text's tree, where it has been read already
 * @see render
 */
export function rewrite(
	text: string,
	dialect: Dialect,
	mentionIds: readonly string[] = [],
	root: Root = parseMarkdown(text),
): string {
	const written = render(root, dialect, mentionIds);
	return written.trim() === '' ? withoutMentions(text, mentionIds) : written;
}

/** Writes a tree in a dialect. Outside code its words mention those alone that `mentionIds` holds. */
export function render(
	{ children }: Root,
	dialect: Dialect,
	mentionIds: readonly string[] = [],
): string {
	return new Writer(dialect, mentionIds).blocks(children);
}

class Writer {
	constructor(
		private readonly dialect: Dialect,
		private readonly mentionIds: readonly string[],
	) {}

	/** One below the other; a blank line stands where one stood. */
	blocks(blocks: readonly Block[]): string {
		let out = '';
		let previous: Block | undefined;
		for (const block of blocks) {
			const text = this.block(block);
			if (text === '') continue;
			out += (previous ? this.between(previous, block, text) : '') + text;
			previous = block;
		}
		return out;
	}

	private between(previous: Block, next: Block, text: string): string {
		// Dashes right below a line of text would make it a heading; a heading that is written as a line of
		// text would go on with a quote or a list.
		const merges =
			(['paragraph', 'heading'].includes(previous.type) && /^-+(?:\n|$)/.test(text)) ||
			(['blockquote', 'list'].includes(previous.type) && next.type === 'heading');
		if (merges || hasGap([previous, next])) return '\n\n';
		return previous.type === 'code' || next.type === 'code' ? '\n' : this.dialect.lineEnd;
	}

	private block(block: Block): string {
		const { dialect } = this;
		switch (block.type) {
			case 'paragraph':
				return this.inline(block.children).trim();
			case 'heading':
				return dialect.heading(block, this.inline(block.children).replace(/\s*\n\s*/g, ' '));
			case 'thematicBreak':
				return dialect.thematicBreak;
			case 'blockquote':
				return this.blocks(block.children).replace(/^/gm, '> ').replace(/^> $/gm, '>');
			case 'list':
				return this.list(block);
			case 'listItem':
				return this.blocks(block.children);
			case 'code':
				return dialect.code(block);
			case 'table':
				return dialect.table(block, (cell) => this.inline(cell));
			case 'definition':
				return block.target.used ? '' : withoutMentions(block.raw, this.mentionIds);
		}
	}

	private list({ first, children }: List): string {
		return children
			.map((item, index) => {
				const mark = first === undefined ? this.dialect.bullet : `${first + index}.`;
				const before = children[index - 1];
				const text = this.item(item, mark);
				return (before ? this.between(before, item, text) : '') + text;
			})
			.join('');
	}

	private item({ children }: ListItem, mark: string): string {
		const width = ' '.repeat(mark.length + 1);
		// Further blanks would become part of code that begins beside the mark.
		const indent = children[0]?.type === 'code' ? width : (this.dialect.indent ?? width);
		const text = this.blocks(children);
		return text === '' ? mark : `${mark} ${text.replace(/\n(?!\n)/g, `\n${indent}`)}`;
	}

	private inline(nodes: readonly Inline[]): string {
		const words = new Words(this.mentionIds);
		this.write(nodes, words, false);
		return words.end();
	}

	private write(nodes: readonly Inline[], words: Words, isInLink: boolean): void {
		const { dialect } = this;
		for (const node of nodes) {
			switch (node.type) {
				case 'text':
					words.add(node[dialect.text]);
					break;
				case 'break':
					words.add(dialect.lineEnd + (node.indented ? '    ' : ''));
					break;
				case 'inlineCode':
					words.addCode(dialect.inlineCode(node.value));
					break;
				default: {
					const [before, after] = this.marksOf(node, isInLink);
					words.add(before);
					this.write(node.children, words, isInLink || node.type === 'link');
					words.add(after);
				}
			}
		}
	}

	private marksOf(node: Emphasis | Link, isInLink: boolean): Marks {
		if (!('url' in node)) return this.dialect.emphasis(node);
		if (node.type === 'link') return this.dialect.link(node);
		return isInLink ? ['', ''] : this.dialect.image(node);
	}
}

/** Words that are written; what is no code is looked through for mentions in one piece. */
class Words {
	private out = '';
	private open = '';

	constructor(private readonly mentionIds: readonly string[]) {}

	add(text: string): void {
		this.open += text;
	}

	addCode(text: string): void {
		this.out = this.end() + text;
		this.open = '';
	}

	end(): string {
		return this.out + withoutMentions(this.open, this.mentionIds);
	}
}
