import fc from 'fast-check';
import type { OutgoingMessage } from '../../protocol/outgoing';

/* What a bot says, of every type: one of each, and whatever fast-check makes of it. */

type Type = OutgoingMessage['type'];
type OfType<T extends Type> = OutgoingMessage & { type: T };

const media = { key: 'media_key_1', name: 'report.pdf', size: 12_345, durationMs: 4000 };
const mentions = { mentionIds: ['u1', 'u2'], mentionAll: false };

export const EXAMPLES: { [T in Type]: OfType<T> } = {
	text: { type: 'text', text: '报销三天内到账 Paid in three days', title: 'T', ...mentions },
	markdown: { type: 'markdown', text: '**Paid** in three days', title: '报销' },
	image: { type: 'image', text: 'A chart of the week', media },
	file: { type: 'file', text: 'The report of the week', media },
	audio: { type: 'audio', text: 'A greeting', media },
	video: { type: 'video', text: 'A tour of the office', media },
	card: {
		type: 'card',
		title: 'Order 7',
		text: 'Order 7 waits for your approval',
		buttons: [{ text: 'Open', url: 'https://example.com/orders/7' }],
	},
	raw: {
		type: 'raw',
		platform: 'feishu',
		text: 'A card in Feishu’s own form',
		body: {
			msg_type: 'interactive',
			card: { schema: '2.0', body: { elements: [{ tag: 'markdown', content: 'own card' }] } },
		},
	},
};

export const examples = Object.entries(EXAMPLES) as Array<[Type, OutgoingMessage]>;

const word = fc.string({ minLength: 1, maxLength: 20 }).filter((text) => text.trim() !== '');
const personId = fc.stringMatching(/^[\p{L}\p{N}_.@:/=$#~*-]{1,20}$/u);
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const saying = {
	text: word,
	mentionIds: optional(fc.array(personId, { maxLength: 3 })),
	mentionAll: optional(fc.boolean()),
};
const anyMedia = fc.record(
	{
		key: fc.string({ minLength: 1 }),
		name: fc.string(),
		size: fc.maxSafeNat(),
		durationMs: fc.maxSafeNat(),
	},
	{ requiredKeys: ['key'] },
);

/** Every message, as it is when it has been through JSON. */
export const anyMessage: fc.Arbitrary<OutgoingMessage> = fc
	.oneof(
		fc.record({
			...saying,
			type: fc.constantFrom('text', 'markdown'),
			title: optional(fc.string()),
		}),
		fc.record({
			...saying,
			type: fc.constantFrom('image', 'file', 'audio', 'video'),
			media: anyMedia,
		}),
		fc.record({
			...saying,
			type: fc.constant('card'),
			title: word,
			buttons: fc.array(fc.record({ text: word, url: fc.webUrl() }), { maxLength: 3 }),
		}),
		fc.record({
			...saying,
			type: fc.constant('raw'),
			platform: fc.constantFrom('dingtalk', 'feishu', 'wecom'),
			body: fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1, maxKeys: 4 }),
		}),
	)
	.map((message) => throughJson(message) as OutgoingMessage);

export const throughJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
