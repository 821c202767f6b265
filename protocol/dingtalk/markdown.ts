import { markdown, rewrite, type Dialect } from '../markdown/render';

/** DingTalk's Markdown swallows single line ends: two blanks keep them. */
const dialect: Dialect = { ...markdown, lineEnd: '  \n', indent: '    ' };

/** A Markdown text as DingTalk shows it. */
export const toDingTalk = (text: string): string => rewrite(text, dialect);
