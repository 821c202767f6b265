import { findCode, within } from './code';

/* How reasoning is marked in what a model says: by a tag, or by a special token of a model's template. */

const NAME =
	'(?:[a-z]\\w{0,20}:)?(?:(?:ant|chain[_-]of|deep|inner|internal|model)[_-]?)?(?:think(?:ing)?|thoughts?|reasoning|reflection|analysis|cot|scratchpad|monologue|深度思考|思考(?:过程)?|推理(?:过程)?)(?:[_-](?!end\\b)\\w{1,60})?';
const BAR = '[|｜]';
const LEFT = '(?:\\\\?<|&(?:lt|#60|#x3c);|＜|◁)';
const RIGHT = '(?:\\\\?>|&(?:gt|#62|#x3e);|＞|▷)';
const SLASH = '(?:/|／|&#(?:47|x2f);)';
const HARMONY = `(?:<${BAR}end${BAR}>\\s{0,9})?(?:<${BAR}start${BAR}>assistant\\s{0,9})?<${BAR}channel${BAR}>`;
const TO_MESSAGE = `[^<>\\n]{0,80}(?:<${BAR}constrain${BAR}>\\w{0,20})?<${BAR}message${BAR}>`;
const BEGIN = '(?:(?:begin|start)[_▁](?:of[_▁])?)';
const END = `(?:end[_▁](?:of[_▁])?${NAME}|${NAME}[_-]end)`;

/** `<think>`, Kimi's, Mistral's, and special tokens of other models' templates. */
const OPENING = [
	`${LEFT}${BEGIN}?${NAME}(?:\\s[^<>\\n]{0,200})?/?${RIGHT}`,
	'\\[(?:THINK(?:ING)?|REASONING|思考(?:过程)?|推理(?:过程)?)\\](?!\\()',
	`<${BAR}${BEGIN}?${NAME}${BAR}>`,
	'<\\|channel>thought',
	'<unused94>thought',
	`${HARMONY}(?:analysis|commentary)${TO_MESSAGE}`,
].join('|');
const CLOSING = [
	`${LEFT}\\s{0,9}(?:${SLASH}\\s{0,9}${NAME}|${END})\\s{0,9}${RIGHT}`,
	'\\[/(?:THINK(?:ING)?|REASONING|思考(?:过程)?|推理(?:过程)?)\\]',
	`<${BAR}(?:/${NAME}|${END})${BAR}>`,
	'<channel\\|>',
	'<unused95>',
	`${HARMONY}final${TO_MESSAGE}`,
].join('|');
/** A tag that begins a line, and what dresses it there: a quote's mark, a heading's, bold type. */
const DRESS = '(?:^[ \\t]{0,3}(?:(?:>|#{1,6}|[-*+])[ \\t]{1,9})?(?<bold>\\*{1,3}|_{1,3})?)?';
const TAG = new RegExp(`${DRESS}(?:(?<opening>${OPENING})|${CLOSING})\\k<bold>`, 'gimu');

export interface Tag {
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

/** So much beside a tag tells whether it is part of a sentence. */
const BESIDE = 80;

/** How every tag begins. Without it `TAG`, which takes the engine 15 ms to make ready, is not even made. */
const MARK = /[<＜◁]|&(?:lt|#60|#x3c);|\[\/?[tr思推]/i;

export function tagsIn(text: string): Tag[] {
	if (!MARK.test(text)) return [];
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
