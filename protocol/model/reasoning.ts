import { tagsIn, type Tag } from './reasoningTags';
import {
	begins,
	endsSentence,
	endsUnopened,
	GOES_ON,
	isFirstOnLine,
	isPlaceholder,
	isSentence,
	isSpokenOf,
	opensSentence,
} from './spokenTags';
import { stripTemplate } from './template';
import { wordedReasoning } from './wordedReasoning';

/*
 * Reasoning models write down what they think before they answer. Where the server does not take it out, it
 * stands in the answer between tags, and is for nobody to see. A tag that an answer only talks about stays: one
 * in code, in quotes, or in the middle of a sentence.
 */

export interface Split {
	/** What the model thought; empty where it did not. */
	reasoning: string;
	/** What is left to say. */
	text: string;
}

/** What some models put around the answer that follows the reasoning. */
const WRAPPER = /^\s*<(answer|response|final_answer|final|output|solution|conclusion|回答|答案)>/i;

/**
 * Takes the reasoning out of what a model said. Takes time in proportion to the text.
 * @param isCutOff the model was stopped before it was done
 */
export function splitReasoning(given: string, isCutOff: boolean): Split {
	const worded = wordedReasoning(given, isCutOff);
	const { reasoning, text } = separate(stripTemplate(worded?.text ?? given), isCutOff);
	if (!worded && reasoning === undefined) return { reasoning: '', text };
	return {
		reasoning: [worded?.reasoning, reasoning].filter(Boolean).join('\n\n'),
		text: unwrapAnswer(stripTemplate(text)),
	};
}

/** An answer without the tags around it, which some models set behind their reasoning. */
export function unwrapAnswer(answer: string): string {
	const [opening, name] = WRAPPER.exec(answer) ?? [];
	if (opening === undefined) return answer.trim();
	const rest = answer.slice(opening.length);
	const end = rest.lastIndexOf(`</${name}>`);
	return (end < 0 ? rest : rest.slice(0, end) + rest.slice(end + name!.length + 3)).trim();
}

/** 1. Find the tags. 2. Pair each one that begins reasoning. 3. An end without a beginning ends what is before it. */
function separate(text: string, isCutOff: boolean): { reasoning?: string; text: string } {
	const tags = tagsIn(text);
	const endOf = endsIn(tags);
	const separation = new Separation(text, isCutOff);
	for (let index = 0; index < tags.length; index++) {
		const tag = tags[index]!;
		if (tag.kind === 'closing') {
			separation.readClosing(tag);
			continue;
		}
		const end = tag.kind === 'empty' ? index : endOf(index);
		const isTaken = separation.readOpening(tag, end === undefined ? undefined : tags[end]);
		if (isTaken) index = end ?? tags.length;
	}
	return separation.result();
}

/** What of a text is said and what was thought, read from tag to tag. */
class Separation {
	private said: string[] = [];
	private readonly thought: string[] = [];
	/** Behind the last tag that was taken out. */
	private from = 0;
	/** Openings that are only talked about, whose ends are as well. */
	private examples = 0;
	/** The last line in which a tag is only talked about. */
	private spokenLine = -1;

	constructor(
		private readonly text: string,
		private readonly isCutOff: boolean,
	) {}

	readClosing(tag: Tag): void {
		if (this.examples > 0) this.examples--;
		else if (tag.line !== this.spokenLine && endsUnopened(tag, this.thought.length > 0)) {
			this.take(tag, this.said);
			this.thought.push(...this.said);
			this.said = [];
		}
	}

	/**
	 * @param closing the end of what the tag may begin: the tag itself where it is empty
	 * @returns whether it begins reasoning, which is taken out up to that end
	 */
	readOpening(tag: Tag, closing: Tag | undefined): boolean {
		const isBegin = begins(tag) || this.interrupts(tag, closing);
		if (!isBegin && (tag.isCode || !this.isSilentUntil(tag))) {
			if (tag.kind === 'opening' && isFirstOnLine(tag) && !tag.isCode) this.examples++;
			if (!tag.isCode) this.spokenLine = tag.line;
			return false;
		}
		const isSpoken = (isSpokenOf(tag) && !tag.isToken) || (tag.isBracket && !closing);
		if (isSpoken && (closing ? isSentence(tag, closing) : !this.isCutOff)) {
			this.spokenLine = tag.line;
			return false;
		}
		this.take(tag, this.said);
		if (!closing) {
			this.thought.push(this.text.slice(this.from));
			this.from = this.text.length;
		} else if (closing !== tag) this.take(closing, this.thought);
		return true;
	}

	result(): { reasoning?: string; text: string } {
		const said = [...this.said, this.text.slice(this.from)];
		const reasoning = this.thought.map((part) => part.trim()).filter(Boolean);
		const hasTags = said.length > 1 || this.thought.length > 0;
		return { text: said.reduce(joined), ...(hasTags && { reasoning: reasoning.join('\n\n') }) };
	}

	private take(tag: Tag, into: string[]): void {
		into.push(this.text.slice(this.from, tag.start));
		this.from = tag.end;
	}

	/** Whether reasoning stands behind the first words of a sentence: `First, <think>…</think> the answer is 4.` */
	private interrupts(tag: Tag, closing: Tag | undefined): boolean {
		if (tag.isCode || tag.isOpenCode || !opensSentence(tag)) return false;
		if (!closing) return this.isCutOff;
		if (isSpokenOf(tag) && !endsSentence(closing)) return false;
		const isSpoken = endsSentence(closing) ? GOES_ON.test(closing.after) : isSpokenOf(closing);
		return !closing.isCode && !isSpoken && !isPlaceholder(this.text.slice(tag.end, closing.start));
	}

	private isSilentUntil(tag: Tag): boolean {
		const before = [...this.said, this.text.slice(this.from, tag.start)];
		return before.every((part) => part.trim() === '');
	}
}

/** Finds the end of the reasoning that the tag of an index begins: the nearest that is no part of a sentence. */
function endsIn(tags: readonly Tag[]): (index: number) => number | undefined {
	const ends = new Array<number | undefined>(tags.length);
	let certain: number | undefined;
	let possible: number | undefined;
	let beginning: number | undefined;
	for (let index = tags.length - 1; index >= 0; index--) {
		const tag = tags[index]!;
		ends[index] =
			certain !== undefined && (beginning === undefined || certain < beginning)
				? certain
				: possible;
		if (tag.kind === 'closing' && !isSpokenOf(tag)) certain = index;
		if (tag.kind === 'closing' && (!tag.isCode || isFirstOnLine(tag))) possible = index;
		if (tag.kind === 'opening' && begins(tag)) beginning = index;
	}
	return (index) => ends[index];
}

/** Two pieces of what is said, with one blank where both have one. */
const joined = (said: string, next: string): string =>
	/[ \t]/.test(said.at(-1) ?? '') ? said + next.replace(/^[ \t]+/, '') : said + next;
