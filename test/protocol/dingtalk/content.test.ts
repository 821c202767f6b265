import { decode } from './payloads';

const contents: Array<[string, object, object]> = [
	[
		'a picture',
		{ msgtype: 'picture', content: { downloadCode: 'd1' } },
		{ contentType: 'image', text: '', attachments: [{ kind: 'image', key: 'd1' }] },
	],
	[
		'a voice message',
		{ msgtype: 'audio', content: { downloadCode: 'd1', duration: 4000, recognition: '你好 ' } },
		{
			contentType: 'audio',
			text: '你好',
			attachments: [{ kind: 'audio', key: 'd1', durationMs: 4000 }],
		},
	],
	[
		'a video',
		{ msgtype: 'video', content: { downloadCode: 'd1', duration: '5000' } },
		{ contentType: 'video', attachments: [{ kind: 'video', key: 'd1', durationMs: 5000 }] },
	],
	[
		'a file',
		{ msgtype: 'file', content: { downloadCode: 'd1', fileName: '表.xlsx' } },
		{ contentType: 'file', attachments: [{ kind: 'file', key: 'd1', name: '表.xlsx' }] },
	],
	[
		'rich text',
		{
			msgtype: 'richText',
			content: {
				richText: [{ text: 'look: ' }, { type: 'picture', downloadCode: 'd1' }, { text: 'nice' }],
			},
		},
		{ contentType: 'richText', text: 'look: nice', attachments: [{ kind: 'image', key: 'd1' }] },
	],
	[
		'rich text with a mention and an emoji',
		{
			msgtype: 'richText',
			content: {
				richText: [
					{ type: 'at', atName: '李四' },
					{ type: 'text', text: 'look ' },
					{ type: 'emoji', content: '[微笑]' },
				],
			},
		},
		{ contentType: 'richText', text: '@李四 look [微笑]' },
	],
	[
		'a forwarded chat',
		{
			msgtype: 'chatRecord',
			content: {
				title: '张三和李四的聊天记录',
				summary: '["张三:hi"]',
				chatRecord: JSON.stringify([
					{ senderNick: '张三', msgType: 'text', content: 'hi' },
					{ msgType: 'text', content: { content: 'ho' } },
					{ senderNick: '李四', msgType: 'picture', content: { downloadCode: 'd' } },
					{ senderNick: '李四', msgType: 'richText', content: { richText: [{ text: 'rich' }] } },
				]),
			},
		},
		{
			contentType: 'card',
			text: '张三和李四的聊天记录\n张三: hi\nho\n李四: [picture]\n李四: rich',
		},
	],
	[
		'a forwarded chat that is a list already',
		{
			msgtype: 'chatRecord',
			content: { title: '', chatRecord: [{ msgType: 'text', content: 'hi' }] },
		},
		{ text: 'hi' },
	],
	[
		'a forwarded chat of which only the summary is given',
		{ msgtype: 'chatRecord', content: { title: 'T', summary: '["A:hi","B:ho"]' } },
		{ text: 'T\nA:hi\nB:ho' },
	],
	[
		'a forwarded chat whose summary is no list',
		{ msgtype: 'chatRecord', content: { summary: 'A:hi', chatRecord: '[broken' } },
		{ text: 'A:hi' },
	],
	[
		'a forwarded chat in a forwarded chat',
		{
			msgtype: 'chatRecord',
			content: {
				chatRecord: [
					{ msgType: 'chatRecord', content: { title: 'T', chatRecord: '[{"content":"in"}]' } },
				],
			},
		},
		{ text: 'T\nin' },
	],
	[
		'an unknown type',
		{ msgtype: 'hologram', content: { downloadCode: 'd1' } },
		{ contentType: 'unknown', text: '', attachments: [] },
	],
];
test.each(contents)('%s is read', (_, body, expected) => {
	expect(decode(body)).toMatchObject(expected);
});

test('A group message mentions the bot; other people’s mentions stay', () => {
	const atUsers = [{ dingtalkId: '$bot' }, { dingtalkId: '$other', staffId: 'staff2' }];
	const text = { content: ' hi @小李 ' };
	expect(decode({ conversationType: '2', atUsers, text })).toMatchObject({
		conversationType: 'group',
		mentionedBot: true,
		text: 'hi @小李',
		mentions: [{ id: 'staff2' }],
	});
	expect(decode({ conversationType: '2', isInAtList: true }).mentionedBot).toBe(true);
	expect(decode({ conversationType: '2', isInAtList: false }).mentionedBot).toBe(false);
});

const BOT = { dingtalkId: '$bot' };
const LI = { dingtalkId: '$li', staffId: 'lisi' };
const WANG = { dingtalkId: '$wang', staffId: 'wangwu' };
test.each<[string, object[], string]>([
	[' ask  now', [BOT, LI], 'ask @lisi now'],
	['  ask  and  now', [BOT, LI, WANG], 'ask @lisi and @wangwu now'],
	[' ask now', [BOT, LI], 'ask now @lisi'],
	[' ask  and now', [LI, WANG], 'ask  and now @lisi @wangwu'],
	[' ask @李四 now', [BOT, LI], 'ask @李四 now'],
	[' ask a@b.cn  now', [BOT, LI], 'ask a@b.cn @lisi now'],
	[' mail a.b+c@所有人.cn now', [BOT, LI], 'mail a.b+c@所有人.cn now @lisi'],
	[' two  blanks', [BOT], 'two  blanks'],
	[' ask  now', [BOT, { dingtalkId: '$:LWCP_v1:$stranger' }], 'ask  now'],
	[' /help', [BOT, LI], '/help'],
	[' ', [BOT, LI], ''],
])('Of %j with mentions %j a model reads %j', (content, atUsers, text) => {
	expect(decode({ conversationType: '2', text: { content }, atUsers }).text).toBe(text);
});
