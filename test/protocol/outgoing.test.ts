import fc from 'fast-check';
import * as dingtalk from '../../protocol/dingtalk/encode';
import * as feishu from '../../protocol/feishu/encode';
import { inWords, type OutgoingMessage } from '../../protocol/outgoing';
import { readOutgoing } from '../../protocol/readOutgoing';
import { asItIs, inBytes, partsOf, type Written } from '../../protocol/written';
import * as wecom from '../../protocol/wecom/encode';
import { EXAMPLES, anyMessage, examples, throughJson } from './messages';

type Reader = (value: unknown) => OutgoingMessage | undefined;

describe('What was written is read back', () => {
	const readsBack = (read: Reader): void =>
		fc.assert(
			fc.property(anyMessage, (message) => {
				expect(read(throughJson(message))).toEqual(message);
			}),
		);

	it.each(examples)('as the same %s', (_, message) => {
		expect(readOutgoing(throughJson(message))).toEqual(message);
	});

	it('as the same, whatever it is', () => {
		readsBack(readOutgoing);
	});

	it('which a reader that knows texts alone does not do', () => {
		const readsText: Reader = (value) => {
			const { type, text } = value as OutgoingMessage;
			return { type, text } as OutgoingMessage;
		};
		expect(() => readsBack(readsText)).toThrow();
	});
});

describe('A row that was stored when there were only texts', () => {
	it.each([
		['{"format":"text","text":"It is ready."}', { type: 'text', text: 'It is ready.' }],
		[
			'{"format":"markdown","text":"**Disk full**","title":"磁盘 Disk","mentionAll":true}',
			{ type: 'markdown', text: '**Disk full**', title: '磁盘 Disk', mentionAll: true },
		],
		[
			'{"format":"text","text":"hi","mentionIds":["ou_1","ou_2"]}',
			{ type: 'text', text: 'hi', mentionIds: ['ou_1', 'ou_2'] },
		],
	])('is read: %s', (stored, message) => {
		expect(readOutgoing(JSON.parse(stored))).toEqual(message);
	});
});

describe('What is damaged', () => {
	/** Each field of a message, and each of its media, in turn as something that it cannot be. */
	const damages = (message: OutgoingMessage): Array<[field: string, damaged: unknown]> => {
		const odd = { toString: 'x', valueOf: 1 };
		const fields = Object.keys(message).map((field): [string, unknown] => [
			field,
			{ ...message, [field]: field === 'body' ? 'a text' : odd },
		]);
		if (!('media' in message)) return fields;
		const parts = Object.keys(message.media).map((field): [string, unknown] => [
			`media.${field}`,
			{ ...message, media: { ...message.media, [field]: odd } },
		]);
		return [...fields, ...parts];
	};
	const readsNone = (read: Reader): void => {
		for (const [, message] of examples) {
			for (const [field, damaged] of damages(message)) {
				expect([message.type, field, read(damaged)]).toEqual([message.type, field, undefined]);
			}
		}
	};

	it('is not read at all, whichever field it is', () => {
		readsNone(readOutgoing);
	});

	it('would be read in part by a reader that asks for a text alone', () => {
		const readsWhatHasText: Reader = (value) => {
			const { text } = value as OutgoingMessage;
			return typeof text === 'string' ? (value as OutgoingMessage) : undefined;
		};
		expect(() => readsNone(readsWhatHasText)).toThrow();
	});

	const { text, image, card, raw } = EXAMPLES;
	const nested = (depth: number): object => (depth === 0 ? {} : { in: nested(depth - 1) });
	it.each([
		['no text', { ...text, text: '' }],
		['blanks for a text', { ...image, text: ' \n' }],
		['no type', { text: 'hi' }],
		['an unknown type', { type: 'carrier pigeon', text: 'hi' }],
		['a type that objects have by themselves', { type: 'constructor', text: 'hi' }],
		['an image without a key', { ...image, media: { name: 'a.png' } }],
		['an image of a negative size', { ...image, media: { key: 'k', size: -1 } }],
		['a button without an address', { ...card, buttons: [{ text: 'Open' }] }],
		['a button that runs a script', { ...card, buttons: [{ text: 'x', url: 'javascript:x()' }] }],
		['the body of an unknown platform', { ...raw, platform: 'toString' }],
		['a list for a body', { ...raw, body: [] }],
		['a body that says nothing', { ...raw, body: {} }],
		['a text over a million bytes', { ...text, text: 'x'.repeat(1_000_001) }],
		['a title over a million characters', { ...text, title: 'x'.repeat(1_000_001) }],
		['a mention that ends its tag', { ...text, mentionIds: ['a"></at><at user_id="all'] }],
		['a mention that ends its brackets', { ...text, mentionIds: ['a> <@b'] }],
		['two people as one', { ...text, mentionIds: ['a|b'] }],
		['mentions of a whole city', { ...text, mentionIds: Array(10_001).fill('u') }],
		['fifty buttons', { ...card, buttons: Array(50).fill(card.buttons[0]) }],
		['a body over 200,000 bytes', { ...raw, body: { a: 'x'.repeat(200_001) } }],
		['a body too deep to be written', { ...raw, body: nested(5000) }],
		['a body with what JSON has not', { ...raw, body: { n: NaN } }],
	])('or too large is no message: %s', (_, value) => {
		expect(readOutgoing(value)).toBeUndefined();
	});

	it('is not what a whole text in the field of the title makes', () => {
		const message = { ...text, title: 'x'.repeat(20_000) };
		expect(readOutgoing(message)).toEqual(message);
	});

	it('never makes reading throw', () => {
		fc.assert(
			fc.property(fc.anything({ withBigInt: true, withNullPrototype: true }), (value) => {
				expect(() => readOutgoing(value)).not.toThrow();
				expect(() => readOutgoing({ ...EXAMPLES.text, title: value })).not.toThrow();
				expect(() => readOutgoing({ ...raw, body: { value } })).not.toThrow();
			}),
		);
	});
});

describe('In words', () => {
	it('a text stays as it is, and a card keeps its links', () => {
		expect(inWords(EXAMPLES.markdown)).toBe(EXAMPLES.markdown);
		expect(inWords({ ...EXAMPLES.card, mentionIds: ['u1'] })).toEqual({
			type: 'text',
			text: 'Order 7\nOrder 7 waits for your approval\nOpen: https://example.com/orders/7',
			mentionIds: ['u1'],
		});
	});

	it('everything has a text, which is split where it is long', () => {
		fc.assert(
			fc.property(anyMessage, (message) => {
				const parts = partsOf(asItIs({ ...message, text: 'word '.repeat(100) }), inBytes(60));
				expect(parts.length).toBeGreaterThan(1);
				for (const part of parts) expect(Buffer.byteLength(part.text)).toBeLessThanOrEqual(60);
			}),
		);
	});
});

/** Each way out of each platform: what is sent of a message, as text, and what it takes as it is. */
const routes = {
	'a DingTalk robot': {
		platform: 'dingtalk',
		write: dingtalk.written,
		encode: (message: Written) => dingtalk.robotBody(message, 'key'),
		limitOf: dingtalk.robotTextLimit,
	},
	'a DingTalk app': {
		platform: 'dingtalk',
		write: dingtalk.written,
		encode: dingtalk.appMessage,
		limitOf: dingtalk.textLimit,
	},
	'a Feishu robot': {
		platform: 'feishu',
		write: feishu.robotWritten,
		encode: feishu.robotBody,
		limitOf: feishu.robotTextLimit,
	},
	'a Feishu app': {
		platform: 'feishu',
		write: feishu.written,
		encode: feishu.appMessage,
		limitOf: feishu.textLimit,
	},
	'a WeCom robot': {
		platform: 'wecom',
		write: wecom.robotWritten,
		encode: wecom.robotBody,
		limitOf: wecom.robotTextLimit,
	},
	'a WeCom app': {
		platform: 'wecom',
		write: wecom.appWritten,
		encode: (message: Written) =>
			wecom.appBody(message, { touser: 'u1' }, { agentId: 7, idempotencyKey: 'a'.repeat(32) }),
		limitOf: wecom.appTextLimit,
	},
	'a WeCom AI bot': {
		platform: 'wecom',
		write: wecom.aiBotWritten,
		encode: wecom.aiBotBody,
		limitOf: wecom.aiBotTextLimit,
	},
} as const;

describe.each(Object.entries(routes))('Through %s', (_, { platform, write, encode, limitOf }) => {
	/** What the platform is sent, with JSON that is nested in a string read. */
	const sent = (message: Written): string =>
		JSON.stringify(encode(message)).replaceAll('\\"', '"').replaceAll('\\\\n', '\\n');

	it.each(examples.filter(([type]) => type !== 'raw'))(
		'%s arrives, as its text at least',
		(_, message) => {
			for (const part of partsOf(write(message), limitOf(message))) {
				for (const line of part.text.split('\n')) expect(sent(part)).toContain(line);
			}
		},
	);

	it('a body of its own goes out as it is and in one piece, however long its text is', () => {
		const own = { msgtype: 'odd', msg_type: 'odd', msgKey: 'odd', msgParam: '{}', content: '{}' };
		const message = { ...EXAMPLES.raw, platform, body: own, text: 'long '.repeat(50_000) };
		const parts = partsOf(write(message), limitOf(message));
		expect(parts).toEqual([asItIs(message)]);
		expect(sent(parts[0]!)).toContain('"odd"');
		expect(sent(parts[0]!)).not.toContain('long');
	});

	it('the body of another platform goes out in words', () => {
		const others = (['dingtalk', 'feishu', 'wecom'] as const).filter((name) => name !== platform);
		for (const other of others) {
			const message = { ...EXAMPLES.raw, platform: other };
			const [part] = partsOf(write(message), limitOf(message));
			expect(sent(part!)).toContain(message.text);
			expect(sent(part!)).not.toContain('own card');
		}
	});

	it('whatever it is can be sent', () => {
		fc.assert(
			fc.property(anyMessage, (message) => {
				for (const part of partsOf(write(message), limitOf(message))) {
					expect(JSON.stringify(encode(part)).length).toBeGreaterThan(2);
				}
			}),
		);
	});
});

describe('A raw body says what a message is, and not whom it goes to', () => {
	const body = {
		msgtype: 'text',
		touser: '@all',
		agentid: 1,
		msgUuid: 'x',
		text: { content: 'a' },
	};
	const message = { ...EXAMPLES.raw, body };

	it('on WeCom', () => {
		const sent = wecom.appBody(
			asItIs({ ...message, platform: 'wecom' }),
			{ touser: 'u1' },
			{ agentId: 7, idempotencyKey: 'a'.repeat(32) },
		);
		expect(sent).toMatchObject({ touser: 'u1', agentid: 7, text: { content: 'a' } });
	});

	it('nor which message it is, on DingTalk', () => {
		expect(dingtalk.robotBody(asItIs({ ...message, platform: 'dingtalk' }), 'key')).toMatchObject({
			msgUuid: 'key',
		});
	});
});
