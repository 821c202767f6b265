import { parseMarkdown } from '../../../protocol/markdown/parse';
import { toPlainText } from '../../../protocol/markdown/plain';
import type { Block, Inline } from '../../../protocol/markdown/tree';

/*
 * What makes other parsers slow, or deep. With the square of the length any of these would take minutes; a tree of any depth would end the process.
 */

const SIZE = 50_000;
const rows = (count: number, row: (index: number) => string): string =>
	Array.from({ length: count }, (_, index) => row(index)).join('');

const REPEATED: string[] = [
	...[
		'`a',
		'[',
		'[a](',
		'[a][b]',
		'![',
		'[a](b)',
		'*',
		'*a ',
		'a* ',
		'*a_b',
		'*a **b ',
		'**x* y_ ',
	],
	...[
		'_a __b ~~c *d **e ',
		'>',
		'- ',
		'1. a\n',
		'a\n',
		'a\n=\n',
		'a\n---\n',
		'[a]: ',
		'[a]: u "x\n',
	],
	...[
		'a|b\n-|-\n',
		'|',
		'\\|',
		'<',
		'<a:',
		'<a@b.',
		'&a',
		'https://',
		'https://_',
		'h',
		' ',
		' \n',
		'\n',
	],
	...[
		'```\n',
		'~~~a\n',
		'```a`\n',
		'\t',
		'-\t',
		'[a](b "',
		"[a](b 'c",
		'[a](b (c',
		'[a](<b',
		'a  \n',
		'\r',
	],
	...[
		'\\\n',
		'**“”**',
		'|-',
		'* ',
		'`',
		'<at ',
		'<@',
		'](',
		'~~',
		'[]()',
		'![](',
		'# #',
		'<!--',
		'\u0000',
		'\ud800',
	],
];

const BUILT: Array<[string, string]> = [
	['runs of backticks of every length', rows(300, (index) => `${'`'.repeat(index)} `)],
	['brackets within brackets', `${'['.repeat(SIZE / 2)}a${']'.repeat(SIZE / 2)}`],
	['images within images', `${'!['.repeat(SIZE / 4)}a${'](u)'.repeat(SIZE / 8)}`],
	['emphasis within emphasis', `${'*'.repeat(SIZE / 2)}a${'*'.repeat(SIZE / 2)}`],
	['quotes within quotes', rows(SIZE / 62, () => `${'> '.repeat(30)}a\n`)],
	['lists within lists', rows(1000, (index) => `${' '.repeat(2 * (index % 200))}- a\n`)],
	['many definitions', rows(SIZE / 10, (index) => `[${index}]: u\n`)],
	['a long target, referred to often', `[a]: ${'u'.repeat(SIZE / 2)}\n\n${'[a]'.repeat(SIZE / 6)}`],
	['long labels', rows(200, () => `[${'a'.repeat(990)}\n`)],
	[
		'rows without cells below a wide head',
		`${'|a'.repeat(300)}|\n${'|-'.repeat(300)}|\n${'|\n|x|\n'.repeat(SIZE / 6)}`,
	],
	['a long row', `${'|a'.repeat(SIZE / 4)}|\n${'|-'.repeat(SIZE / 4)}|\n`],
	['a long address', `<a@${'a-'.repeat(SIZE / 2)}`],
	['blanks within a line', `a${' '.repeat(SIZE)}b`],
	['marks at the end of a heading', `# x${' #'.repeat(SIZE / 2)} y`],
	['lazy lines', `${'> '.repeat(30)}a\n${'b\n'.repeat(SIZE / 2)}`],
];

function depthOf(node: Block | Inline): number {
	const children = 'children' in node ? (node.children as Array<Block | Inline>) : [];
	return 1 + children.reduce((deepest, child) => Math.max(deepest, depthOf(child)), 0);
}

const nasty = [
	...REPEATED.map((piece) => [JSON.stringify(piece), piece.repeat(SIZE / piece.length)] as const),
	...BUILT,
];

it.each(nasty)('Much of %s is read and written', (_, text) => {
	const tree = parseMarkdown(text);
	for (const block of tree.children) expect(depthOf(block)).toBeLessThan(100);
	// Each line of a paragraph may get the marks of all quotes around it.
	expect(toPlainText(text).length).toBeLessThan(100 * text.length);
});
