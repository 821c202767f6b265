import { BOT, inGroup, LI, messageOf, read } from './payloads';

describe('a message', () => {
	it.each([
		['image', { image_key: 'img_1' }, 'image', '', [{ kind: 'image', key: 'img_1' }]],
		[
			'file',
			{ file_key: 'f1', file_name: '报告.pdf' },
			'file',
			'',
			[{ kind: 'file', key: 'f1', name: '报告.pdf' }],
		],
		[
			'audio',
			{ file_key: 'f2', duration: 4000 },
			'audio',
			'',
			[{ kind: 'audio', key: 'f2', durationMs: 4000 }],
		],
		[
			'media',
			{ file_key: 'f3', image_key: 'i3', file_name: 'a.mp4', duration: 5000 },
			'video',
			'',
			[{ kind: 'video', key: 'f3', name: 'a.mp4', durationMs: 5000 }],
		],
		[
			'location',
			{ name: '天安门', longitude: '116.39', latitude: '39.90' },
			'location',
			'天安门 (39.90, 116.39)',
			[],
		],
		[
			'interactive',
			{
				title: 'Report',
				elements: [
					[
						{ tag: 'text', text: 'All ' },
						{ tag: 'text', text: 'well' },
					],
				],
			},
			'card',
			'Report\nAll well',
			[],
		],
		['sticker', { file_key: 's1' }, 'unknown', '', []],
		['share_chat', { chat_id: 'oc_9' }, 'unknown', '', []],
		['share_user', { user_id: 'ou_9' }, 'unknown', '', []],
		['merge_forward', { content: 'Merged and Forwarded Message' }, 'unknown', '', []],
		['system', { template: '{x}' }, 'unknown', '', []],
		['constructor', {}, 'unknown', '', []],
		['text', 'not json', 'text', '', []],
		['text', '[1]', 'text', '', []],
	])('of type %s %j is read', (type, content, contentType, text, attachments) => {
		expect(read(messageOf(type, content))).toMatchObject({ contentType, text, attachments });
	});

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

	it('with rich text below a language is read the same way', () => {
		const post = { zh_cn: { title: '', content: [[{ tag: 'text', text: 'hi' }]] } };
		expect(read(messageOf('post', post)).text).toBe('hi');
	});
});

describe('mentions', () => {
	it('of people become names, the bot’s own is taken out by its id', () => {
		const message = read(inGroup('@_user_1 ask @_user_2 please', BOT, LI), 'ou_bot');
		expect(message.text).toBe('ask @李四 please');
		expect(message.mentions).toEqual([{ id: 'ou_li', name: '李四' }]);
		expect(message.mentionedBot).toBe(true);
	});

	it('of another bot stay when the own id is known', () => {
		const message = read(inGroup('@_user_1 hi', BOT), 'ou_somebody_else');
		expect(message).toMatchObject({ text: '@ClawBot hi', mentionedBot: false });
	});

	it('are told apart by the missing user_id while the own id is not known', () => {
		const message = read(inGroup('@_user_2 and @_user_1 hi', BOT, LI));
		expect(message).toMatchObject({ text: '@李四 and hi', mentionedBot: true });
	});

	it('stay where the own one cannot be told', () => {
		const stranger = { ...LI, id: { open_id: 'ou_x' } };
		const message = read(inGroup('@_user_1 @_user_2 hi', BOT, stranger));
		expect(message).toMatchObject({ text: '@ClawBot @李四 hi', mentionedBot: true });
	});

	it('of people alone do not mention the bot', () => {
		expect(read(inGroup('@_user_2 hi', LI))).toMatchObject({
			text: '@李四 hi',
			mentionedBot: false,
		});
	});

	it('are not mixed up: @_user_1 is the beginning of @_user_10', () => {
		const mentions = Array.from({ length: 11 }, (_, index) => ({
			key: `@_user_${index + 1}`,
			id: { open_id: `ou_${index + 1}`, user_id: 'u' },
			name: `N${index + 1}`,
		}));
		expect(read(inGroup('@_user_10@_user_1@_user_11', ...mentions)).text).toBe('@N10@N1@N11');
	});

	it('whose name looks like a place are not replaced twice', () => {
		const odd = { ...LI, name: '@_user_1' };
		expect(read(inGroup('@_user_2 @_user_1', BOT, odd), 'ou_bot').text).toBe('@@_user_1');
	});

	it('under a key of any length are read: no expression is made of them', () => {
		const key = `@${'x'.repeat(900_000)}`;
		expect(read(inGroup('@_user_2 hi', { ...BOT, key }, LI)).text).toBe('@李四 hi');
	});

	it('are told from what is written directly behind them', () => {
		expect(read(inGroup('@_user_12 people', BOT, LI), 'ou_bot').text).toBe('2 people');
		expect(read(inGroup('@_user_2nd', BOT, LI), 'ou_bot').text).toBe('@李四nd');
	});

	it('of everybody are readable and marked', () => {
		const message = read(inGroup('@_all lunch', LI), 'ou_bot');
		expect(message.text).toBe('@所有人 lunch');
		expect(message.mentions).toContainEqual({ name: '所有人', all: true });
		expect(message.mentionedBot).toBe(false);
	});
});
