import { findCode, within } from './code';
import { TAG } from './reasoningTags';
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

interface Tag {
	kind: 'opening' | 'closing' | 'empty';
	start: number;
	end: number;
	/** The number of its line. */
	line: number;
	/** What stands beside it on its line, as far as it matters. */
	before: string;
	after: string;
	/** A special token of a template is never part of a sentence. */
	isToken: boolean;
	/** It may be a heading, where no end follows it. */
	isBracket: boolean;
	isCode: boolean;
	/** It stands in a code block that never ends: so may reasoning that was begun in the middle. */
	isOpenCode: boolean;
	/** Ends what was said before with a colon: an example follows. */
	isExample: boolean;
}

/** 1. Find the tags. 2. Pair each one that begins reasoning. 3. An end without a beginning ends what is before it. */
function separate(text: string, isCutOff: boolean): { reasoning?: string; text: string } {
	const tags = tagsIn(text);
	const endOf = endsIn(tags);
	let said: string[] = [];
	const thought: string[] = [];
	let from = 0;
	const take = (tag: Tag, into: string[]): void => {
		into.push(text.slice(from, tag.start));
		from = tag.end;
	};
	const nothingSaid = (tag: Tag): boolean =>
		said.every((part) => part.trim() === '') && text.slice(from, tag.start).trim() === '';
	// Openings that are only talked about, whose ends are as well.
	let examples = 0;
	let spokenLine = -1;
	for (let index = 0; index < tags.length; index++) {
		const tag = tags[index]!;
		if (tag.kind === 'closing') {
			if (examples > 0) examples--;
			else if (tag.line !== spokenLine && endsUnopened(tag, thought.length > 0)) {
				take(tag, said);
				thought.push(...said);
				said = [];
			}
			continue;
		}
		if (!begins(tag) && !(nothingSaid(tag) && !tag.isCode)) {
			if (tag.kind === 'opening' && isFirstOnLine(tag) && !tag.isCode) examples++;
			spokenLine = tag.isCode ? spokenLine : tag.line;
			continue;
		}
		const end = tag.kind === 'empty' ? index : endOf(index);
		const closing = end === undefined ? undefined : tags[end]!;
		const isSpoken = (isSpokenOf(tag) && !tag.isToken) || (tag.isBracket && !closing);
		if (isSpoken && (closing ? isSentence(tag, closing) : !isCutOff)) {
			spokenLine = tag.line;
			continue;
		}
		take(tag, said);
		if (!closing) {
			thought.push(text.slice(from));
			from = text.length;
			break;
		}
		if (closing !== tag) take(closing, thought);
		index = end!;
	}
	said.push(text.slice(from));
	const reasoning = thought.map((part) => part.trim()).filter(Boolean);
	const hasTags = said.length > 1 || thought.length > 0;
	return { text: said.join(''), ...(hasTags && { reasoning: reasoning.join('\n\n') }) };
}

/** So much beside a tag tells whether it is part of a sentence. */
const BESIDE = 80;

function tagsIn(text: string): Tag[] {
	const { ranges, open } = findCode(text);
	const isCode = within(ranges);
	let line = 0;
	let counted = 0;
	return [...text.matchAll(TAG)].map((match) => {
		const start = match.index;
		const end = start + match[0].length;
		for (; counted < start; counted++) if (text[counted] === '\n') line++;
		const near = text.slice(Math.max(0, start - BESIDE), start);
		const isOpening = match.groups!.opening !== undefined;
		const mark = match[0].replace(/^[^<[&＜◁]+/, '');
		return {
			kind: !isOpening ? 'closing' : /\/\s*(?:>|&gt;|＞|▷)$/.test(match[0]) ? 'empty' : 'opening',
			start,
			end,
			line,
			before: near.slice(near.lastIndexOf('\n') + 1),
			after: text.slice(end, end + BESIDE).split('\n', 1)[0]!,
			isToken: /^<(?:[|｜]|channel|unused)/.test(mark),
			isBracket: mark.startsWith('['),
			isCode: isCode(start),
			isOpenCode: open !== undefined && start > open.start,
			isExample: /[:：]\s*$/.test(near),
		};
	});
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

const isFirstOnLine = ({ before }: Tag): boolean => before.trim() === '';

/** Whether a sentence ends before a tag. */
const endsSentence = ({ before }: Tag): boolean => /[.!?。！？…]["'”’」』)）]?\s*$/u.test(before);

/** Whether an opening begins reasoning in the middle of an answer. */
function begins(tag: Tag): boolean {
	if (tag.isCode || tag.isOpenCode || isSpokenOf(tag)) return false;
	return tag.isToken || (isFirstOnLine(tag) && !tag.isExample) || endsSentence(tag);
}

/** Whether an end without a beginning ends reasoning: the template has begun it before the model wrote. */
function endsUnopened(tag: Tag, hasThought: boolean): boolean {
	const { before, after, isCode, isToken } = tag;
	if (isCode || (isSpokenOf(tag) && !/[.!?。！？]$/u.test(before))) return false;
	const endsLine = after.trim() === '' && /\S$/.test(before);
	return hasThought || isToken || isFirstOnLine(tag) || endsSentence(tag) || endsLine;
}

/** Whether a tag is in code, in quotes, or a sentence goes on behind it. */
function isSpokenOf({ kind, isCode, before, after }: Tag): boolean {
	if (isCode) return true;
	if (/["'“‘「『《(（]$/u.test(before) && /^["'”’」』》)）]/u.test(after)) return true;
	if (kind === 'closing' && /[,，、]\s*$/u.test(before)) return true;
	return /^(?:[ \t]+\p{Ll}|[ \t]*[,.;:)，。；：、）])/u.test(after);
}

/** Whether one sentence goes through both tags. */
const isSentence = (opening: Tag, closing: Tag): boolean =>
	opening.line === closing.line && isSpokenOf(closing);
