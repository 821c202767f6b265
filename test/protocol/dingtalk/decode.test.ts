import fc from 'fast-check';
import { decodeEvent, decodeMessage } from '../../../protocol/dingtalk/decode';
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
	];
	const value = fc.oneof(fc.constantFrom('richText', 'audio', 'picture'), fc.jsonValue());
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
