import { MessageHandler, type WSClient } from '@wecom/aibot-node-sdk';
import fc from 'fast-check';
import { decodeAiBotEvent, decodeAiBotMessage } from '../../protocol/wecom/decodeAiBot';
import { judged, text, word } from './seeds';

/* What WeCom's client for AI bots tells its listeners of a message or an event, and what we read in it. */

const quiet = () => undefined;
const logger = { debug: quiet, info: quiet, warn: quiet, error: quiet };

/** The names under which the SDK hands a body on. */
function toldOf(cmd: string, body: object): string[] {
	const told: string[] = [];
	const emitter = { emit: (name: string) => told.push(name) } as unknown as WSClient;
	new MessageHandler(logger).handleFrame({ cmd, headers: { req_id: '1' }, body }, emitter);
	return told;
}

const said = fc.record({ content: text });
const file = fc.record({ url: fc.webUrl() });
const item = fc.oneof(
	said.map((content) => ({ msgtype: 'text', text: content })),
	file.map((image) => ({ msgtype: 'image', image })),
);
const content = fc.oneof(
	said.map((one) => ({ msgtype: 'text', text: one })),
	said.map((one) => ({ msgtype: 'voice', voice: one })),
	file.map((one) => ({ msgtype: 'image', image: one })),
	file.map((one) => ({ msgtype: 'file', file: one })),
	file.map((one) => ({ msgtype: 'video', video: one })),
	fc.array(item, { maxLength: 4 }).map((msg_item) => ({ msgtype: 'mixed', mixed: { msg_item } })),
	fc.constant({ msgtype: 'hologram', hologram: {} }),
);
const head = fc.record({
	msgid: word(5, 20),
	aibotid: word(5),
	from: fc.record({ userid: word(3, 8) }),
});
const context = { nowMs: 1, signedAtMs: 1 };

/** Every text and address of a body, in order. */
const values = (body: object): string[] =>
	[...JSON.stringify(body).matchAll(/"(?:content|url)":("(?:[^"\\]|\\.)*")/g)].map(
		([, value]) => JSON.parse(value!) as string,
	);

describe('@wecom/aibot-node-sdk', () => {
	judged(
		'knows the types of messages that we know, and we lose none of their words and files',
		1000,
		fc.property(head, content, fc.option(content, { nil: undefined }), (first, one, quoted) => {
			const body = { ...first, chattype: 'single', ...one, ...(quoted && { quote: quoted }) };
			const [, name] = toldOf('aibot_msg_callback', body);
			const message = decodeAiBotMessage(body, context);
			expect(message.contentType !== 'unknown').toBe(name !== undefined);
			const found = ({ text: words = '', attachments = [] }: typeof message.quote & object) =>
				JSON.stringify([words, attachments.map(({ key }) => key)]);
			for (const value of values(one))
				expect(found(message)).toContain(JSON.stringify(value.trim()).slice(1, -1));
			for (const value of quoted ? values(quoted) : []) {
				expect(value.trim() === '' || message.quote !== undefined).toBe(true);
			}
			if (quoted?.msgtype === 'hologram' || !quoted) expect(message).not.toHaveProperty('quote');
		}),
	);

	judged(
		'names the events that we name',
		1000,
		fc.property(head, word(1, 20), word(1, 9), (first, type, key) => {
			for (const eventtype of [type, 'template_card_event', 'enter_chat']) {
				const body = { ...first, msgtype: 'event', event: { eventtype, event_key: key } };
				const message = decodeAiBotEvent(body, context);
				const name = message.action ? 'template_card_event' : message.event?.type;
				expect(toldOf('aibot_event_callback', body)).toEqual(['event', `event.${name}`]);
				expect(message.action?.id ?? key).toBe(key);
			}
		}),
	);
});

it('A judge finds what is wrong (control): voice messages taken for unknown ones', () => {
	const property = fc.property(head, content, (first, one) => {
		const [, name] = toldOf('aibot_msg_callback', { ...first, ...one });
		expect(one.msgtype !== 'voice' && one.msgtype !== 'hologram').toBe(name !== undefined);
	});
	expect(fc.check(property, { numRuns: 100 }).failed).toBe(true);
});
