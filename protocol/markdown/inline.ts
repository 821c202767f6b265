import type { Definitions, LinkTarget } from './definitions';
import { Delimiters } from './emphasis';
import { entityAt, isEscapable } from './escapes';
import { Items, type Item } from './items';
import { destinationAt, labelEnd, labelKey, skipSpace, titleAt } from './links';
import type { Inline } from './tree';

/** Nothing of all this begins with one of these characters. */
const PLAIN = /(?:[^\n`[\]\\!<&*_~h]|h(?!ttps?:\/\/))+/y;

/** An address that stands in a text by itself: its marks are its own. */
const ADDRESS =
	/https?:\/\/[^\x00-\x20\x7f-\uffff<>()[\]`"'*|\\!]*[^\x00-\x20\x7f-\uffff<>()[\]`"'*|\\!_~.,:;?&]/y;

const AUTOLINK = /<([A-Za-z][A-Za-z0-9+.-]{1,31}:[^\x00-\x20<>]*)>/y;
const EMAIL =
	/<([\w.!#$%&'*+/=?^`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*)>/y;

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

/**
 * Reads what stands in a paragraph, a heading or a cell, from left to right.
 * https://spec.commonmark.org/0.31.2/#phase-2-inline-structure
 */
export class InlineReader {
	private at = 0;
	private readonly items = new Items();
	private readonly delimiters = new Delimiters(this.items);
	private readonly brackets: Bracket[] = [];
	/** Brackets before this hold a link, and are therefore none. */
	private noLinkBefore = 0;
	/** Runs of backticks by their length, from the last one to the first. */
	private runs?: Map<number, number[]>;

	constructor(
		private readonly text: string,
		private readonly definitions: Definitions,
		private readonly budget: Budget,
	) {}

	read(): Inline[] {
		while (this.at < this.text.length) {
			if (!this.readOne()) this.addText(this.at + 1);
		}
		this.delimiters.resolve(0);
		return this.items.nodes();
	}

	private readOne(): boolean {
		switch (this.text[this.at]) {
			case '\n':
				return this.readBreak(false);
			case '\\':
				return this.readEscape();
			case '`':
				return this.readCode();
			case '*':
			case '_':
			case '~':
				return this.readDelimiters();
			case '[':
				return this.openBracket(false);
			case '!':
				return this.text[this.at + 1] === '[' && this.openBracket(true);
			case ']':
				return this.closeBracket();
			case '<':
				return this.readAutolink(AUTOLINK, '') || this.readAutolink(EMAIL, 'mailto:');
			case '&':
				return this.readEntity();
			default:
				return this.readPlain();
		}
	}

	/** Adds what was written up to `end` as text. */
	private addText(end: number, value?: string): true {
		const raw = this.text.slice(this.at, end);
		this.items.push({ type: 'text', value: value ?? raw, raw });
		this.at = end;
		return true;
	}

	private readPlain(): boolean {
		for (const pattern of [PLAIN, ADDRESS]) {
			pattern.lastIndex = this.at;
			if (pattern.test(this.text)) return this.addText(pattern.lastIndex);
		}
		return false;
	}

	/** Blanks around the end of a line are not shown; two of them in front make it a hard one. */
	private readBreak(isEscaped: boolean): true {
		const isHard = isEscaped || this.items.trimEnd() > 1;
		let at = this.at + 1;
		while (this.text[at] === ' ') at++;
		const indented = at - this.at > 4;
		this.items.push({ type: 'break', hard: isHard, indented });
		this.at = at;
		return true;
	}

	private readEscape(): boolean {
		const next = this.text[this.at + 1];
		if (next === '\n') {
			this.at++;
			return this.readBreak(true);
		}
		return isEscapable(next) && this.addText(this.at + 2, next);
	}

	private readEntity(): boolean {
		const entity = entityAt(this.text, this.at);
		return entity !== undefined && this.addText(entity.end, entity.value);
	}

	/** A code span ends with as many backticks as it begins with. */
	private readCode(): true {
		const { text, at } = this;
		let start = at;
		while (text[start] === '`') start++;
		const length = start - at;
		const runs = (this.runs ??= backtickRuns(text)).get(length) ?? [];
		while (runs.length > 0 && runs.at(-1)! < start) runs.pop();
		const end = runs.pop();
		if (end === undefined) return this.addText(start);
		const value = text.slice(start, end).replace(/\n {0,4}/g, ' ');
		const isPadded = /^ [^]* $/.test(value) && value.trim() !== '';
		this.items.push({ type: 'inlineCode', value: isPadded ? value.slice(1, -1) : value });
		this.at = end + length;
		return true;
	}

	private readDelimiters(): true {
		const { text, at } = this;
		let end = at;
		while (text[end] === text[at]) end++;
		this.addText(end);
		// A character may be a surrogate pair.
		const before = [...text.slice(Math.max(0, at - 2), at)].at(-1) ?? '';
		const [after = ''] = text.slice(end, end + 2);
		this.delimiters.push(this.items.last!, { before, after });
		return true;
	}

	private openBracket(isImage: boolean): true {
		this.addText(this.at + (isImage ? 2 : 1));
		const last = this.brackets.at(-1);
		if (last) last.holdsBracket = true;
		this.brackets.push({
			item: this.items.last!,
			isImage,
			start: this.at,
			delimiters: this.delimiters.count,
			holdsBracket: false,
		});
		return true;
	}

	private closeBracket(): boolean {
		const bracket = this.brackets.pop();
		if (!bracket) return false;
		if (!bracket.isImage && bracket.start <= this.noLinkBefore) return false;
		const found = this.inlineTarget() ?? this.referredTarget(bracket);
		if (!found) return false;
		const { target, end } = found;
		this.delimiters.resolve(bracket.delimiters);
		const { isImage, item } = bracket;
		const { url, title } = target;
		const type = isImage ? 'image' : 'link';
		if (!this.items.wrap(item, undefined, (children) => ({ type, url, title, children }))) {
			// What stands around it would be deeper still.
			this.brackets.length = 0;
			return false;
		}
		this.items.remove(item);
		if (!isImage) this.noLinkBefore = bracket.start;
		this.at = end;
		return true;
	}

	/** `(destination "title")` behind a bracket. */
	private inlineTarget(): { target: LinkTarget; end: number } | undefined {
		const { text, at } = this;
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
	private referredTarget({
		start,
		holdsBracket,
	}: Bracket): { target: LinkTarget; end: number } | undefined {
		const { text, at } = this;
		const labelled = labelEnd(text, at + 1);
		const hasLabel = labelled !== undefined && labelled > at + 3;
		if (!hasLabel && holdsBracket) return undefined;
		if (!hasLabel && at - start > 999) return undefined;
		const label = hasLabel ? text.slice(at + 1, labelled) : text.slice(start - 1, at + 1);
		const target = this.definitions.get(labelKey(label));
		if (!target || !this.budget.take(target)) return undefined;
		target.used = true;
		return { target, end: labelled ?? at + 1 };
	}

	private readAutolink(pattern: RegExp, scheme: string): boolean {
		pattern.lastIndex = this.at;
		const [whole, url] = pattern.exec(this.text) ?? [];
		if (whole === undefined || url === undefined) return false;
		const children: Inline[] = [{ type: 'text', value: url, raw: url }];
		this.items.push({ type: 'link', url: scheme + url, children });
		this.at += whole.length;
		return true;
	}
}

/** How much the targets of references may add to a text: a long one could be referred to very often. */
export class Budget {
	constructor(private left: number) {}

	take({ url, title = '' }: LinkTarget): boolean {
		this.left -= url.length + title.length;
		return this.left >= 0;
	}
}

/** Where runs of backticks stand, by their length, from the last one to the first. */
function backtickRuns(text: string): Map<number, number[]> {
	const runs = new Map<number, number[]>();
	for (let at = text.lastIndexOf('`'); at >= 0; at = text.lastIndexOf('`', at - 1)) {
		const end = at + 1;
		while (text[at - 1] === '`') at--;
		const known = runs.get(end - at);
		if (known) known.push(at);
		else runs.set(end - at, [at]);
		if (at === 0) break;
	}
	return runs;
}
