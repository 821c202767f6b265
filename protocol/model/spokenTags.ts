import type { Tag } from './reasoningTags';

/* What stands beside a tag on its line tells whether it begins or ends reasoning, or is part of a sentence. */

export const isFirstOnLine = ({ before }: Tag): boolean => before.trim() === '';

/** Whether a sentence ends before a tag. */
export const endsSentence = ({ before }: Tag): boolean =>
	/[.!?。！？…]["'”’」』)）]?\s*$/u.test(before);

/** Whether an opening begins reasoning in the middle of an answer. */
export function begins(tag: Tag): boolean {
	if (tag.isCode || tag.isOpenCode || isSpokenOf(tag)) return false;
	return tag.isToken || (isFirstOnLine(tag) && !tag.isExample) || endsSentence(tag);
}

/** The first words of a sentence, up to a comma, or words that are a sentence by themselves. */
const FIRST_WORDS =
	/(?:(?:^|[.!?。！？…])\s*[^.!?。！？…,，:：]{1,24}[,，、;；—–-]|(?:^|[.!?。！？…,，])\s*(?:(?:sure|okay|ok|well|hmm|right|so|now|yes|no|好的?|嗯|是的|首先),?|(?:let me (?:see|think)|让我(?:想一?想|看看))[:：]|(?:(?:final )?answer|response|reply|assistant|[aq]|最终答案|答案|回答|回复|答)[:：]|\d{1,3}\)))\s*$/iu;
/** What somebody says who tells of the tag, or gives an example of it. */
const TELLS =
	/\b(?:example|instance|e\.g|such as|like|format|tags?|models?|reasoning|thinks|thinking|writes?|uses?|puts?|wraps?|html|xml)\b|例如|比如|譬如|格式|标签|模型|思考|推理|写|用(?!户)/iu;
/** What stands in the place of reasoning in an example. */
const EXAMPLE =
	/^(?:[.…]{1,9}|your\b.{0,40}|.{0,40}\bhere|(?:(?:the|some|my) )?(?:reasoning|thoughts?|thinking|notes?)(?: process)?|.{0,9}(?:内容|过程))$/iu;

/** Whether what stands between tags is the place of reasoning in an example. */
export const isPlaceholder = (thought: string): boolean => EXAMPLE.test(thought.trim());

/** Whether a tag stands behind the first words of a sentence, which are not about it. */
export const opensSentence = ({ before }: Tag): boolean =>
	FIRST_WORDS.test(before) && !TELLS.test(before.replace(/^.*[.!?。！？…](?=\s*\S)/u, ''));

/** Whether an end without a beginning ends reasoning: the template has begun it before the model wrote. */
export function endsUnopened(tag: Tag, hasThought: boolean): boolean {
	const { before, after, isCode, isToken } = tag;
	if (isCode || (isSpokenOf(tag) && !/[.!?。！？]$/u.test(before))) return false;
	const endsLine = after.trim() === '' && /\S$/.test(before);
	return hasThought || isToken || isFirstOnLine(tag) || endsSentence(tag) || endsLine;
}

/** Whether a tag is in code, in quotes, or a sentence goes on behind it. */
export function isSpokenOf({ kind, isCode, before, after }: Tag): boolean {
	if (isCode) return true;
	if (/["'“‘「『《(（]$/u.test(before) && /^["'”’」』》)）]/u.test(after)) return true;
	if (kind === 'closing' && /[,，、]\s*$/u.test(before)) return true;
	return /^(?:[ \t]+\p{Ll}|[ \t]*[,.;:)，。；：、）])/u.test(after);
}

/** A sentence about a tag or a label, behind it. */
export const GOES_ON =
	/^[ \t]{0,9}(?:(?:is|are|was|were|means?|marks?|opens?|closes?|begins?|starts?|ends?|introduces?|holds?|contains?|wraps?|surrounds?|shows?|stands?|goes|tags?|and|or)\b|表示|用于|用来|以及|和|与|[,.;:)，。；：、）])/;

/** Whether one sentence goes through both tags. */
export const isSentence = (opening: Tag, closing: Tag): boolean =>
	opening.line === closing.line && isSpokenOf(closing);
