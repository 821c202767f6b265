import { findCode, within } from './code';
import { GOES_ON } from './spokenTags';

/*
 * Words that models set in front of their reasoning and of their answer where nobody has trained them to use tags:
 * headings, bold words, words with a colon. Only both of them together are such labels.
 */

const THOUGHT =
	'(?:(?:My|Internal|Inner) )?(?:Thinking|Thoughts?|Reasoning|Reflection)(?: (?:Process|Steps))?|Chain of Thought|(?:内部|内心|內心)?(?:思考|推理|思维|思維)(?:过程|過程|内容)?|内心独白';
const CHINESE_ANSWER = '(?:最终|最終|正式)?(?:答案|回答|回复|答复|回覆|答覆)|答';
const ANSWER = `(?:(?:My|The) )?(?:(?:[Ff]inal|FINAL) )?(?:[Aa]nswer|ANSWER|[Rr]esponse|RESPONSE|[Rr]eply|REPLY)|${CHINESE_ANSWER}`;

const SYMBOL = '(?:\\p{Extended_Pictographic}\\ufe0f?[ \\t]{0,3})?';
const BOLD = '(?:\\*{1,3}|_{1,3}|</?(?:b|strong)>)';
const COLON = '[ \\t]{0,3}[:：]';

/** `### Reasoning`, which stands alone on its line, or is underlined. */
const heading = (names: string): string =>
	`(?:#{1,6}[ \\t]{1,3}${BOLD}?${SYMBOL}(?:${names})${BOLD}?(?:${COLON})?${BOLD}?[ \\t#]{0,9}|(?:${names})[ \\t]{0,9}\\n(?:-{3,9}|={3,9})[ \\t]{0,9})(?:\\n|$)`;
/** `**Thinking:**`, `**Thinking**:`, or alone on its line. */
const bold = (names: string): string =>
	`${BOLD}${SYMBOL}(?:${names})(?:${COLON}[ \\t]{0,3}${BOLD}|${BOLD}(?:${COLON}|[ \\t]{0,9}\\n))`;
const plain = (names: string): string => `${SYMBOL}(?:${names})${COLON}`;
const bracketed = (names: string): string =>
	`${BOLD}?(?:【(?:${names})】|\\[(?:${names})\\](?!\\())${BOLD}?[:：]?`;

const BULLET = '(?:(?:[-*+]|\\d[.)])[ \\t]{1,3})?';
const begins = (label: string): RegExp => new RegExp(`^\\s*${BULLET}(?:${label})`, 'iu');
const ends = (onItsLine: string, within?: string): RegExp =>
	new RegExp(`^[ \\t]{0,3}${BULLET}(?:${onItsLine})${within ? `|${within}` : ''}`, 'gmu');

const BEHIND_SENTENCE = '(?<=[.!?。！？…]["\'”’」』)）]?[ \\t]{0,3})';

/** What every label of reasoning has: without it the longer rules, slow to make ready, are not even made. */
const NAME = new RegExp(THOUGHT, 'iu');

/** How reasoning begins at the beginning of what a model said, and how the answer begins behind it. */
const LABELS: ReadonlyArray<readonly [begin: RegExp, end: RegExp]> = [
	[begins(heading(THOUGHT)), ends(`${heading(ANSWER)}|${bold(ANSWER)}`)],
	[
		begins(bold(THOUGHT)),
		ends(
			`${heading(ANSWER)}|${bold(ANSWER)}|${plain(ANSWER)}`,
			`(?<=\\s|[.!?。！？…])${bold(ANSWER)}`,
		),
	],
	[
		begins(plain(THOUGHT)),
		ends(
			`${heading(ANSWER)}|${bold(ANSWER)}|${plain(ANSWER)}`,
			`${BEHIND_SENTENCE}(?:${bold(ANSWER)}|${plain(ANSWER)})|(?<=\\s)${plain(CHINESE_ANSWER)}`,
		),
	],
	[begins(bracketed(THOUGHT)), ends(bracketed(ANSWER), `(?<!\\w)${bracketed(ANSWER)}`)],
];

/** A line that parts the thought from the answer. */
const RULE = /\n[ \t]{0,3}(?:-{3,9}|\*{3,9}|_{3,9})$/;

/** The labelled reasoning that begins what a model said, and the answer; undefined where there is none. */
export function labelledReasoning(
	said: string,
	isCutOff: boolean,
): { reasoning: string; text: string } | undefined {
	if (!NAME.test(said)) return undefined;
	for (const [begin, end] of LABELS) {
		const label = begin.exec(said)?.[0];
		if (label === undefined) continue;
		const rest = said.slice(label.length);
		if (GOES_ON.test(rest)) return undefined;
		const isCode = within(findCode(rest).ranges);
		for (const { 0: found, index } of rest.matchAll(end)) {
			const text = rest.slice(index + found.length);
			if (isCode(index) || GOES_ON.test(text)) continue;
			const reasoning = rest.slice(0, index).trim().replace(RULE, '').trim();
			if (reasoning !== '') return { reasoning, text };
		}
		if (isCutOff) return { reasoning: rest.trim(), text: '' };
	}
	return undefined;
}
