import { takeDefinitions, type Definitions } from './definitions';
import { SourceLine } from './line';
import { newBlock, type OpenBlock } from './open';
import { beginBlock, readQuoteMark, type LineReader } from './starts';
import { MAX_DEPTH } from './tree';

/**
 * Reads the blocks of a text, line by line: what is open takes the line, or ends, and new blocks begin.
 * https://spec.commonmark.org/0.31.2/#phase-1-block-structure
 */
export class BlockReader implements LineReader {
	readonly root = newBlock('root', 0);
	readonly definitions: Definitions = new Map();
	line!: SourceLine;
	/** The innermost block that is open. */
	tip = this.root;
	/** The tip before this line, and the innermost block that goes on with it. */
	private oldTip = this.root;
	private matched = this.root;

	read(text: string): this {
		const lines = text.split(/\r\n|\n|\r/);
		// A line end at the end begins no line.
		if (lines.at(-1) === '') lines.pop();
		for (const [number, line] of lines.entries()) {
			this.line = new SourceLine(line, number);
			this.readLine();
		}
		this.matched = this.root;
		this.oldTip = this.tip;
		this.endUnmatched();
		return this;
	}

	private readLine(): void {
		this.oldTip = this.tip;
		let container = this.root;
		let depth = 0;
		for (const next of this.openBlocks()) {
			const goesOn = this.goesOn(next);
			if (goesOn === 'ended') return;
			if (!goesOn) break;
			container = next;
			depth++;
		}
		this.matched = container;
		while (container.type !== 'code') {
			const begun = depth < MAX_DEPTH ? beginBlock(this, container) : undefined;
			if (begun === 'done') return;
			if (!begun) break;
			container = begun;
			depth++;
		}
		this.addText(container);
	}

	/** From the outermost one to the tip. */
	private openBlocks(): OpenBlock[] {
		const open: OpenBlock[] = [];
		for (let block = this.tip; block.parent; block = block.parent) open.push(block);
		return open.reverse();
	}

	/** Whether a line belongs into an open block; its marks are read. */
	private goesOn(block: OpenBlock): boolean | 'ended' {
		const { line } = this;
		switch (block.type) {
			case 'blockquote':
				if (line.indent >= 4 || !readQuoteMark(line)) return false;
				block.end = line.number;
				return true;
			case 'list':
				return true;
			case 'listItem':
				if (line.isBlank) return block.children.length > 0 && line.skipWords(0);
				return line.indent >= block.padding! && line.skipColumns(block.padding!);
			case 'code':
				return block.fence ? this.goesOnInFence(block, block.fence) : this.goesOnIndented();
			case 'paragraph':
				return !line.isBlank;
			case 'table':
				return !line.isBlank && line.indent < 4;
			default:
				return false;
		}
	}

	private goesOnInFence(block: OpenBlock, fence: string): boolean | 'ended' {
		const { line } = this;
		const words = line.words.trimEnd();
		if (line.indent < 4 && words.startsWith(fence) && isRunOf(fence[0]!, words)) {
			block.end = line.number;
			this.matched = block;
			this.endUnmatched();
			this.end(block);
			return 'ended';
		}
		return line.skipColumns(block.padding!);
	}

	private goesOnIndented(): boolean {
		const { line } = this;
		if (line.indent >= 4) return line.skipColumns(4);
		return line.isBlank && line.skipColumns(4);
	}

	private addText(container: OpenBlock): void {
		const { line, tip } = this;
		const isLazy = this.oldTip !== this.matched && tip.type === 'paragraph';
		if (isLazy && !line.isBlank) {
			addLine(tip, line, true);
			return;
		}
		this.endUnmatched();
		if (container.type === 'code') {
			container.lines.push(line.rest);
			if (container.fence || !line.isBlank) container.end = line.number;
		} else if (container.type === 'paragraph' || container.type === 'table') {
			addLine(container, line, false);
		} else if (!line.isBlank) {
			addLine(this.begin('paragraph'), line, false);
		}
	}

	begin(type: OpenBlock['type'], more: Partial<OpenBlock> = {}): OpenBlock {
		this.endUnmatched();
		while (!holds(this.tip, type)) this.end(this.tip);
		const block = { ...newBlock(type, this.line.number), parent: this.tip, ...more };
		this.tip.children.push(block);
		this.tip = block;
		return block;
	}

	endUnmatched(): void {
		for (; this.oldTip !== this.matched; this.oldTip = this.oldTip.parent!) this.end(this.oldTip);
	}

	end(block: OpenBlock): void {
		this.tip = block.parent!;
		if (block.type === 'paragraph') takeDefinitions(block, this.definitions);
		const last = block.children.at(-1);
		if (last) block.end = Math.max(block.end, last.end);
	}
}

const CONTAINERS: ReadonlySet<string> = new Set(['root', 'blockquote', 'listItem']);

const holds = (parent: OpenBlock, type: OpenBlock['type']): boolean =>
	type === 'listItem' ? parent.type === 'list' : CONTAINERS.has(parent.type);

function isRunOf(char: string, text: string): boolean {
	for (const each of text) if (each !== char) return false;
	return true;
}

/** What would begin a block at the beginning of a line, and is text where it stands. */
const LIKE_A_BLOCK = /^(?:#{1,6}(?:\s|$)|[>=|:~`]|[-+*](?:\s|$)|[-*_]{2}|\d{1,9}[.)](?:\s|$))/;

/** Four blanks keep text from looking like a block, as they did where it was written. */
function addLine(block: OpenBlock, line: SourceLine, isLazy: boolean): void {
	const { words } = line;
	const isIndented = block.lines.length > 0 && (isLazy || line.indent >= 4);
	block.lines.push(isIndented && LIKE_A_BLOCK.test(words) ? `    ${words}` : words);
	block.end = line.number;
}
