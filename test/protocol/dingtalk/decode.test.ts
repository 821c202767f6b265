import fc from 'fast-check';
import { decodeEvent, decodeMessage, decodeStreamEvent } from '../../../protocol/dingtalk/decode';
import { Refused } from '../../../protocol/verify';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const context = { nowMs: NOW, isTrustedUrl: (url: string) => url.startsWith('https://oapi.') };
const decode = (more: object) =>
	decodeMessage(
		{
			msgId: 'msg1',
			conversationId: 'cid1',
			conversationType: '1',
			createAt: NOW - 1000,
			senderId: '$:LWCP_v1:$abc',
			senderNick: '小王',
			senderStaffId: 'staff1',
			chatbotUserId: '$bot',
			msgtype: 'text',
			text: { content: 'hi' },
			sessionWebhook: 'https://oapi.dingtalk.com/robot/sendBySession?session=1',
			sessionWebhookExpiredTime: NOW + 5_400_000,
			...more,
		},
		context,
	);

test('A text becomes a message', () => {
	const { raw, ...message } = decode({});
	expect(raw).toMatchObject({ msgId: 'msg1' });
	expect(message).toEqual({
		platform: 'dingtalk',
		kind: 'message',
		messageId: 'msg1',
		conversationId: 'cid1',
		conversationType: 'direct',
		sender: { id: 'staff1', name: '小王' },
		contentType: 'text',
		text: 'hi',
		mentions: [],
		mentionedBot: false,
		attachments: [],
		replyTo: {
			platform: 'dingtalk',
			messageId: 'msg1',
			conversationId: 'cid1',
			conversationType: 'direct',
			userId: 'staff1',
			sessionWebhook: 'https://oapi.dingtalk.com/robot/sendBySession?session=1',
			sessionExpiresAt: NOW + 5_400_000,
		},
		sentAt: '2025-12-31T23:59:59.000Z',
		receivedAt: '2026-01-01T00:00:00.000Z',
	});
});

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

test('A person outside the company has the id that DingTalk gives, and no user id to send to', () => {
	const message = decode({ senderStaffId: undefined });
	expect(message.sender.id).toBe('$:LWCP_v1:$abc');
	expect(message.replyTo).not.toHaveProperty('userId');
});

test('A session webhook of a stranger’s host is left out: the body is not signed', () => {
	const message = decode({ sessionWebhook: 'https://evil.example/robot/sendBySession?session=1' });
	expect(message.replyTo).not.toHaveProperty('sessionWebhook');
});

const replied = (content: unknown, more: object = {}) => ({
	text: {
		content: ' translate this',
		isReplyMsg: true,
		repliedMsg: { msgId: 'm0', content, ...more },
	},
});
const picture = { kind: 'image', key: 'd1' };
const quotes: Array<[string, object, object]> = [
	[
		'under `content`',
		replied({ content: 'Guten Morgen' }, { msgType: 'text' }),
		{ messageId: 'm0', text: 'Guten Morgen' },
	],
	[
		'under `text`',
		replied({ text: 'Guten Morgen' }, { msgType: 'text' }),
		{ messageId: 'm0', text: 'Guten Morgen' },
	],
	['itself', replied('Guten Morgen'), { messageId: 'm0', text: 'Guten Morgen' }],
	['in JSON', replied('{"text":"Guten Morgen"}'), { messageId: 'm0', text: 'Guten Morgen' }],
	[
		'in JSON as a whole',
		{
			text: { content: 'x', repliedMsg: JSON.stringify({ msgId: 'm0', content: { text: 'hi' } }) },
		},
		{ messageId: 'm0', text: 'hi' },
	],
	[
		'in rich text that is JSON',
		replied(
			{ richText: JSON.stringify([{ msgType: 'text', content: 'hi' }]) },
			{ msgType: 'richText' },
		),
		{ messageId: 'm0', text: 'hi' },
	],
	['in parts', replied([{ text: 'h' }, { text: 'i' }]), { messageId: 'm0', text: 'hi' }],
	['that is a number', replied('42'), { messageId: 'm0', text: '42' }],
	[
		'in a forwarded chat',
		replied({ title: 'T', chatRecord: '[{"content":"hi"}]' }, { msgType: 'chatRecord' }),
		{ messageId: 'm0', text: 'T\nhi' },
	],
	[
		'in rich text, as messages write it',
		replied(
			{
				richText: [{ text: 'Guten ' }, { text: 'Morgen' }, { type: 'picture', downloadCode: 'd1' }],
			},
			{ msgType: 'richText' },
		),
		{ messageId: 'm0', text: 'Guten Morgen', attachments: [picture] },
	],
	[
		'in rich text, as quotes write it',
		replied({
			richText: [
				{ msgType: 'text', content: 'Guten Morgen' },
				{ msgType: 'picture', downloadCode: 'd1' },
			],
		}),
		{ messageId: 'm0', text: 'Guten Morgen', attachments: [picture] },
	],
	[
		'in Markdown',
		replied({ title: 'T', text: '**Guten Morgen**' }, { msgType: 'markdown' }),
		{ messageId: 'm0', text: '**Guten Morgen**' },
	],
	[
		'of a voice message',
		replied({ recognition: 'Guten Morgen', downloadCode: 'd1' }, { msgType: 'audio' }),
		{ messageId: 'm0', text: 'Guten Morgen', attachments: [{ kind: 'audio', key: 'd1' }] },
	],
	[
		'of nobody, but a picture',
		replied({ downloadCode: 'd1' }, { msgType: 'picture' }),
		{ messageId: 'm0', attachments: [picture] },
	],
	[
		'of nobody, but a file',
		replied({ downloadCode: 'd1', fileName: 'a.pdf' }, { msgType: 'file' }),
		{ messageId: 'm0', attachments: [{ kind: 'file', key: 'd1', name: 'a.pdf' }] },
	],
	[
		'of nobody, but a card',
		replied(undefined, { msgType: 'interactiveCard' }),
		{ messageId: 'm0' },
	],
	[
		'of somebody',
		replied({ text: 'hi' }, { senderId: '$:x', senderNick: '李四' }),
		{ messageId: 'm0', text: 'hi', sender: { id: '$:x', name: '李四' } },
	],
	[
		'without an id',
		{ text: { content: 'x', repliedMsg: { content: { text: 'hi' } } } },
		{ text: 'hi' },
	],
	[
		'in the content',
		{ msgtype: 'richText', content: { richText: [], repliedMsg: { content: { text: 'hi' } } } },
		{ text: 'hi' },
	],
	[
		'under its old name',
		{ quoteMessage: { msgId: 'm0', text: { content: 'hi' } } },
		{ messageId: 'm0', text: 'hi' },
	],
	[
		'in the content under its old name',
		{ msgtype: 'picture', content: { quoteContent: 'hi' } },
		{ text: 'hi' },
	],
	['of which only the id is given', { originalMsgId: 'm0' }, { messageId: 'm0' }],
];
test.each(quotes)('A quoted text %s is read', (_, body, quote) => {
	expect(decode(body).quote).toEqual(quote);
});

test('A quote keeps the person’s own words apart, and may be all that there is', () => {
	expect(decode(replied({ text: 'Guten Morgen' })).text).toBe('translate this');
	const alone = {
		text: { content: '', isReplyMsg: true, repliedMsg: { content: { text: 'hi' } } },
	};
	expect(decode(alone)).toMatchObject({ contentType: 'text', text: '', quote: { text: 'hi' } });
	expect(decode({})).not.toHaveProperty('quote');
	expect(decode({ text: { content: 'x', isReplyMsg: true } })).not.toHaveProperty('quote');
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
	[' two  blanks', [BOT], 'two  blanks'],
	[' ask  now', [BOT, { dingtalkId: '$:LWCP_v1:$stranger' }], 'ask  now'],
	[' /help', [BOT, LI], '/help'],
	[' ', [BOT, LI], ''],
])('Of %j with mentions %j a model reads %j', (content, atUsers, text) => {
	expect(decode({ conversationType: '2', text: { content }, atUsers }).text).toBe(text);
});

test.each(['\u200b', '\ufeff', '\u2060', '\u200f', '\u00ad'])(
	'%j in front hides no command',
	(hidden) => {
		expect(decode({ text: { content: ` ${hidden} /help ${hidden}` } }).text).toBe('/help');
	},
);

test('A quoted message’s id and a time that is no time are read', () => {
	const message = decode({ originalMsgId: 'msg0', createAt: 'soon' });
	expect(message).toMatchObject({ quote: { messageId: 'msg0' }, sentAt: message.receivedAt });
});

test.each(['msgId', 'conversationId', 'msgtype'])('A message without %s is refused', (name) => {
	expect(() => decode({ [name]: undefined })).toThrow(Refused);
});

test('An event keeps its type and fields under the id that is given to it', () => {
	const event = { EventType: 'user_add_org', TimeStamp: String(NOW), operatorUserId: 'boss' };
	expect(decodeEvent(event, 'id1', NOW)).toMatchObject({
		kind: 'event',
		messageId: 'id1',
		sender: { id: 'boss' },
		event: { type: 'user_add_org', data: event },
		sentAt: '2026-01-01T00:00:00.000Z',
	});
	expect(() => decodeEvent({}, 'id1', NOW)).toThrow(Refused);
});

test.each<[object, object]>([
	[
		{ ChatId: 'chat1', Operator: 'boss', OperatorUnionId: 'u1', UserId: ['a'] },
		{ conversationId: 'chat1', conversationType: 'group', sender: { id: 'boss', unionId: 'u1' } },
	],
	[
		{ chatId: 'chat1', openConversationId: 'cid1', operator: 'boss', operatorUnionId: 'u1' },
		{ conversationId: 'cid1', conversationType: 'group', sender: { id: 'boss', unionId: 'u1' } },
	],
	[
		{ OptStaffId: 'boss', UserId: ['a'] },
		{ conversationType: 'direct', sender: { id: 'boss' } },
	],
	[{ staffId: 'applicant' }, { sender: { id: 'applicant' } }],
	[{ UserId: ['a'] }, { conversationId: '', sender: { id: '' } }],
])('Of an event %j it is said where, and by whom', (fields, expected) => {
	const type = 'chat_add_member';
	expect(decodeEvent({ EventType: type, ...fields }, 'id1', NOW)).toMatchObject(expected);
	const headers = { eventType: type, eventId: 'e1' };
	const frame = {
		specVersion: '1.0',
		type: 'EVENT' as const,
		headers,
		data: JSON.stringify(fields),
	};
	expect(decodeStreamEvent(frame, NOW)).toMatchObject(expected);
});

describe('An event of the stream', () => {
	const headers = {
		topic: '*',
		messageId: 'm1',
		eventType: 'user_add_org',
		eventId: 'e1',
		eventBornTime: String(NOW - 2000),
		time: String(NOW - 1000),
	};
	const frame = (change: object, data = '{"userId":["a"]}') => ({
		...{ specVersion: '1.0', type: 'EVENT' as const, data },
		headers: { ...headers, ...change },
	});

	test('has its type, id and time in the headers', () => {
		expect(decodeStreamEvent(frame({}), NOW)).toMatchObject({
			kind: 'event',
			messageId: 'e1',
			event: { type: 'user_add_org', data: { userId: ['a'] } },
			sentAt: '2025-12-31T23:59:58.000Z',
		});
	});

	test('has the frame’s id and time where it has none of its own', () => {
		expect(decodeStreamEvent(frame({ eventId: '', eventBornTime: '' }), NOW)).toMatchObject({
			messageId: 'm1',
			sentAt: '2025-12-31T23:59:59.000Z',
		});
	});

	test.each([
		['without a type', frame({ eventType: '' })],
		['without any id', frame({ eventId: '', messageId: '' })],
		['that is no document', frame({}, 'x')],
		['that is a list', frame({}, '[]')],
	])('%s is refused', (_, bad) => {
		expect(() => decodeStreamEvent(bad, NOW)).toThrow(Refused);
	});
});

test('Whatever stands in the fields, nothing but a refusal is thrown', () => {
	const names = [
		'msgId',
		'conversationId',
		'msgtype',
		'text',
		'content',
		'createAt',
		'atUsers',
		'sessionWebhook',
		'quoteMessage',
		'repliedMsg',
	];
	const value = fc.oneof(
		fc.constantFrom('richText', 'audio', 'picture', 'chatRecord'),
		fc.jsonValue(),
		fc.record({ repliedMsg: fc.jsonValue() }),
		fc.record({ chatRecord: fc.jsonValue(), summary: fc.jsonValue() }),
	);
	fc.assert(
		fc.property(fc.dictionary(fc.constantFrom(...names), value), (changes) => {
			try {
				const message = decode(changes);
				expect(typeof message.text).toBe('string');
				expect(message.messageId).not.toBe('');
				expect(Date.parse(message.sentAt)).not.toBeNaN();
			} catch (error) {
				expect(error).toBeInstanceOf(Refused);
			}
		}),
		{ numRuns: 1000 },
	);
});
