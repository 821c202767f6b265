import fc from 'fast-check';
import { toPlainText } from '../../../protocol/markdown/plain';
import { markdown, rewrite } from '../../../protocol/markdown/render';
import * as dingtalk from '../../../protocol/dingtalk/markdown';
import { toCard, toFeishu } from '../../../protocol/feishu/markdown';
import { toNewer, toOlder } from '../../../protocol/wecom/markdown';

const toDingTalk = (text: string): string => dingtalk.toDingTalk(text).text;

/** Those that know fences. */
const FENCED: Record<string, (text: string) => string> = {
	CommonMark: (text) => rewrite(text, markdown),
	DingTalk: toDingTalk,
	'a Feishu post': (text) => toFeishu(text, []).text,
	'a Feishu card': (text) => toCard(text, []),
	'WeCom’s newer Markdown': toNewer,
};
const ALL = { ...FENCED, 'WeCom’s older Markdown': toOlder, 'plain text': toPlainText };

describe('Code is the same', () => {
	const CODE = '# install deps\nnpm i\n\n![c](https://x/a.png) **b** | a |\n\ttab  \n<b> &amp; \\n';
	const FORMS: Array<[string, string]> = [
		['a fence', `\`\`\`bash\n${CODE}\n\`\`\``],
		['a fence of tildes', `~~~\n${CODE}\n~~~`],
		['a longer fence', `\`\`\`\`md\n${CODE}\n\`\`\`\``],
		['a fence that does not end', `\`\`\`\n${CODE}`],
		['a fence that ends with a longer one', `\`\`\`\n${CODE}\n\`\`\`\`\`  `],
		['an indented fence', `  \`\`\`\n${CODE.replace(/^(?=.)/gm, '  ')}\n  \`\`\``],
		['an indented block', `a\n\n${CODE.replace(/^(?=.)/gm, '    ')}`],
		['a fence below a line of text', `text\n\`\`\`\n${CODE}\n\`\`\`\ntext`],
		[
			'a fence behind inline code that looks like one',
			`\`\`\`a\`\`\` b\n\n\`\`\`\n${CODE}\n\`\`\``,
		],
	];

	it.each(
		Object.entries(FENCED).flatMap(([name, write]) =>
			FORMS.map(([form, text]) => [form, name, text, write] as const),
		),
	)('in %s, for %s', (_form, _name, text, write) => {
		expect(write(`before\n\n${text}\n`)).toContain(`\n${CODE}\n`);
	});

	it('in a fence within a longer one', () => {
		const text = '````md\n```bash\n# install deps\nnpm i\n```\n````';
		for (const write of Object.values(FENCED)) expect(write(text)).toBe(text);
	});

	it.each(Object.entries(FENCED))('in a list and in a quote, for %s', (_, write) => {
		const shown = write('- a\n\n  ```sh\n  # x\n    y\n  ```\n\n> ```\n> # z\n> ```');
		expect(shown.replace(/ /g, '')).toBe('-a\n\n```sh\n#x\ny\n```\n\n>```\n>#z\n>```');
		expect(shown).toMatch(/^( *)# x\n\1 {2}y$/m);
	});

	it('in plain text, line by line', () => {
		expect(toPlainText(`a\n\n\`\`\`sh\n${CODE}\n\`\`\``)).toBe(`a\n\n${CODE}`);
	});
});

const TABLE = '| a | b |\n|---|:-:|\n| 1 | `x\\|y` |';

describe('Plain text', () => {
	it.each([
		['# Title #\n\ntext', 'Title\n\ntext'],
		['Title\n===\ntext', 'Title\ntext'],
		['**a** *b* `d` \\*e\\* &amp;', 'a b d *e* &'],
		['**注意：**请看', '注意：请看'],
		['2*3*4 = 24, **5**', '2*3*4 = 24, 5'],
		['- a\n  - b\n1. c\n2. d', '• a\n  • b\n1. c\n2. d'],
		['5. a\n6. b', '5. a\n6. b'],
		['> a\n> b', '> a\n> b'],
		['a\n\n---\n\nb', 'a\n\n———\n\nb'],
		[
			'[a](https://x.y) <https://z.y> [https://x.y](https://x.y)',
			'a (https://x.y) https://z.y https://x.y',
		],
		[
			'![图](https://x.y/z.png) ![](https://x.y/z.png)',
			'图 (https://x.y/z.png) (https://x.y/z.png)',
		],
		['看![](https://x.y/z.png)and this', '看(https://x.y/z.png)and this'],
		['a[](https://x.y)b ![]()', 'a(https://x.y)b'],
		['看![图](data:image/png;base64,AAAA)，后面', '看图，后面'],
		['a ![](DATA:image/png;base64,AAAA) b', 'a [图片 Picture] b'],
		['![](data:image/png;base64,AAAA)', '[图片 Picture]'],
		['[![b](https://i.y)](https://x.y)', 'b (https://x.y)'],
		['[a][1]\n\n[1]: https://x.y', 'a (https://x.y)'],
		['Sources:\n\n[1]: https://x.y', 'Sources:\n\n[1]: https://x.y'],
		[TABLE, '• a: 1 | b: x|y'],
		['| | b |\n|---|---|\n| 1 | |\n| | 2 |', '• 1\n• b: 2'],
		['| a | b |\n|---|---|', 'a | b'],
		['https://x.y/__init__?a=1&copy=2', 'https://x.y/__init__?a=1&copy=2'],
		['<b>x</b> &notAName;', '<b>x</b> &notAName;'],
		['# ', '# '],
	])('of %j is %j', (text, plain) => expect(toPlainText(text)).toBe(plain));
});

describe('Pictures', () => {
	it.each([
		['![c](https://x/a.png)', '[c](https://x/a.png)'],
		['![](https://x/a.png)', '[https://x/a.png](https://x/a.png)'],
		['![c](/a.png "t")', '[c](/a.png)'],
		['![c](data:image/png;base64,xx)', 'c'],
		['a ![](data:image/png;base64,xx) b', 'a [图片 Picture] b'],
		['![c](<a b.png>)', '[c](a%20b.png)'],
		['![c][r]\n\n[r]: https://x/a_(1).png', '[c](https://x/a_%281%29.png)'],
		['[![c](https://x/a.png)](https://y)', '[c](https://y)'],
		['![**c**](https://x/a.png)', '[**c**](https://x/a.png)'],
		['![c](img_v2_0a-1)', '![c](img_v2_0a-1)'],
		['![c](img_v2/../x)', '[c](img_v2/../x)'],
		['`![c](https://x/a.png)`', '`![c](https://x/a.png)`'],
		['| a |\n|---|\n| ![c](https://x/a.png) |', '| a |\n|---|\n| [c](https://x/a.png) |'],
		['> ![c](https://x/a.png)', '> [c](https://x/a.png)'],
		['!\\[c](https://x/a.png)', '!\\[c](https://x/a.png)'],
	])('%j are in Feishu %j', (text, shown) => {
		expect(toCard(text, [])).toBe(shown);
		expect(toFeishu(text, []).text).toBe(shown);
	});
});

describe('WeCom’s older Markdown', () => {
	it.each([
		['# a\n- b\n\n```js\nx\n\n  y\n```', '# a\n• b\n\n`x`\n\n`  y`'],
		[TABLE, '• a: 1 | b: `x|y`'],
		['*a* **b** <font color="info">d</font>', 'a **b** <font color="info">d</font>'],
		['2*3*4 = 24', '2*3*4 = 24'],
		['![c](https://x/y)', '[c](https://x/y)'],
		['a ![c](data:image/png;base64,xx) b ![](data:,)', 'a c b [图片 Picture]'],
	])('of %j is %j', (text, shown) => expect(toOlder(text)).toBe(shown));
});

describe('DingTalk', () => {
	it.each([
		['# a\nb\nc', '# a  \nb  \nc'],
		['- a\n- b\n  c', '- a  \n- b  \n    c'],
		['a\n```\nx\ny\n```\nb', 'a\n```\nx\ny\n```\nb'],
		['> a\n> b', '> a  \n> b'],
		['a  \nb', 'a  \nb'],
	])('%j is %j', (text, shown) => expect(toDingTalk(text)).toBe(shown));

	it.each([
		['a `b` [c](https://x)', 'a b c'],
		['> quoted', 'quoted'],
		['1. one\n2. two', '1. one'],
		[`${'😀'.repeat(60)}a`, '😀'.repeat(40)],
	])('%j has the title %j', (text, title) => expect(dingtalk.toDingTalk(text).title).toBe(title));
});

describe('What is struck out is not said', () => {
	it.each([
		['~~100~~ 80'],
		['原价~~100元~~80元'],
		['# ~~old~~ new'],
		['a ~~[b](https://x)~~'],
		['~~2*3~~ 8'],
		['| a |\n|---|\n| ~~1~~ 2 |'],
		['- ~~done~~\n- to do'],
		['> ~~no~~ yes'],
	])('%j', (text) => {
		for (const write of Object.values(ALL)) {
			expect(write(text).match(/~~[^~]+~~/g)).toHaveLength(1);
		}
	});

	it('nor in a title', () => {
		expect(dingtalk.toDingTalk('~~100~~ **80**').title).toBe('~~100~~ 80');
	});
});

const piece = fc.constantFrom(
	...[
		'a',
		'b c',
		'**',
		'*',
		'_',
		'`',
		'~~',
		'[',
		'](https://x)',
		'![',
		'# ',
		'> ',
		'- ',
		'1. ',
		'\n',
		'\n\n',
		'  ',
	],
	...[
		'```\n',
		'~~~\n',
		'| a | b |\n|---|---|\n',
		'    ',
		'---',
		'\\',
		'|',
		'===',
		'<b>',
		'[r]: /u\n',
		'[r]',
		'你好',
	],
);
const text = fc.array(piece, { maxLength: 25 }).map((pieces) => pieces.join(''));

describe('Any text', () => {
	it.each(Object.entries(ALL))('keeps its words for %s', (_, write) => {
		fc.assert(
			fc.property(text, (source) => {
				// The language of code may be left out.
				fc.pre(!/```|~~~/.test(source));
				expect(write(source).match(/你好/g)).toEqual(source.match(/你好/g));
			}),
			{ seed: 3, numRuns: 500 },
		);
	});

	// Of a heading a post makes a line of text, which may go on with what follows.
	const dialects = Object.entries(FENCED).filter(([name]) => name !== 'a Feishu post');
	it.each(dialects)('is written once for %s: a second time changes nothing', (_, write) => {
		fc.assert(
			fc.property(text, (source) => {
				expect(write(write(source))).toBe(write(source));
			}),
			{ seed: 5, numRuns: 500 },
		);
	});
});
