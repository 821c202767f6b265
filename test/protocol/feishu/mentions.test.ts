import { BOT, inGroup, LI, messageOf, read } from './payloads';

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

	it('that Feishu lists are mentions wherever they stand', () => {
		const text = 'Thanks@_user_2.See https://x.cn/@_user_2 and @_user_2@_all.Bye';
		expect(read(inGroup(text, LI)).text).toBe(
			'Thanks@李四.See https://x.cn/@李四 and @李四@所有人.Bye',
		);
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
		['hi@_all lunch', 'hi@所有人 lunch', [ALL]],
		['lunch @_all.', 'lunch @所有人.', [ALL]],
		['a@_all.com', 'a@_all.com', []],
		['write to a.b+c@_all.com, please', 'write to a.b+c@_all.com, please', []],
		['a@_all.com @_all', 'a@_all.com @所有人', [ALL]],
		['mailto:a@_all.example.org', 'mailto:a@_all.example.org', []],
		['git@_all:team/repo', 'git@_all:team/repo', []],
		['a@_all-hands.cn', 'a@_all-hands.cn', []],
		['邮箱：zhang@_all.cn。', '邮箱：zhang@_all.cn。', []],
		['https://x.cn/@_all', 'https://x.cn/@_all', []],
		['https://x.cn/@_all/posts?by=@_all @_all', 'https://x.cn/@_all/posts?by=@_all @所有人', [ALL]],
		['https://x.cn看@_all', 'https://x.cn看@所有人', [ALL]],
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
