import { BlockReader } from './blocks';
import { Budget, type Definitions } from './definitions';
import { unescape } from './escapes';
import { InlineReader } from './inline';
import type { OpenBlock } from './open';
import { cellsOf } from './table';
import type { Block, CodeNode, Inline, List, ListItem, Root, Table } from './tree';

/**
 * Markdown as a tree: CommonMark with GFM's tables and strikethrough. HTML is text. Any text has a tree; the
 * time it takes grows with its length, and the tree's depth is bounded.
 */
export function parseMarkdown(text: string): Root {
	const { root, definitions } = new BlockReader().read(text);
	return new Nodes(definitions, text.length).root(root);
}

/** Makes nodes of blocks, with what stands in them. */
class Nodes {
	private readonly budget: Budget;

	constructor(
		private readonly definitions: Definitions,
		size: number,
	) {
		this.budget = new Budget(size);
	}

	root({ children }: OpenBlock): Root {
		const nodes = this.blocks(children);
		return { type: 'root', children: nodes };
	}

	private blocks(blocks: readonly OpenBlock[]): Block[] {
		return blocks.map((block) => this.block(block));
	}

	private block(block: OpenBlock): Block {
		const { start, end, lines } = block;
		const place = { start, end };
		switch (block.type) {
			case 'blockquote':
				return { ...place, type: 'blockquote', children: this.blocks(block.children) };
			case 'list':
				return { ...place, ...this.list(block) };
			case 'listItem':
				return { ...place, type: 'listItem', children: this.blocks(block.children) };
			case 'heading':
				return { ...place, type: 'heading', depth: block.depth!, children: this.inline(lines) };
			case 'thematicBreak':
				return { ...place, type: 'thematicBreak' };
			case 'code':
				return { ...place, ...codeOf(block) };
			case 'table':
				return { ...place, ...this.table(block) };
			case 'definition':
				return {
					...place,
					type: 'definition',
					raw: lines.join('\n'),
					target: this.definitions.get(block.label!)!,
				};
			default:
				return { ...place, type: 'paragraph', children: this.inline(lines) };
		}
	}

	private list({
		children,
		first,
	}: OpenBlock): Pick<List, 'type' | 'first' | 'spread' | 'children'> {
		const inner = children.map((item) => item.children);
		const items = this.blocks(children) as ListItem[];
		return {
			type: 'list',
			...(first !== undefined && { first }),
			spread: [children, ...inner].some(hasGap),
			children: items,
		};
	}

	private table({ lines, align = [] }: OpenBlock): Pick<Table, 'type' | 'align' | 'rows'> {
		const rows = lines.map((line) => {
			const cells = cellsOf(line).slice(0, align.length);
			return cells.map((cell) => this.inline([cell]));
		});
		return { type: 'table', align, rows };
	}

	private inline(lines: readonly string[]): Inline[] {
		const text = lines.join('\n').trim();
		return new InlineReader(text, this.definitions, this.budget).read();
	}
}

/** Whether blank lines stand between blocks. */
export function hasGap(blocks: ReadonlyArray<{ start: number; end: number }>): boolean {
	return blocks.some(({ start }, index) => index > 0 && start - blocks[index - 1]!.end > 1);
}

function codeOf({ fence, info = '', lines }: OpenBlock): Omit<CodeNode, 'start' | 'end'> {
	let end = lines.length;
	while (!fence && lines[end - 1]?.trim() === '') end--;
	const value = lines.slice(0, end).join('\n');
	return { type: 'code', ...(fence && { info: unescape(info) }), value, lines: end };
}
