import { Brackets } from './brackets';
import type { Budget, Definitions } from './definitions';
import { Delimiters } from './emphasis';
import { entityAt, isEscapable } from './escapes';
import { Items } from './items';
import type { Inline } from './tree';

/** Nothing of all this begins with one of these characters. */
const PLAIN = /(?:[^\n`[\]\\!<&*_~h]|h(?!ttps?:\/\/))+/y;

/** An address that stands in a text by itself: its marks are its own. */
const ADDRESS =
	/https?:\/\/[^\x00-\x20\x7f-\uffff<>()[\]`"'*|\\!]*[^\x00-\x20\x7f-\uffff<>()[\]`"'*|\\!_~.,:;?&]/y;

const AUTOLINK = /<([A-Za-z][A-Za-z0-9+.-]{1,31}:[^\x00-\x20<>]*)>/y;
const EMAIL =
	/<([\w.!#$%&'*+/=?^`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*)>/y;

/**
 * Reads what stands in a paragraph, a heading or a cell, from left to right.
 * https://spec.commonmark.org/0.31.2/#phase-2-inline-structure
 */
export class InlineReader {
	private at = 0;
	private readonly items = new Items();
	private readonly delimiters = new Delimiters(this.items);
	private readonly brackets: Brackets;
	/** Runs of backticks by their length, from the last one to the first. */
	private runs?: Map<number, number[]>;

	constructor(
		private readonly text: string,
		definitions: Definitions,
		budget: Budget,
	) {
		this.brackets = new Brackets(text, { definitions, budget }, this.items, this.delimiters);
	}

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
		this.brackets.open(isImage, this.at);
		return true;
	}

	private closeBracket(): boolean {
		const end = this.brackets.close(this.at);
		if (end === undefined) return false;
		this.at = end;
		return true;
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
