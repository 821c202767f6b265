import { CAPACITY, Messages, type UserMessage } from '../../sandbox/messages';

const message = (id: string): UserMessage => ({
	id,
	platform: 'feishu',
	bot: 'app',
	botId: 'cli_one',
	from: 'ann',
	conversation: id,
	type: 'direct',
	text: id,
	contentType: 'text',
	at: 0,
	encrypted: false,
	mentionsBot: false,
	answers: [],
});

test('a chat is forgotten with its last message', () => {
	const messages = new Messages();
	messages.add(message('first'));
	for (let n = 0; n < CAPACITY - 1; n++) messages.add(message(`${n}`));
	expect(messages.guess('cli_one', 'first', '')?.id).toBe('first');
	messages.add(message('one more'));
	expect(messages.guess('cli_one', 'first', '')).toBeUndefined();
	expect(messages.guess('cli_one', '0', '')?.id).toBe('0');
});
