import { BOT, LI, messageOf, read } from './payloads';

describe('a message', () => {
	it('with rich text is flattened: links, mentions, code, pictures', () => {
		const post = {
			title: '周报',
			content: [
				[
					{ tag: 'at', user_id: '@_user_1', user_name: 'ClawBot' },
					{ tag: 'text', text: ' see ' },
					{ tag: 'a', text: 'the page', href: 'https://example.com/a' },
					{ tag: 'text', text: ' and ' },
					{ tag: 'a', text: 'https://b.cn', href: 'https://b.cn' },
				],
				[
					{ tag: 'at', user_id: '@_user_2', user_name: '李四' },
					{ tag: 'emotion', emoji_type: 'SMILE' },
				],
				[{ tag: 'hr' }],
				[{ tag: 'code_block', language: 'SQL', text: 'select 1;\n' }],
				[{ tag: 'img', image_key: 'img_1' }],
				[{ tag: 'media', file_key: 'f1', image_key: 'img_2' }],
				[{ tag: 'at', user_id: 'all' }],
			],
		};
		const message = read(
			messageOf('post', post, { chat_type: 'group', mentions: [BOT, LI] }),
			'ou_bot',
		);
		expect(message).toMatchObject({
			contentType: 'richText',
			text: [
				'周报',
				'see [the page](https://example.com/a) and https://b.cn',
				'@李四[SMILE]',
				'---',
				'```sql\nselect 1;\n```',
				'',
				'',
				'@所有人',
			].join('\n'),
			attachments: [
				{ kind: 'image', key: 'img_1' },
				{ kind: 'video', key: 'f1' },
			],
			mentions: [
				{ id: 'ou_li', name: '李四' },
				{ name: '所有人', all: true },
			],
			mentionedBot: true,
		});
	});

	const hi = [[{ tag: 'text', text: 'hi' }]];
	const md = (text: string): object => ({ title: '', content_v2: [[{ tag: 'md', text }]] });
	it.each<[string, object, string]>([
		['below a language', { zh_cn: { title: '', content: hi } }, 'hi'],
		['below `post` and a language', { post: { zh_cn: { title: '', content: hi } } }, 'hi'],
		['below `post` alone', { post: { title: 'T', content: hi } }, 'T\nhi'],
		['as Markdown', md('**What** is this?'), '**What** is this?'],
		['as Markdown below a language', { en_us: md('hi') }, 'hi'],
		['as Markdown below both', { post: { zh_cn: md('hi') } }, 'hi'],
		['beside Markdown', { ...md('**hi**'), content: hi }, 'hi'],
		['beside lines with nothing in them', { ...md('**hi**'), content: [[]] }, '**hi**'],
		['beside lines of an unknown kind', { ...md('**hi**'), content: [[{ tag: 'x' }]] }, '**hi**'],
		[
			'in several languages',
			{ en_us: { content: hi }, zh_cn: { content: [[{ tag: 'text', text: '你好' }]] } },
			'你好',
		],
		[
			'in another language where Chinese is empty',
			{ zh_cn: { title: '', content: [] }, ja_jp: { content: hi } },
			'hi',
		],
		['in a language of its own', { de_de: { title: 'T', content: hi } }, 'T\nhi'],
		['in lines that are JSON', { title: 'T', content: JSON.stringify(hi) }, 'T\nhi'],
		['in a language that is JSON', { zh_cn: JSON.stringify({ content: hi }) }, 'hi'],
		['in lines of bare texts', { content: [['hi ', 'there']] }, 'hi there'],
		['as a text of Markdown', { title: 'T', content_v2: '**hi**' }, 'T\n**hi**'],
		['as a text', { content: 'hi' }, 'hi'],
		['below a `post` that is JSON', { post: JSON.stringify({ zh_cn: { content: hi } }) }, 'hi'],
		['as a title', { title: 'T', content: [] }, 'T'],
		['as a title below a language', { zh_cn: { title: 'T' } }, 'T'],
		['in one line that is no list', { content: [{ tag: 'text', text: 'hi' }] }, 'hi'],
		['nowhere', { zh_cn: 1, post: [2], content: { a: 1 } }, ''],
	])('with rich text %s is read', (_, post, text) => {
		expect(read(messageOf('post', post)).text).toBe(text);
		// Some ways deliver the content itself, not its JSON.
		expect(read(messageOf('post', '', { content: post })).text).toBe(text);
	});

	it('with code in the same line as words keeps its fences', () => {
		const code = { tag: 'code_block', language: 'GO', text: 'x' };
		const line = [{ tag: 'text', text: 'see' }, code, { tag: 'text', text: 'now' }];
		expect(read(messageOf('post', { content: [line] })).text).toBe('see\n```go\nx\n```\nnow');
	});

	it.each([
		['is <at user_id="ou_x">Bob</at> in?', 'is @Bob in?'],
		['is <at user_id="ou_li">whoever</at> in?', 'is @李四 in?'],
		['is <at id=ou_li></at> in?', 'is @李四 in?'],
		["is <at open_id='ou_li'/> in?", 'is @李四 in?'],
		['<at user_id="ou_bot">ClawBot</at> is Li in?', 'is Li in?'],
		['<at id=@_user_1></at> is Li in?', 'is Li in?'],
		['<at user_id="all">all</at> lunch', '@所有人 lunch'],
		['<at id=all_members></at> lunch', '@所有人 lunch'],
		['<at id="ou_x"></at> in?', '@ou_x in?'],
		['a < b, <at>, <at x=1> and <b>', 'a < b, <at>, <at x=1> and <b>'],
		[
			'see ![chart](img_v3_1) and ![c](https://x.invalid/a.png)',
			'see  and ![c](https://x.invalid/a.png)',
		],
	])('with the Markdown %j comes out as %j', (text, expected) => {
		for (const node of [
			{ tag: 'md', text },
			{ tag: 'markdown', content: text },
		]) {
			const post = messageOf(
				'post',
				{ content: [[node]] },
				{ chat_type: 'group', mentions: [BOT, LI] },
			);
			expect(read(post, 'ou_bot').text).toBe(expected);
		}
	});

	it('with pictures in Markdown has them as attachments', () => {
		const post = { content_v2: [[{ tag: 'md', text: '![a](img_v3_1)![b](img_v3_2)' }]] };
		expect(read(messageOf('post', post))).toMatchObject({
			text: '',
			attachments: [
				{ kind: 'image', key: 'img_v3_1' },
				{ kind: 'image', key: 'img_v3_2' },
			],
		});
	});

	it('of a megabyte of beginnings is read in no time', () => {
		for (const text of ['<at ', '<at id=a>', '![', '<at user_id=" '].map((part) =>
			part.repeat(60_000),
		)) {
			expect(typeof read(messageOf('post', { content: [[{ tag: 'md', text }]] })).text).toBe(
				'string',
			);
		}
	});
});
