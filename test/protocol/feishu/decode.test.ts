import fc from 'fast-check';
import { decode } from '../../../protocol/feishu/decode';
import { Refused } from '../../../protocol/verify';

const NOW = Date.parse('2026-11-22T08:00:00Z');
const SENT = NOW - 1000;
const BOT = { key: '@_user_1', id: { open_id: 'ou_bot', union_id: 'on_bot' }, name: 'ClawBot' };
const LI = {
	key: '@_user_2',
	id: { open_id: 'ou_li', union_id: 'on_li', user_id: 'lisi' },
	name: '李四',
};

function messageOf(type: string, content: unknown, more: object = {}) {
	return {
		schema: '2.0',
		header: {
			event_id: 'e1',
			event_type: 'im.message.receive_v1',
			create_time: String(SENT),
			token: 'the-verification-token',
			app_id: 'cli_1',
		},
		event: {
			sender: {
				sender_id: { open_id: 'ou_zhang', user_id: 'zhangsan', union_id: 'on_zhang' },
				sender_type: 'user',
			},
			message: {
				message_id: 'om_1',
				create_time: String(SENT),
				chat_id: 'oc_1',
				chat_type: 'p2p',
				message_type: type,
				content: typeof content === 'string' ? content : JSON.stringify(content),
				...more,
			},
		},
	};
}

const inGroup = (text: string, ...mentions: object[]) =>
	messageOf('text', { text }, { chat_type: 'group', mentions });

const read = (payload: object, botOpenId?: string) =>
	decode(payload as Record<string, unknown>, { nowMs: NOW, botOpenId });

describe('a message', () => {
	it('becomes a bot message whose id is the message’s, not the event’s', () => {
		const { raw, ...message } = read(
			messageOf('text', { text: ' hello ' }, { parent_id: 'om_0', root_id: 'om_r' }),
		);
		expect(message).toEqual({
			platform: 'feishu',
			kind: 'message',
			messageId: 'om_1',
			conversationId: 'oc_1',
			conversationType: 'direct',
			sender: { id: 'ou_zhang', unionId: 'on_zhang' },
			contentType: 'text',
			text: 'hello',
			mentions: [],
			mentionedBot: false,
			attachments: [],
			replyTo: { platform: 'feishu', messageId: 'om_1', conversationId: 'oc_1' },
			quotedMessageId: 'om_0',
			sentAt: '2026-11-22T07:59:59.000Z',
			receivedAt: '2026-11-22T08:00:00.000Z',
		});
		expect(JSON.stringify(raw)).toContain('om_1');
		expect(JSON.stringify(raw)).not.toContain('the-verification-token');
	});

	it('of a bot is marked as one', () => {
		const payload = messageOf('text', { text: 'x' });
		payload.event.sender.sender_type = 'app';
		expect(read(payload).sender.isBot).toBe(true);
	});

	it.each([
		['image', { image_key: 'img_1' }, 'image', '', [{ kind: 'image', key: 'img_1' }]],
		[
			'file',
			{ file_key: 'f1', file_name: '报告.pdf' },
			'file',
			'',
			[{ kind: 'file', key: 'f1', name: '报告.pdf' }],
		],
		[
			'audio',
			{ file_key: 'f2', duration: 4000 },
			'audio',
			'',
			[{ kind: 'audio', key: 'f2', durationMs: 4000 }],
		],
		[
			'media',
			{ file_key: 'f3', image_key: 'i3', file_name: 'a.mp4', duration: 5000 },
			'video',
			'',
			[{ kind: 'video', key: 'f3', name: 'a.mp4', durationMs: 5000 }],
		],
		[
			'location',
			{ name: '天安门', longitude: '116.39', latitude: '39.90' },
			'location',
			'天安门 (39.90, 116.39)',
			[],
		],
		[
			'interactive',
			{
				title: 'Report',
				elements: [
					[
						{ tag: 'text', text: 'All ' },
						{ tag: 'text', text: 'well' },
					],
				],
			},
			'card',
			'Report\nAll well',
			[],
		],
		['sticker', { file_key: 's1' }, 'unknown', '', []],
		['share_chat', { chat_id: 'oc_9' }, 'unknown', '', []],
		['share_user', { user_id: 'ou_9' }, 'unknown', '', []],
		['merge_forward', { content: 'Merged and Forwarded Message' }, 'unknown', '', []],
		['system', { template: '{x}' }, 'unknown', '', []],
		['constructor', {}, 'unknown', '', []],
		['text', 'not json', 'text', '', []],
		['text', '[1]', 'text', '', []],
	])('of type %s %j is read', (type, content, contentType, text, attachments) => {
		expect(read(messageOf(type, content))).toMatchObject({ contentType, text, attachments });
	});

	it('with rich text is flattened: links, mentions, code, pictures', () => {
		const post = {
			title: '周报',
			content: [
				[
					{ tag: 'at', user_id: '@_user_1', user_name: 'ClawBot' },
					{ tag: 'text', text: ' see ' },
					{ tag: 'a', text: 'the page', href: 'https://example.com/a' },
					{ tag: 'text', text: ' and ' },
					{ tag: 'a', text: 'https://b.cn', href: 'https://b.cn' },
				],
				[
					{ tag: 'at', user_id: '@_user_2', user_name: '李四' },
					{ tag: 'emotion', emoji_type: 'SMILE' },
				],
				[{ tag: 'hr' }],
				[{ tag: 'code_block', language: 'SQL', text: 'select 1;\n' }],
				[{ tag: 'img', image_key: 'img_1' }],
				[{ tag: 'media', file_key: 'f1', image_key: 'img_2' }],
				[{ tag: 'at', user_id: 'all' }],
			],
		};
		const message = read(
			messageOf('post', post, { chat_type: 'group', mentions: [BOT, LI] }),
			'ou_bot',
		);
		expect(message).toMatchObject({
			contentType: 'richText',
			text: [
				'周报',
				'see [the page](https://example.com/a) and https://b.cn',
				'@李四[SMILE]',
				'---',
				'```sql\nselect 1;\n```',
				'',
				'',
				'@所有人',
			].join('\n'),
			attachments: [
				{ kind: 'image', key: 'img_1' },
				{ kind: 'video', key: 'f1' },
			],
			mentions: [
				{ id: 'ou_li', name: '李四' },
				{ name: '所有人', all: true },
			],
			mentionedBot: true,
		});
	});

	it('with rich text below a language is read the same way', () => {
		const post = { zh_cn: { title: '', content: [[{ tag: 'text', text: 'hi' }]] } };
		expect(read(messageOf('post', post)).text).toBe('hi');
	});

	it.each([['message_id'], ['chat_id'], ['message_type']])('without %s is refused', (name) => {
		expect(() => read(messageOf('text', {}, { [name]: undefined }))).toThrow(Refused);
	});
});

describe('mentions', () => {
	it('of people become names, the bot’s own is taken out by its id', () => {
		const message = read(inGroup('@_user_1 ask @_user_2 please', BOT, LI), 'ou_bot');
		expect(message.text).toBe('ask @李四 please');
		expect(message.mentions).toEqual([{ id: 'ou_li', name: '李四' }]);
		expect(message.mentionedBot).toBe(true);
	});

	it('of another bot stay when the own id is known', () => {
		const message = read(inGroup('@_user_1 hi', BOT), 'ou_somebody_else');
		expect(message).toMatchObject({ text: '@ClawBot hi', mentionedBot: false });
	});

	it('are told apart by the missing user_id while the own id is not known', () => {
		const message = read(inGroup('@_user_2 and @_user_1 hi', BOT, LI));
		expect(message).toMatchObject({ text: '@李四 and hi', mentionedBot: true });
	});

	it('stay where the own one cannot be told', () => {
		const stranger = { ...LI, id: { open_id: 'ou_x' } };
		const message = read(inGroup('@_user_1 @_user_2 hi', BOT, stranger));
		expect(message).toMatchObject({ text: '@ClawBot @李四 hi', mentionedBot: true });
	});

	it('of people alone do not mention the bot', () => {
		expect(read(inGroup('@_user_2 hi', LI))).toMatchObject({
			text: '@李四 hi',
			mentionedBot: false,
		});
	});

	it('are not mixed up: @_user_1 is the beginning of @_user_10', () => {
		const mentions = Array.from({ length: 11 }, (_, index) => ({
			key: `@_user_${index + 1}`,
			id: { open_id: `ou_${index + 1}`, user_id: 'u' },
			name: `N${index + 1}`,
		}));
		expect(read(inGroup('@_user_10@_user_1@_user_11', ...mentions)).text).toBe('@N10@N1@N11');
	});

	it('whose name looks like a place are not replaced twice', () => {
		const odd = { ...LI, name: '@_user_1' };
		expect(read(inGroup('@_user_2 @_user_1', BOT, odd), 'ou_bot').text).toBe('@@_user_1');
	});

	it('of everybody are readable and marked', () => {
		const message = read(inGroup('@_all lunch', LI), 'ou_bot');
		expect(message.text).toBe('@所有人 lunch');
		expect(message.mentions).toContainEqual({ name: '所有人', all: true });
		expect(message.mentionedBot).toBe(false);
	});
});

describe('a card action', () => {
	const actionOf = (action: object) => ({
		schema: '2.0',
		header: {
			event_id: 'e9',
			event_type: 'card.action.trigger',
			create_time: String(SENT * 1000),
			token: 'the-verification-token',
		},
		event: {
			operator: { open_id: 'ou_zhang', union_id: 'on_zhang', tenant_key: 't' },
			token: 'c-update',
			action,
			host: 'im_message',
			context: { open_message_id: 'om_card', open_chat_id: 'oc_1' },
		},
	});

	it('carries the button, its value and where to answer', () => {
		const message = read(actionOf({ tag: 'button', name: 'approve', value: { ticket: 7 } }));
		expect(message).toMatchObject({
			kind: 'action',
			messageId: 'e9',
			conversationId: 'oc_1',
			sender: { id: 'ou_zhang', unionId: 'on_zhang' },
			action: { id: 'approve', value: { ticket: 7 }, cardId: 'om_card' },
			replyTo: {
				platform: 'feishu',
				messageId: 'om_card',
				conversationId: 'oc_1',
				actionId: 'e9',
			},
			sentAt: '2026-11-22T07:59:59.000Z',
		});
		expect(JSON.stringify(message)).not.toContain('the-verification-token');
	});

	it.each([
		[
			{ tag: 'button', value: 'yes' },
			{ id: 'yes', value: 'yes' },
		],
		[
			{ tag: 'button', value: { action: 'no' } },
			{ id: 'no', value: { action: 'no' } },
		],
		[{ tag: 'button' }, { id: 'button' }],
		[
			{ tag: 'button', name: 'send', form_value: { a: '1' } },
			{ id: 'send', form: { a: '1' } },
		],
		[
			{ tag: 'select_static', name: 's', option: 'b' },
			{ id: 's', form: 'b' },
		],
		[
			{ tag: 'multi_select_static', name: 'm', options: ['a'] },
			{ id: 'm', form: ['a'] },
		],
		[
			{ tag: 'input', name: 'i', input_value: '' },
			{ id: 'i', form: '' },
		],
		[
			{ tag: 'checker', name: 'c', checked: false },
			{ id: 'c', form: false },
		],
	])('%j is told apart', (action, expected) => {
		expect(read(actionOf(action)).action).toEqual({ ...expected, cardId: 'om_card' });
	});
});

describe('an event', () => {
	it('of version 2.0 keeps its type and fields', () => {
		const event = { chat_id: 'oc_2', operator_id: { open_id: 'ou_z' }, external: false };
		const message = read({
			schema: '2.0',
			header: {
				event_id: 'e2',
				event_type: 'im.chat.member.bot.added_v1',
				create_time: String(SENT),
				token: 'the-verification-token',
			},
			event,
		});
		expect(message).toMatchObject({
			kind: 'event',
			messageId: 'e2',
			conversationId: 'oc_2',
			conversationType: 'group',
			sender: { id: 'ou_z' },
			event: { type: 'im.chat.member.bot.added_v1', data: event },
		});
		expect(message.replyTo).toBeUndefined();
		expect(JSON.stringify(message)).not.toContain('the-verification-token');
	});

	it('of version 1.0 has its uuid as id', () => {
		const message = read({
			ts: `${SENT / 1000}.25`,
			uuid: 'u1',
			token: 'the-verification-token',
			type: 'event_callback',
			event: { type: 'p2p_chat_create', open_id: 'ou_1', chat_id: 'oc_3' },
		});
		expect(message).toMatchObject({
			kind: 'event',
			messageId: 'u1',
			conversationType: 'direct',
			sender: { id: 'ou_1' },
			event: { type: 'p2p_chat_create' },
			sentAt: '2026-11-22T07:59:59.250Z',
		});
		expect(JSON.stringify(message)).not.toContain('the-verification-token');
	});

	it.each([
		['seconds', String(SENT / 1000)],
		['milliseconds', String(SENT)],
		['microseconds', String(SENT * 1000)],
	])('with a time in %s has the same time', (_, time) => {
		const header = { event_id: 'e', event_type: 't', create_time: time };
		expect(read({ header, event: {} }).sentAt).toBe('2026-11-22T07:59:59.000Z');
	});
});

describe('garbage', () => {
	const refusesOrReads = (payload: object): void => {
		try {
			const message = read(payload);
			expect(typeof message.messageId).toBe('string');
			expect(typeof message.text).toBe('string');
			expect(new Date(message.sentAt).toISOString()).toBe(message.sentAt);
		} catch (error) {
			if (!(error instanceof Refused)) throw error;
		}
	};

	it('of any shape is refused or read, and nothing else happens', () => {
		fc.assert(fc.property(fc.object(), refusesOrReads), { numRuns: 200 });
	});

	it('inside a message is refused or read, and nothing else happens', () => {
		const type = fc.constantFrom('text', 'post', 'interactive', 'image', 'media', 'location');
		const nodes = fc.array(fc.oneof(fc.array(fc.anything()), fc.anything()));
		const content = fc.oneof(
			fc.json(),
			fc.string(),
			nodes.map((lines) => JSON.stringify({ title: 1, content: lines, elements: lines })),
		);
		const mention = fc.oneof(
			fc.anything(),
			fc.record({ key: fc.string(), id: fc.anything(), name: fc.anything() }),
		);
		fc.assert(
			fc.property(type, content, fc.array(mention), (message_type, body, mentions) => {
				refusesOrReads(messageOf(message_type, body, { mentions, chat_type: 'group' }));
			}),
			{ numRuns: 300 },
		);
	});
});
