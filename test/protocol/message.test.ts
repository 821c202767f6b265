import {
	botIdOf,
	completeMessage,
	type BotMessage,
	type DecodedMessage,
} from '../../protocol/message';

const decoded: DecodedMessage = {
	platform: 'feishu',
	kind: 'message',
	messageId: 'om_1',
	conversationId: 'oc_1',
	conversationType: 'group',
	sender: { id: 'ou_1' },
	contentType: 'text',
	text: 'translate this',
	mentions: [],
	mentionedBot: true,
	attachments: [],
	sentAt: '2026-03-02T07:00:00.000Z',
	receivedAt: '2026-03-02T07:00:00.000Z',
};

const complete = (fields: Partial<DecodedMessage> = {}, botId = 'c1'): BotMessage =>
	completeMessage({ ...decoded, ...fields }, botId);

describe('A memory’s key', () => {
	it('is the same for one person with one bot in one place', () => {
		const [first, second] = [complete(), complete({ messageId: 'om_2', text: 'again' })];
		expect(first.sessionId).toBe('feishu:c1:oc_1::ou_1');
		expect(second.sessionId).toBe(first.sessionId);
	});

	it('is another for every other platform, bot, conversation, topic and person, however they are named', () => {
		const keys = [
			complete(),
			complete({ platform: 'wecom' }),
			complete({}, 'c2'),
			complete({ conversationId: 'oc_2' }),
			complete({ threadId: 'omt_1' }),
			complete({ sender: { id: 'ou_2' } }),
			complete({ conversationId: 'oc_1:omt_1', threadId: '' }),
			complete({ conversationId: 'oc_1%3Aomt_1' }),
			complete({ sender: { id: '' } }),
		].map(({ sessionId }) => sessionId);
		expect(new Set(keys).size).toBe(keys.length);
	});
});

describe('What a model should read', () => {
	it.each([
		['a text that quotes nothing', {}, 'translate this'],
		['a quote whose text is not known', { quote: { messageId: 'om_0' } }, 'translate this'],
		['a quote', { quote: { text: 'Guten Morgen' } }, '> Guten Morgen\n\ntranslate this'],
		[
			'a quote of several lines by somebody',
			{ quote: { text: 'Guten\n\nMorgen\r\n', sender: { id: 'ou_2', name: 'Bob' } } },
			'> Bob:\n> Guten\n>\n> Morgen\n\ntranslate this',
		],
		['a quote and nothing else', { text: '', quote: { text: 'Guten Morgen' } }, '> Guten Morgen'],
		['nothing', { text: '' }, ''],
	])('%s', (_, fields, expected) => {
		expect(complete(fields).chatInput).toBe(expected);
	});
});

it('A quote’s id keeps its old name, and a mention of everybody is said', () => {
	expect(complete({ quote: { messageId: 'om_0' } })).toMatchObject({ quotedMessageId: 'om_0' });
	expect(complete({ mentions: [{ id: 'ou_2' }, { all: true }] })).toMatchObject({
		mentionedAll: true,
	});
	expect(complete()).not.toHaveProperty('quotedMessageId');
	expect(complete()).not.toHaveProperty('mentionedAll');
});

it.each(['Cr3d_ential-1', 'a:b%3A', ''])(
	'The bot %j of a message is told by its session',
	(bot) => {
		const message = completeMessage(
			{ ...decoded, sender: { id: 'c:d' }, conversationId: 'e:f' } as DecodedMessage,
			bot,
		);
		expect(botIdOf(message)).toBe(bot);
	},
);
