import { BOT, inGroup, LI, messageOf, read } from './payloads';

describe('a message', () => {
	it.each<[string, unknown, string, string, object[]]>([
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
		[
			'interactive',
			{
				header: { title: { tag: 'plain_text', content: 'Report' } },
				body: {
					elements: [
						{ tag: 'div', text: { tag: 'lark_md', content: 'All **well**' } },
						{
							tag: 'column_set',
							columns: [{ tag: 'column', elements: [{ tag: 'markdown', content: 'a' }] }],
						},
						{
							tag: 'action',
							actions: [{ tag: 'button', text: { tag: 'plain_text', content: 'OK' } }],
						},
					],
				},
			},
			'card',
			'Report\nAll **well**\na\nOK',
			[],
		],
		[
			'video',
			{ file_key: 'f3', file_name: 'a.mp4', duration: '5000' },
			'video',
			'',
			[{ kind: 'video', key: 'f3', name: 'a.mp4', durationMs: 5000 }],
		],
		['sticker', { file_key: 's1' }, 'unknown', '', [{ kind: 'sticker', key: 's1' }]],
		[
			'folder',
			{ file_key: 'd1', file_name: '资料' },
			'unknown',
			'',
			[{ kind: 'folder', key: 'd1', name: '资料' }],
		],
		['share_chat', { chat_id: 'oc_9' }, 'card', '[群名片]\noc_9', []],
		['share_user', { user_id: 'ou_9' }, 'card', '[个人名片]\nou_9', []],
		[
			'merge_forward',
			{ content: 'Merged and Forwarded Message' },
			'card',
			'[合并转发的聊天记录]',
			[],
		],
		['merge_forward', '', 'card', '[合并转发的聊天记录]', []],
		[
			'system',
			{
				template: '{from_user} invited {to_chatters}.{x}',
				from_user: ['A'],
				to_chatters: ['B', 'C'],
			},
			'unknown',
			'A invited B, C.{x}',
			[],
		],
		['system', { template: '{x}' }, 'unknown', '{x}', []],
		[
			'todo',
			{
				task_id: 't1',
				summary: {
					title: '周报',
					content: [
						[
							{ tag: 'text', text: 'write ' },
							{ tag: 'text', text: 'it' },
						],
					],
				},
				due_time: '1764547200000',
			},
			'card',
			'[待办]\n周报\nwrite it\n截止 2025-12-01 08:00 (UTC+8)',
			[],
		],
		['todo', {}, 'card', '[待办]', []],
		['vote', { topic: '午饭', options: ['面', '饭'] }, 'card', '[投票]\n午饭\n- 面\n- 饭', []],
		...['calendar', 'general_calendar', 'share_calendar_event'].map<
			[string, unknown, string, string, object[]]
		>((type) => [
			type,
			{ summary: '周会', start_time: '1764547200000', end_time: '1764550800000' },
			'card',
			'[日程]\n周会\n2025-12-01 08:00 (UTC+8) ~ 2025-12-01 09:00 (UTC+8)',
			[],
		]),
		[
			'video_chat',
			{ topic: '站会', start_time: '1764547200000' },
			'card',
			'[视频会议]\n站会\n2025-12-01 08:00 (UTC+8)',
			[],
		],
		['video_chat', { topic: '站会', start_time: '9e99' }, 'card', '[视频会议]\n站会', []],
		['hongbao', { text: '恭喜发财' }, 'card', '[红包]\n恭喜发财', []],
		['hologram', { text: 'readable' }, 'unknown', 'readable', []],
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

	it('whose elements nest without end is read as far as anybody writes', () => {
		const opened = '{"tag":"column","elements":['.repeat(5000);
		const card = `{"elements":[${opened}{"tag":"markdown","content":"deep"}${']}'.repeat(5000)}]}`;
		expect(read(messageOf('interactive', card)).text).toBe('');
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

	const ALL = { name: '所有人', all: true };
	it.each<[string, object]>([
		['their key', { key: '@_all', name: '所有人' }],
		[
			'their key, with ids that say nothing',
			{ key: '@_all', id: { open_id: '', user_id: '' }, name: 'all' },
		],
		['an id that is a text', { key: '@_user_5', id: 'all', name: 'Everyone' }],
		['an open id', { key: '@_user_5', id: { open_id: 'all' }, name: 'all' }],
		['a user id', { key: '@_user_5', id: { user_id: 'all_members' }, name: 'all' }],
	])('of everybody in the list, told by %s, are one and not the bot', (_, mention) => {
		const { key } = mention as { key: string };
		for (const botOpenId of [undefined, 'ou_bot']) {
			const message = read(inGroup(`${key} lunch`, mention), botOpenId);
			expect(message).toMatchObject({ text: '@所有人 lunch', mentionedBot: false });
			expect(message.mentions).toEqual([ALL]);
		}
	});

	it.each([
		['explain @_all_users', 'explain @_all_users', []],
		['explain @_all1', 'explain @_all1', []],
		['@_all', '@所有人', [ALL]],
		['@_all,开会', '@所有人,开会', [ALL]],
		['@_all开会', '@所有人开会', [ALL]],
		['大家@_all 开会', '大家@所有人 开会', [ALL]],
	])('of everybody are whole words: %j', (text, expected, mentions) => {
		expect(read(inGroup(text))).toMatchObject({ text: expected, mentions });
	});

	it.each(['all', 'all_members', '@_all'])(
		'of everybody in a post under the id %s are marked',
		(user_id) => {
			const post = {
				content: [
					[
						{ tag: 'at', user_id, user_name: '所有人' },
						{ tag: 'text', text: ' lunch' },
					],
				],
			};
			const message = read(messageOf('post', post, { chat_type: 'group' }));
			expect(message).toMatchObject({
				text: '@所有人 lunch',
				mentions: [ALL],
				mentionedBot: false,
			});
		},
	);

	const typed = (mentioned_type: string, ids: object): object => ({
		...BOT,
		id: ids,
		mentioned_type,
	});
	it.each<[string, object[], string, boolean]>([
		['a person without a user id', [typed('user', { open_id: 'ou_1' })], '@ClawBot hi', false],
		['a person with one', [typed('user', { open_id: 'ou_1', user_id: 'u' })], '@ClawBot hi', false],
		['a bot', [typed('bot', { open_id: 'ou_1' })], 'hi', true],
		['a bot with a user id', [typed('bot', { open_id: 'ou_1', user_id: 'u' })], 'hi', true],
		[
			'a bot and a person',
			[
				typed('bot', { open_id: 'ou_1' }),
				{ ...LI, mentioned_type: 'user', id: { open_id: 'ou_2' } },
			],
			'hi',
			true,
		],
	])('are told apart by their type while the own id is not known: %s', (_, mentions, text, bot) => {
		expect(read(inGroup('@_user_1 hi', ...mentions))).toMatchObject({ text, mentionedBot: bot });
	});

	it('of the own id are the bot’s, whatever their type says', () => {
		const message = read(inGroup('@_user_1 hi', typed('user', BOT.id)), 'ou_bot');
		expect(message).toMatchObject({ text: 'hi', mentionedBot: true });
	});

	it.each([
		'\u200b',
		'\ufeff',
		'\u2060',
		'\u200e',
		'\u2068',
		'\u00ad',
		'\u3164',
		'\ufe0f',
		'\u3000\u200b ',
	])('and %j hide no command', (hidden) => {
		expect(
			read(inGroup(`${hidden}@_user_1${hidden}/help${hidden.replace('\ufe0f', '')}`, BOT), 'ou_bot')
				.text,
		).toBe('/help');
		expect(read(messageOf('text', { text: `${hidden}/help` })).text).toBe('/help');
		expect(read(messageOf('text', { text: hidden })).text).toBe('');
	});
});
