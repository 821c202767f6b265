import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import type { ReceivedMessage } from '../../../nodes/shared/receive/callback';
import { changed } from '../platforms';
import { weComAiBot, weComApp } from '../weComCase';

/* The AI bot's own mention, from the callback to the message. */

let messages = 0;

function receive(content: string, fields: Record<string, string>, change: object = {}): string {
	const { credentials, deliver, document, callbackOf } = weComAiBot;
	const callback = callbackOf({ getNodeParameter: () => 'aiBot' } as never);
	const said = document({ id: `m${++messages}` });
	const wire = deliver({ ...said, chattype: 'group', chatid: 'c1', text: { content }, ...change });
	const own = changed(credentials, fields).weComAiBotApi as ICredentialDataDecryptedObject;
	const request = { ...wire, body: Buffer.from(wire.body) };
	return (callback.decode(request, own, Date.now()) as ReceivedMessage).message.text;
}

it('It is taken out by the name in the credential, with or without its mark', () => {
	for (const botName of ['Claw Bot', '@Claw Bot', ' Claw Bot ']) {
		expect(receive('@Claw Bot /help', { botName })).toBe('/help');
		expect(receive('hi @Claw Bot', { botName })).toBe('hi');
		expect(receive('@Claw Bot', { botName })).toBe('');
	}
});

it('It is learned from the group’s messages, for each bot by itself', () => {
	const [one, other] = [{ botId: 'one' }, { botId: 'other' }];
	expect(receive('@Claw Bot /help', one)).toBe('/help');
	expect(receive('@Claw Bot /dlq', one)).toBe('/dlq');
	expect(receive('@Claw Bot', one)).toBe('');
	expect(receive('@Claw Bot what is this', one)).toBe('what is this');
	expect(receive('@Claw Bot what is this', other)).toBe('Bot what is this');
	expect(receive('@ClawBot', other)).toBe('');
});

it('It is learned from groups alone, and from rich messages, too', () => {
	const bot = { botId: 'rich' };
	expect(receive('@Not Me hi', bot, { chattype: 'single' })).toBe('@Not Me hi');
	const items = (content: string) => ({
		msgtype: 'mixed',
		mixed: { msg_item: [{ msgtype: 'text', text: { content } }] },
	});
	for (let count = 0; count < 10; count++) receive('', bot, items(`@Claw Bot see ${count}`));
	expect(receive('', bot, items('@Claw Bot there it is'))).toBe('there it is');
});

it('An app’s envelope is opened with white space around what is sealed', () => {
	const { credentials, callbackOf, message } = weComApp;
	const wire = message({ id: 'padded' });
	const body = wire.body.replace(/<Encrypt>(.*?)<\/Encrypt>/s, '<Encrypt>\n$1\n</Encrypt>');
	expect(body).not.toBe(wire.body);
	const callback = callbackOf({ getNodeParameter: () => 'app' } as never);
	const credential = credentials.weComAppApi as ICredentialDataDecryptedObject;
	const request = { ...wire, body: Buffer.from(body) };
	expect(callback.decode(request, credential, Date.now())).toMatchObject({
		message: { messageId: 'padded' },
	});
});
