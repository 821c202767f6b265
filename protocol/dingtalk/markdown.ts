import { parseMarkdown } from '../markdown/parse';
import { titleOf } from '../markdown/plain';
import { markdown, rewrite, type Dialect } from '../markdown/render';

/** DingTalk's Markdown swallows single line ends: two blanks keep them. */
const dialect: Dialect = { ...markdown, lineEnd: '  \n', indent: '    ' };

/** A Markdown text as DingTalk shows it, and what it begins with, for the list of conversations. */
export function toDingTalk(text: string): { title: string; text: string } {
	const root = parseMarkdown(text);
	return { title: titleOf(root), text: rewrite(text, dialect, [], root) };
}
