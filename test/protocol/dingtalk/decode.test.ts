import fc from 'fast-check';
import { Refused } from '../../../protocol/verify';
import { decode, NOW } from './payloads';

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

test('A person outside the company has the id that DingTalk gives, and no user id to send to', () => {
	const message = decode({ senderStaffId: undefined });
	expect(message.sender.id).toBe('$:LWCP_v1:$abc');
	expect(message.replyTo).not.toHaveProperty('userId');
});

test('A session webhook of a stranger’s host is left out: the body is not signed', () => {
	const message = decode({ sessionWebhook: 'https://evil.example/robot/sendBySession?session=1' });
	expect(message.replyTo).not.toHaveProperty('sessionWebhook');
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
