import type { Item, Items } from './items';
import type { Emphasis, TextNode } from './tree';

/** A run of `*`, `_` or `~`. */
interface Delimiter {
	item: Item;
	char: string;
	/** Marks that are left, and that there were. */
	length: number;
	readonly written: number;
	canOpen: boolean;
	canClose: boolean;
}

const SPACE = /^\s$/u;
const PUNCTUATION = /^[\p{P}\p{S}]$/u;
/** Its words stand without blanks between them: a mark beside one is like a mark beside a blank. */
const CJK =
	/^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}\u3000-\u303f\uff00-\uffef]$/u;

/**
 * The marks of emphasis, and what they make of the items between them.
 * https://spec.commonmark.org/0.31.2/#emphasis-and-strong-emphasis, but that marks work beside Chinese
 * punctuation, too: `**注意：**请`.
 */
export class Delimiters {
	private readonly stack: Delimiter[] = [];

	constructor(private readonly items: Items) {}

	get count(): number {
		return this.stack.length;
	}

	/** @param around the characters before and behind it */
	push(item: Item, around: { before: string; after: string }): void {
		const { raw } = item.node as TextNode;
		const char = raw[0]!;
		if (char === '~' && raw.length !== 2) return;
		const sides = flanking(around.before, around.after);
		if (!sides.left && !sides.right) return;
		const isWord = char === '_';
		this.stack.push({
			item,
			char,
			length: raw.length,
			written: raw.length,
			canOpen: sides.left && (!isWord || !sides.right || sides.isAfterPunctuation),
			canClose: sides.right && (!isWord || !sides.left || sides.isBeforePunctuation),
		});
	}

	/** Makes emphasis of all marks from `bottom` on, which are then done with. */
	resolve(bottom: number): void {
		const open: Delimiter[] = [];
		/** Below these nothing opens what a mark of this kind closes. */
		const noneBelow = new Map<string, number>();
		for (const closer of this.stack.splice(bottom)) {
			while (closer.canClose && closer.length > 0) {
				const kind = `${closer.char}${closer.canOpen} ${closer.written % 3}`;
				const lowest = Math.min(noneBelow.get(kind) ?? 0, open.length);
				const index = openerOf(closer, open, lowest);
				if (index < 0) {
					noneBelow.set(kind, open.length);
					break;
				}
				const opener = open[index]!;
				open.length = index + 1;
				if (!this.pair(opener, closer)) {
					// What stands around it would be deeper still.
					open.length = 0;
					break;
				}
				if (opener.length === 0) open.pop();
				lower(noneBelow, open.length);
			}
			if (closer.canOpen && closer.length > 0) open.push(closer);
		}
	}

	/** @returns false where that would be too deep */
	private pair(opener: Delimiter, closer: Delimiter): boolean {
		const width = opener.length > 1 && closer.length > 1 ? 2 : 1;
		const type: Emphasis['type'] =
			opener.char === '~' ? 'delete' : width === 2 ? 'strong' : 'emphasis';
		const mark = opener.char.repeat(width);
		const around = (children: Emphasis['children']): Emphasis => ({ type, mark, children });
		if (!this.items.wrap(opener.item, closer.item, around)) return false;
		for (const delimiter of [opener, closer]) {
			delimiter.length -= width;
			const raw = delimiter.char.repeat(delimiter.length);
			delimiter.item.node = { type: 'text', value: raw, raw };
		}
		return true;
	}
}

/** The nearest mark that opens what this one closes; -1 for none. */
function openerOf(closer: Delimiter, open: readonly Delimiter[], lowest: number): number {
	for (let index = open.length - 1; index >= lowest; index--) {
		const opener = open[index]!;
		if (opener.char !== closer.char) continue;
		const isOdd =
			(closer.canOpen || opener.canClose) &&
			closer.written % 3 !== 0 &&
			(opener.written + closer.written) % 3 === 0;
		if (!isOdd) return index;
	}
	return -1;
}

function lower(noneBelow: Map<string, number>, most: number): void {
	for (const [kind, below] of noneBelow) if (below > most) noneBelow.set(kind, most);
}

/** Whether marks stand at the beginning or at the end of words. */
function flanking(before: string, after: string) {
	const isSpace = (char: string): boolean => char === '' || SPACE.test(char);
	const isAfterPunctuation = PUNCTUATION.test(before);
	const isBeforePunctuation = PUNCTUATION.test(after);
	const isLoose = (char: string): boolean =>
		isSpace(char) || PUNCTUATION.test(char) || CJK.test(char);
	return {
		left: !isSpace(after) && (!isBeforePunctuation || isLoose(before)),
		right: !isSpace(before) && (!isAfterPunctuation || isLoose(after)),
		isAfterPunctuation,
		isBeforePunctuation,
	};
}
