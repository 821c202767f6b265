import { withoutMentions } from './mentions';
import type { CodeNode, Inline, Link, Table } from './tree';

/* How CommonMark and GFM write single nodes. */

/** More backticks than a text holds in a row, and at least so many. */
function backticksAround(text: string, least: number): string {
	const longest = (text.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 0);
	return '`'.repeat(longest < least ? least : longest + 1);
}

export function codeSpan(value: string): string {
	const runs = new Set((value.match(/`+/g) ?? []).map((run) => run.length));
	let length = 1;
	while (runs.has(length)) length++;
	const mark = '`'.repeat(length);
	const needsBlanks = /^`|`$/.test(value) || (/^ [^]* $/.test(value) && value.trim() !== '');
	return needsBlanks ? `${mark} ${value} ${mark}` : mark + value + mark;
}

/** Code with a fence of backticks, also where it had none: not every platform knows indented code. */
export function fencedCode({
	info = '',
	value,
	lines,
}: Pick<CodeNode, 'info' | 'value' | 'lines'>): string {
	const mark = backticksAround(value, 3);
	const opening = mark + withoutMentions(info.replace(/`/g, ''));
	return lines > 0 ? `${opening}\n${value}\n${mark}` : `${opening}\n${mark}`;
}

/** The second half of a link. */
export function linkTo(url: string): string {
	const encoded = /^[^\s()<>\\]*$/.test(url) ? url : url.replace(/[\s()<>\\]/g, encode);
	return `](${encoded})`;
}

/** What is said in place of an image that has neither words nor an address. */
export const PICTURE = '[图片 Picture]';

/** Whether an image is its own address: nobody can open that, and it is as long as the image. */
export const isDataUrl = ({ url }: Link): boolean => /^data:/i.test(url);

/** An image as a link, for what does not show it; without words it shows its address. */
export function imageAsLink(image: Link): readonly [string, string] {
	const { url, children } = image;
	const hasWords = children.length > 0;
	if (isDataUrl(image)) return ['', hasWords ? '' : PICTURE];
	return [hasWords ? '[' : `[${url}`, linkTo(url)];
}

const encode = (char: string): string =>
	({ '(': '%28', ')': '%29' })[char] ?? encodeURIComponent(char);

const RULES = { left: ':---', right: '---:', center: ':---:' } as const;
/** A row may leave cells out; very wide tables are left as they are. */
const MAX_ADDED_CELLS = 20;

export function pipeTable({ align, rows }: Table, writeCell: (cell: Inline[]) => string): string {
	const lineOf = (cells: Inline[][]): string => {
		const missing = Math.min(align.length - cells.length, MAX_ADDED_CELLS);
		const texts = [...cells.map(writeCell), ...Array<string>(missing).fill('')];
		return `| ${texts.map((text) => text.replace(/\|/g, '\\|')).join(' | ')} |`;
	};
	const rule = `|${align.map((side) => (side ? RULES[side] : '---')).join('|')}|`;
	const [head = '', ...body] = rows.map(lineOf);
	return [head, rule, ...body].join('\n');
}
