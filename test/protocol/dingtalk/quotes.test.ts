import { decode } from './payloads';

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
