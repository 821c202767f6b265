import { withoutMentions } from '../markdown/mentions';
import { rowsOf, withoutMarks } from '../markdown/plain';
import { markdown, rewrite, type Dialect } from '../markdown/render';
import type { CodeNode } from '../markdown/tree';
import { imageAsLink } from '../markdown/write';

/** Of apps and `markdown`: headings, bold, links, quotes, colours and code within a line. */
const older: Dialect = {
	...markdown,
	bullet: '•',
	thematicBreak: '———',
	emphasis: (node) => (node.type === 'strong' ? [node.mark, node.mark] : withoutMarks(node)),
	image: imageAsLink,
	code: codeInLines,
	table: rowsOf,
};

function codeInLines({ value }: CodeNode): string {
	return value
		.split('\n')
		.map((line) => (line.trim() === '' || line.includes('`') ? line : `\`${line}\``))
		.join('\n');
}

/**
 * A Markdown text as AI bots and the newer messages of group robots (`markdown_v2`) show it: lists, tables and code,
 * and no mentions. The marks of what is struck out are shown as they are written.
 */
export const toNewer = (text: string): string => rewrite(text, markdown);

/** A Markdown text as apps and the older messages of group robots show it; its mentions work in code, too. */
export const toOlder = (text: string, mentionIds: readonly string[] = []): string =>
	withoutMentions(rewrite(text, older, mentionIds), mentionIds);
