import fc from 'fast-check';
import { decode } from '../../protocol/feishu/decode';
import { lark, type LarkMessage } from './larkSdk';
import { judged, word } from './seeds';

/*
 * Feishu's SDK has a reader of messages of its own, with markup for models where we have plain text. What both
 * know must be the same: who is mentioned, which files there are, what is answered, and the words.
 */

const BOT = 'ou_bot';

const people = ['ou_a', 'ou_b', BOT, 'all'] as const;
const mention = fc.constantFrom(...people).map((id) => ({ id, name: `N${id.slice(3)}` }));
/** Each person once: Feishu gives one key to each. */
const mentions = fc
	.uniqueArray(mention, { selector: ({ id }) => id, maxLength: 4 })
	.map((list) =>
		list.map(({ id, name }, at) =>
			id === 'all'
				? { key: '@_all', id: {}, name: '所有人' }
				: { key: `@_user_${at + 1}`, id: { open_id: id, user_id: `u${at}` }, name },
		),
	);
type Mentions = typeof mentions extends fc.Arbitrary<infer T> ? T : never;

const said = fc.oneof(word(1, 8), fc.constantFrom('你好', '@', 'a@b.cn', '@_user', '<b>', '**x**'));
/** Words with mentions between them, each set apart by blanks. */
const line = (list: Mentions): fc.Arbitrary<string> =>
	fc
		.array(fc.oneof(said, fc.constantFrom('x', ...list.map(({ key }) => key))), { maxLength: 6 })
		.map((words) => words.join(' '));

const key = word(5, 12);
const post = (list: Mentions): fc.Arbitrary<object> => {
	const ids = list.map(({ id }) => ('open_id' in id ? id.open_id : 'all'));
	const node = fc.oneof(
		said.map((text) => ({ tag: 'text', text: ` ${text} ` })),
		fc
			.constantFrom('ou_stranger', ...ids)
			.map((user_id) => ({ tag: 'at', user_id, user_name: 'S' })),
		key.map((image_key) => ({ tag: 'img', image_key })),
		key.map((file_key) => ({ tag: 'media', file_key, image_key: 'cover' })),
		said.map((text) => ({ tag: 'code_block', language: 'GO', text })),
		fc.constant({ tag: 'hr' }),
	);
	const body = fc.record({
		title: fc.constant(''),
		content: fc.array(fc.array(node, { maxLength: 4 }), { minLength: 1, maxLength: 4 }),
	});
	return fc.oneof(
		body,
		fc.record({ en_us: body, zh_cn: body }),
		fc.record({ ja_jp: body, en_us: body }),
	);
};

const content = (list: Mentions): fc.Arbitrary<{ type: string; content: object }> =>
	fc.oneof(
		{ weight: 4, arbitrary: line(list).map((text) => ({ type: 'text', content: { text } })) },
		{ weight: 4, arbitrary: post(list).map((one) => ({ type: 'post', content: one })) },
		fc
			.tuple(fc.constantFrom('file', 'audio', 'media', 'video', 'sticker', 'folder'), key)
			.map(([type, file_key]) => ({ type, content: { file_key, file_name: 'a', duration: 1 } })),
		key.map((image_key) => ({ type: 'image', content: { image_key } })),
		said.map((topic) => ({ type: 'vote', content: { topic, options: [topic] } })),
		said.map((summary) => ({
			type: 'calendar',
			content: { summary, start_time: '1764547200000' },
		})),
		said.map((title) => ({ type: 'todo', content: { summary: { title, content: [] } } })),
		said.map((topic) => ({ type: 'video_chat', content: { topic, start_time: '1764547200000' } })),
		said.map((text) => ({ type: 'hongbao', content: { text } })),
		said.map((chat_id) => ({ type: 'share_chat', content: { chat_id } })),
		said.map((name) => ({
			type: 'location',
			content: { name, latitude: '1.5', longitude: '2.5' },
		})),
		said.map((name) => ({ type: 'system', content: { template: '{who} left', who: [name] } })),
	);

const event = mentions.chain((list) =>
	fc.record({
		list: fc.constant(list),
		read: content(list),
		chatType: fc.constantFrom('group', 'p2p'),
		parent: fc.option(word(8), { nil: undefined }),
		thread: fc.option(word(8), { nil: undefined }),
	}),
);
type Event = typeof event extends fc.Arbitrary<infer T> ? T : never;

function eventOf({ list, read, chatType, parent, thread }: Event) {
	return {
		sender: {
			sender_id: { open_id: 'ou_sender', user_id: 'u', union_id: 'on' },
			sender_type: 'user',
		},
		message: {
			message_id: 'om_1',
			chat_id: 'oc_1',
			chat_type: chatType,
			message_type: read.type,
			content: JSON.stringify(read.content),
			create_time: '1764547200000',
			mentions: list,
			...(parent && { parent_id: parent }),
			...(thread && { thread_id: thread }),
		},
	};
}

const ours = (one: Event) =>
	decode(
		{
			schema: '2.0',
			header: { event_id: 'e', event_type: 'im.message.receive_v1' },
			event: eventOf(one),
		},
		{ nowMs: 0, botOpenId: BOT },
	);
const theirs = async (one: Event): Promise<LarkMessage> =>
	await lark.normalize(eventOf(one), { botIdentity: { openId: BOT, name: 'N' } });

/** The words of both, without the markup that the SDK sets for models, and without blanks. */
const wordsOf = (text: string): string =>
	text
		.replace(/@all/g, '@所有人')
		.replace(/!\[image\]\([^)]*\)|<file [^>]*\/>|`{3}\w*|-{3}|\s/g, '');

describe('@larksuiteoapi/node-sdk', () => {
	judged(
		'reads the same mentions, files, topic and quote in a message',
		1000,
		fc.asyncProperty(event, async (one) => {
			const [mine, other] = [ours(one), await theirs(one)];
			expect(mine.mentionedBot).toBe(other.mentionedBot);
			const people = mine.mentions.filter(({ all }) => !all).map(({ id }) => id);
			expect(people).toEqual(
				other.mentions.filter(({ isBot }) => !isBot).map(({ openId }) => openId),
			);
			// The SDK does not look at the ids of a post's own mentions.
			if (other.mentionAll) expect(mine.mentions).toContainEqual({ name: '所有人', all: true });
			if (one.read.type === 'text') {
				expect(mine.mentions.some(({ all }) => all)).toBe(other.mentionAll);
			}
			const files = mine.attachments
				.filter(({ kind }) => kind !== 'folder')
				.map((file) => file.key);
			expect(files).toEqual(other.resources.map(({ fileKey }) => fileKey));
			expect(mine).toMatchObject({ conversationId: other.chatId, sender: { id: other.senderId } });
			expect(mine.threadId).toBe(other.threadId);
			expect(mine.quote?.messageId).toBe(other.replyToMessageId);
		}),
	);

	judged(
		'reads the same words in texts and posts',
		1000,
		fc.asyncProperty(event, async (one) => {
			fc.pre(one.read.type === 'text' || one.read.type === 'post');
			// Where everybody is not in the list, the SDK leaves the key in the text.
			const other = (await theirs(one)).content.replace(/@_all(?!\w)/g, '@所有人');
			const none = other === '[rich text message]' ? '' : other;
			expect(wordsOf(ours(one).text)).toBe(wordsOf(none));
		}),
	);

	judged(
		'finds something to read in no other types of messages than we do',
		1000,
		fc.asyncProperty(event, async (one) => {
			const { content: other } = await theirs(one);
			const names = [...JSON.stringify(one.read.content).matchAll(/"([^"]+)"/g)].map(
				([, name]) => name!,
			);
			const { text, attachments } = ours(one);
			const mine = JSON.stringify([text, attachments]);
			const values = names.filter(
				(name) => other.includes(name) && Object.values(one.read.content).includes(name),
			);
			for (const value of values) expect(mine).toContain(JSON.stringify(value).slice(1, -1));
		}),
	);
});

it('A judge finds what is wrong (control): a reader that takes the first mention for the bot', () => {
	const property = fc.asyncProperty(event, async (one) => {
		expect(one.list.length > 0).toBe((await theirs(one)).mentionedBot);
	});
	return expect(fc.check(property, { numRuns: 100 })).resolves.toMatchObject({ failed: true });
});
