import { withoutMentions } from './mentions';
import { markdown, render, rewrite, type Dialect } from './render';
import { isDataUrl, PICTURE } from './write';
import type { Emphasis, Inline, Link, Root, Table } from './tree';

/** Words without any markup, and code as it is, for what shows no Markdown. */
export const plainText: Dialect = {
	...markdown,
	text: 'value',
	bullet: '•',
	thematicBreak: '———',
	heading: (_, text) => text,
	emphasis: withoutMarks,
	link: withAddress,
	image: imageWithAddress,
	inlineCode: (value) => value,
	code: ({ value }) => value,
	table: rowsOf,
};

/** What a Markdown text says, in plain text. */
export function toPlainText(text: string, mentionIds?: readonly string[]): string {
	// Code, too, is words here.
	return withoutMentions(rewrite(text, plainText, mentionIds), mentionIds);
}

/**
 * Marks stay where the words would say something else without them: what is struck out (`~~100~~ 80`), and
 * signs of multiplication, which CommonMark takes for emphasis (`2*3*4`).
 */
export function withoutMarks({ type, mark, children }: Emphasis): readonly [string, string] {
	const isProduct = mark === '*' && /^[\d.,]{1,20}$/.test(wordsIn(children));
	return type === 'delete' || isProduct ? [mark, mark] : ['', ''];
}

/** The address stands behind the words, unless it is what they say. */
function withAddress({ url, children }: Link): readonly [string, string] {
	const words = wordsIn(children);
	// Without parentheses the words beside it would become a part of the address.
	if (words === '') return ['', url && `(${url})`];
	return url === '' || url === words || url === `mailto:${words}` ? ['', ''] : ['', ` (${url})`];
}

function imageWithAddress(image: Link): readonly [string, string] {
	if (!isDataUrl(image)) return withAddress(image);
	return ['', wordsIn(image.children) === '' ? PICTURE : ''];
}

/** A line for each row of a table, in which each cell is named by its head. */
export function rowsOf({ rows }: Table, writeCell: (cell: Inline[]) => string): string {
	const [head = [], ...body] = rows.map((cells) => cells.map(writeCell));
	if (body.length === 0) return head.join(' | ');
	const named = (cell: string, index: number): string => {
		const name = head[index] ?? '';
		return name === '' || cell === '' ? cell : `${name}: ${cell}`;
	};
	return body
		.map((cells) => cells.map(named).filter((cell) => cell !== ''))
		.map((cells) => `• ${cells.join(' | ')}`)
		.join('\n');
}

/** Words alone: without addresses. */
const words: Dialect = {
	...plainText,
	bullet: '',
	link: () => ['', ''],
	image: () => ['', ''],
	table: ({ rows }, writeCell) => rows.map((cells) => cells.map(writeCell).join(' ')).join('\n'),
};

const MAX_TITLE = 40;

/** What a Markdown text begins with, in plain words; empty where it has none. */
export function titleOf(root: Root): string {
	const lines = withoutMentions(render(root, words)).split('\n');
	const first = lines.find((line) => /[\p{L}\p{N}]/u.test(line)) ?? '';
	return [...first.replace(/^[\s>]+/, '')].slice(0, MAX_TITLE).join('').trim();
}

/** What people read of a text's nodes. */
function wordsIn(nodes: readonly Inline[]): string {
	return nodes
		.map((node) =>
			'children' in node ? wordsIn(node.children) : node.type === 'break' ? ' ' : node.value,
		)
		.join('');
}
