import type { Budget, Definitions } from './definitions';
import type { Delimiters } from './emphasis';
import type { Item, Items } from './items';
import { destinationAt, labelEnd, labelKey, skipSpace, titleAt } from './links';
import type { LinkTarget } from './tree';

/** A bracket that may begin a link. */
interface Bracket {
	item: Item;
	isImage: boolean;
	/** Behind it. */
	start: number;
	/** Delimiters up to here stand before it. */
	delimiters: number;
	/** Another bracket begins within it. */
	holdsBracket: boolean;
}

/** Where a link leads, and what is behind it in the text. */
interface Target {
	target: LinkTarget;
	end: number;
}

/**
 * The brackets of a text, and what they make of the items between them: links and images.
 * https://spec.commonmark.org/0.31.2/#links
 */
export class Brackets {
	private readonly stack: Bracket[] = [];
	/** Brackets before this hold a link, and are therefore none. */
	private noLinkBefore = 0;

	constructor(
		private readonly text: string,
		private readonly references: { definitions: Definitions; budget: Budget },
		private readonly items: Items,
		private readonly delimiters: Delimiters,
	) {}

	/** @param start behind the bracket, which is the last item */
	open(isImage: boolean, start: number): void {
		const last = this.stack.at(-1);
		if (last) last.holdsBracket = true;
		this.stack.push({
			item: this.items.last!,
			isImage,
			start,
			delimiters: this.delimiters.count,
			holdsBracket: false,
		});
	}

	/** @returns what is behind the link that a bracket at this place ends; undefined where it ends none */
	close(at: number): number | undefined {
		const bracket = this.stack.pop();
		if (!bracket) return undefined;
		if (!bracket.isImage && bracket.start <= this.noLinkBefore) return undefined;
		const found = this.inlineTarget(at) ?? this.referredTarget(bracket, at);
		if (!found) return undefined;
		this.delimiters.resolve(bracket.delimiters);
		const { isImage, item } = bracket;
		const { url, title } = found.target;
		const type = isImage ? 'image' : 'link';
		if (!this.items.wrap(item, undefined, (children) => ({ type, url, title, children }))) {
			// What stands around it would be deeper still.
			this.stack.length = 0;
			return undefined;
		}
		this.items.remove(item);
		if (!isImage) this.noLinkBefore = bracket.start;
		return found.end;
	}

	/** `(destination "title")` behind a bracket. */
	private inlineTarget(at: number): Target | undefined {
		const { text } = this;
		if (text[at + 1] !== '(') return undefined;
		const start = skipSpace(text, at + 2);
		const destination = destinationAt(text, start) ?? { value: '', end: start };
		const before = skipSpace(text, destination.end);
		const title = before > destination.end ? titleAt(text, before) : undefined;
		const end = title ? skipSpace(text, title.end) : before;
		if (text[end] !== ')') return undefined;
		return { target: { url: destination.value, title: title?.value, used: true }, end: end + 1 };
	}

	/** What a label behind a bracket, or else the one within it, stands for. */
	private referredTarget({ start, holdsBracket }: Bracket, at: number): Target | undefined {
		const { text } = this;
		const { definitions, budget } = this.references;
		const labelled = labelEnd(text, at + 1);
		const hasLabel = labelled !== undefined && labelled > at + 3;
		if (!hasLabel && holdsBracket) return undefined;
		if (!hasLabel && at - start > 999) return undefined;
		const label = hasLabel ? text.slice(at + 1, labelled) : text.slice(start - 1, at + 1);
		const target = definitions.get(labelKey(label));
		if (!target || !budget.take(target)) return undefined;
		target.used = true;
		return { target, end: labelled ?? at + 1 };
	}
}
