import * as feishu from '../../../protocol/feishu/encode';
import type { OutgoingMessage } from '../../../protocol/outgoing';

const { robotTextLimit, textLimit } = feishu;
const appMessage = (message: OutgoingMessage) => feishu.appMessage(feishu.written(message));
const robotBody = (message: OutgoingMessage) => feishu.robotBody(feishu.robotWritten(message));

const TABLE = '| a | b |\n|---|---|\n| 1 | 2 |';

const contentOf = (message: Parameters<typeof appMessage>[0]) => {
	const { msg_type: type, content } = appMessage(message);
	return { type, content: JSON.parse(content) };
};

describe('a message of the app', () => {
	it('as text is text', () => {
		expect(contentOf({ type: 'text', text: 'a "b"\n<c>' })).toEqual({
			type: 'text',
			content: { text: 'a "b"\n<c>' },
		});
	});

	it('as Markdown is a post with one md element', () => {
		expect(contentOf({ type: 'markdown', text: '**a**\n- b', title: ' T ' })).toEqual({
			type: 'post',
			content: { zh_cn: { title: 'T', content: [[{ tag: 'md', text: '**a**\n- b' }]] } },
		});
	});

	it('shows headings in bold, which posts lack, and leaves code alone', () => {
		const text = '# One\n## **Two** ##\n```\n# no heading\n```\n#tag';
		const { content } = contentOf({ type: 'markdown', text });
		expect(content.zh_cn.content[0][0].text).toBe('**One**\n**Two**\n```\n# no heading\n```\n#tag');
	});

	it.each([
		['# C#', '**C#**'],
		['# One  #  ', '**One**'],
		['   ###### Six', '**Six**'],
		['    # code', '```\n# code\n```'],
		['####### seven', '####### seven'],
		['# ', '# '],
	])('shows the heading %j as %j', (text, shown) => {
		expect(contentOf({ type: 'markdown', text }).content.zh_cn.content[0][0].text).toBe(shown);
	});

	it.each([
		['|---|---|', true],
		[' :--- | ---: ', true],
		['|:-:|:-:|', true],
		['|---|', false],
		['---', false],
		['|- -|---|', false],
		['|---||', false],
	])('takes %j for the rule of a table: %j', (rule, isTable) => {
		const { type } = contentOf({ type: 'markdown', text: `|a|b|\n${rule}` });
		expect(type).toBe(isTable ? 'interactive' : 'post');
	});

	it.each([
		['blanks in a heading', (run: number) => `# x${' '.repeat(run)}y`],
		['marks in a heading', (run: number) => `# x ${'#'.repeat(run)} y`],
		['blanks and marks', (run: number) => `# x${' #'.repeat(run)} y`],
		['dashes', (run: number) => `|${'-'.repeat(run)}x`],
		['bars', (run: number) => `${'|'.repeat(run)}x`],
		['blanks in a rule', (run: number) => `|-${' '.repeat(run)}|-${' '.repeat(run)}x`],
		['cells', (run: number) => `${'|-'.repeat(run)}|x`],
	])('reads a line of a hundred thousand %s', (_, line) => {
		const text = line(100_000);
		const shown = JSON.stringify(contentOf({ type: 'markdown', text }).content);
		expect(shown.length).toBeGreaterThan(100_000);
	});

	it('with a table is a card, which shows it', () => {
		const text = `# Report\n${TABLE}`;
		expect(contentOf({ type: 'markdown', text, title: 'T' })).toEqual({
			type: 'interactive',
			content: {
				schema: '2.0',
				header: { title: { tag: 'plain_text', content: 'T' } },
				body: { elements: [{ tag: 'markdown', content: text }] },
			},
		});
		const inCode = contentOf({ type: 'markdown', text: `\`\`\`\n${TABLE}\n\`\`\`` });
		expect(inCode.type).toBe('post');
	});

	it('with more than five tables shows the rest as written', () => {
		const text = Array.from({ length: 7 }, () => TABLE).join('\n\n');
		const { content } = contentOf({ type: 'markdown', text: `${text}\n\nend` });
		const shown: string = content.body.elements[0].content;
		expect(shown.match(/```/g)).toHaveLength(4);
		expect(shown.split('```')[0]!.match(/\|---\|/g)).toHaveLength(5);
		expect(shown.replace(/```\n/g, '')).toBe(`${text}\n\nend`);
	});

	it('mentions people and everybody', () => {
		const mentionIds = ['ou_1', 'ou_2'];
		expect(contentOf({ type: 'text', text: 'hi', mentionIds }).content.text).toBe(
			'hi\n<at user_id="ou_1"></at> <at user_id="ou_2"></at>',
		);
		const written = 'hi <at user_id="ou_1">A</at>';
		expect(contentOf({ type: 'text', text: written, mentionIds: ['ou_1'] }).content.text).toBe(
			written,
		);
		expect(contentOf({ type: 'text', text: 'hi', mentionAll: true }).content.text).toBe(
			'hi\n<at user_id="all">所有人</at>',
		);
		const post = contentOf({ type: 'markdown', text: 'hi', mentionIds });
		expect(post.content.zh_cn.content[1]).toEqual([
			{ tag: 'at', user_id: 'ou_1' },
			{ tag: 'at', user_id: 'ou_2' },
		]);
	});
});

describe('a message of a group robot', () => {
	it('as text has its content as an object', () => {
		expect(robotBody({ type: 'text', text: 'hi' })).toEqual({
			msg_type: 'text',
			content: { text: 'hi' },
		});
	});

	it('as Markdown is a card, as an object, with mentions', () => {
		expect(robotBody({ type: 'markdown', text: '# hi', mentionAll: true })).toEqual({
			msg_type: 'interactive',
			card: {
				schema: '2.0',
				body: { elements: [{ tag: 'markdown', content: '# hi\n<at id=all></at>' }] },
			},
		});
	});
});

describe('limits', () => {
	const KB = 1024;
	// Lines of ordinary length with some quotes, as answers of a model have them.
	const text = (bytes: number): string =>
		'The "quick" brown fox jumps over the lazy dog.\n'.repeat(bytes / 46).slice(0, bytes);

	it('keep the platform’s own, JSON included', () => {
		const size = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));
		const long = (type: 'text' | 'markdown'): number =>
			size(appMessage({ type, text: text(textLimit({ type, text: 'any' }).max) }));
		expect(long('text')).toBeLessThan(150 * KB);
		expect(long('markdown')).toBeLessThan(30 * KB);
		for (const type of ['text', 'markdown'] as const) {
			const { max } = robotTextLimit({ type, text: 'any' });
			expect(size(robotBody({ type, text: text(max) }))).toBeLessThan(20 * KB);
		}
	});
});
