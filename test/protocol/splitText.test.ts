import fc from 'fast-check';
import { textLimit } from '../../protocol/dingtalk/encode';
import { cutText, splitText } from '../../protocol/splitText';
import { byteLength } from '../../protocol/text';

const words = fc.stringMatching(/^[a-z你好世界😀é ]{0,40}$/u);
const fence = fc.constantFrom('```', '```js', '~~~');
const block = fc
	.tuple(fence, fc.array(words, { maxLength: 6 }))
	.map(([mark, lines]) => [mark, ...lines, mark.slice(0, 3)].join('\n'));
const document = fc
	.array(fc.oneof(words, block, fc.constant('')), { minLength: 1, maxLength: 20 })
	.map((lines) => lines.join('\n'));

/** Everything that is not white space or a fence, in order. */
const substance = (text: string): string =>
	text
		.split('\n')
		.filter((line) => !/^\s*(```|~~~)/.test(line))
		.join('')
		.replace(/\s/g, '');

/** A code block that is opened is closed by the same mark. */
function isBalanced(part: string): boolean {
	let open: string | undefined;
	for (const line of part.split('\n')) {
		const mark = /^\s*(```|~~~)(.*)$/.exec(line);
		if (!mark) continue;
		if (!open) open = mark[1];
		else if (mark[1] === open && !mark[2]) open = undefined;
	}
	return open === undefined;
}

describe('A long text', () => {
	it('is left alone where it fits, whatever it holds', () => {
		expect(splitText('a\n\nb', 4)).toEqual(['a\n\nb']);
		expect(splitText(' \n ', 100)).toEqual([]);
	});

	it('is cut between paragraphs first, then between lines, then inside a line', () => {
		expect(splitText('one\n\ntwo', 5)).toEqual(['one', 'two']);
		expect(splitText('one\ntwo', 5)).toEqual(['one', 'two']);
		expect(splitText('onetwo', 4).join('')).toBe('onetwo');
	});

	it('takes code within a line for no code block', () => {
		expect(splitText('```a``` b\n\none\n\ntwo', 14)).toEqual(['```a``` b', 'one\n\ntwo']);
	});

	it('is never cut inside a character', () => {
		const family = '👨‍👩‍👧‍👦';
		expect(splitText(family.repeat(3), byteLength(family) + 1)).toEqual([family, family, family]);
	});

	it('has parts within the limit, none of them empty, and loses nothing', () => {
		fc.assert(
			fc.property(document, fc.integer({ min: 40, max: 200 }), (text, limit) => {
				const parts = splitText(text, limit);
				for (const part of parts) {
					expect(byteLength(part)).toBeLessThanOrEqual(limit);
					expect(part.trim()).not.toBe('');
				}
				expect(substance(parts.join('\n'))).toBe(substance(text));
			}),
			{ numRuns: 500 },
		);
	});

	it('closes and opens again a code block that is cut', () => {
		fc.assert(
			fc.property(document, fc.integer({ min: 40, max: 200 }), (text, limit) => {
				fc.pre(isBalanced(text));
				expect(splitText(text, limit).filter((part) => !isBalanced(part))).toEqual([]);
			}),
			{ numRuns: 500 },
		);
	});

	it('takes no longer than its length asks for, whatever it is made of', () => {
		const size = 500_000;
		for (const line of ['a\n', '\n', 'a\n\n', '```\n', '~~~js\na\n', 'a', '` ', '\u0301']) {
			const text = line.repeat(size / line.length);
			for (const part of splitText(text, 2048)) expect(byteLength(part)).toBeLessThan(2049);
		}
		const marks = `${'`'.repeat(size)}\rx`;
		expect(splitText(marks, 20_000).join('')).toBe(marks);
	});

	it('does not repeat a long line that opens a code block', () => {
		const opening = `\`\`\`js ${'x'.repeat(400)}`;
		const parts = splitText(`${opening}\n${'code\n'.repeat(300)}\`\`\``, 500);
		expect(parts.length).toBeLessThan(6);
		expect(parts.filter((part) => !isBalanced(part))).toEqual([]);
		expect(parts[1]).toMatch(/^```\ncode/);
	});

	it('would not be balanced where it is cut by length alone (control)', () => {
		const text = `\`\`\`\n${'code line\n'.repeat(20)}\`\`\``;
		expect(isBalanced(text.slice(0, 100))).toBe(false);
	});
});

test('A text is split by another measure than bytes where one is given', () => {
	const { max, sizeOf } = textLimit({ type: 'text', text: 'any' });
	const parts = splitText('"a"\n你好\n'.repeat(10_000), max, sizeOf);
	for (const part of parts) expect(sizeOf(part)).toBeLessThanOrEqual(max);
	expect(parts.length).toBe(Math.ceil((10_000 * sizeOf('"a"\n你好\n')) / max));

	const doubled = (text: string): number => 2 * byteLength(text);
	expect(splitText('one two', 8, doubled)).toEqual(['one', 'two']);
	expect(splitText('one', 6, doubled)).toEqual(['one']);
});

describe('The beginning of a text that is too long', () => {
	const MAX_BYTES = 20_480;

	it('fits, begins as the text does and shows the cut', () => {
		const text = `第一段\n\n${'很长的一段。'.repeat(3000)}`;
		const cut = cutText(text, MAX_BYTES);
		expect(byteLength(cut)).toBeLessThanOrEqual(MAX_BYTES);
		expect(cut.startsWith('第一段')).toBe(true);
		expect(cut.endsWith('\n\n…')).toBe(true);
	});

	it('keeps of one long line as much as there is room for', () => {
		const cut = cutText('x'.repeat(30_000), MAX_BYTES);
		expect(byteLength(cut)).toBeLessThanOrEqual(MAX_BYTES);
		expect(byteLength(cut)).toBeGreaterThan(MAX_BYTES - 20);
	});

	it('closes the code block in which it is cut', () => {
		const cut = cutText(`\`\`\`\n${'code\n'.repeat(6000)}\`\`\``, MAX_BYTES);
		expect(byteLength(cut)).toBeLessThanOrEqual(MAX_BYTES);
		expect(cut.match(/```/g)).toHaveLength(2);
	});
});
