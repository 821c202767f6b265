import fc from 'fast-check';
import type { DecodedMessage } from '../../../protocol/message';
import { Refused } from '../../../protocol/verify';
import { decodeAiBotEvent, decodeAiBotMessage } from '../../../protocol/wecom/decodeAiBot';

const SIGNED = 1_700_000_000_000;
const context = { nowMs: SIGNED + 2000, signedAtMs: SIGNED };
const RESPONSE_URL = 'https://qyapi.weixin.qq.com/cgi-bin/aibot/response?response_code=RC';

const base = {
	msgid: 'CAIQ16HMjQYY',
	aibotid: 'AIBOTID',
	chattype: 'single',
	from: { userid: 'zhangsan' },
	response_url: RESPONSE_URL,
	msgtype: 'text',
	text: { content: '你好' },
};
const group = { ...base, chattype: 'group', chatid: 'CHATID' };
const message = (change: object): DecodedMessage =>
	decodeAiBotMessage({ ...base, ...change }, context);

describe('messages', () => {
	it('of one person carry their envelope', () => {
		expect(message({})).toEqual({
			platform: 'wecom',
			kind: 'message',
			messageId: 'CAIQ16HMjQYY',
			conversationId: 'zhangsan',
			conversationType: 'direct',
			sender: { id: 'zhangsan' },
			contentType: 'text',
			text: '你好',
			mentions: [],
			mentionedBot: false,
			attachments: [],
			replyTo: {
				platform: 'wecom',
				bot: 'aiBot',
				messageId: 'CAIQ16HMjQYY',
				userId: 'zhangsan',
				responseUrl: RESPONSE_URL,
				expiresAt: SIGNED + 3_600_000,
			},
			sentAt: '2023-11-14T22:13:20.000Z',
			receivedAt: '2023-11-14T22:13:22.000Z',
			raw: base,
		});
	});

	it('of a group belong to the group and mention the bot', () => {
		expect(message({ ...group, text: { content: '@RobotA 你好' } })).toMatchObject({
			conversationId: 'CHATID',
			conversationType: 'group',
			sender: { id: 'zhangsan' },
			text: '你好',
			mentionedBot: true,
			replyTo: { chatId: 'CHATID', userId: 'zhangsan' },
		});
	});

	it('of a group come without the bot’s mention, which the name tells', () => {
		const said = { ...group, text: { content: '@Claw Bot /help' } };
		const named = decodeAiBotMessage({ ...base, ...said }, { ...context, botName: 'Claw Bot' });
		expect(named.text).toBe('/help');
	});

	it('of one person keep what looks like a mention', () => {
		expect(message({ text: { content: '@RobotA 你好' } }).text).toBe('@RobotA 你好');
	});

	const url = 'https://file';
	it.each([
		['image', { image: { url } }, 'image', '', [{ kind: 'image', key: url }]],
		['file', { file: { url } }, 'file', '', [{ kind: 'file', key: url }]],
		['video', { video: { url } }, 'video', '', [{ kind: 'video', key: url }]],
		['voice', { voice: { content: '转写的文字' } }, 'audio', '转写的文字', []],
		[
			'mixed',
			{
				mixed: {
					msg_item: [
						{ msgtype: 'text', text: { content: '看' } },
						{ msgtype: 'image', image: { url } },
						{ msgtype: 'text', text: { content: '这里' } },
					],
				},
			},
			'richText',
			'看\n这里',
			[{ kind: 'image', key: url }],
		],
		['image', {}, 'image', '', []],
		['mixed', { mixed: { msg_item: 'none' } }, 'richText', '', []],
		['hologram', { hologram: { content: 'x' } }, 'unknown', '', []],
		['markdown', { markdown: { content: '**x**' } }, 'richText', '**x**', []],
		['hologram', { hologram: { beam: 'x' } }, 'unknown', '', []],
		['__proto__', {}, 'unknown', '', []],
	])('of type %s with %j', (msgtype, content, contentType, text, attachments) => {
		expect(message({ msgtype, ...content })).toMatchObject({ contentType, text, attachments });
	});

	it.each<[string, object, object]>([
		['text', { text: { content: ' Guten Morgen ' } }, { text: 'Guten Morgen' }],
		['voice', { voice: { content: 'Guten Morgen' } }, { text: 'Guten Morgen' }],
		['image', { image: { url } }, { attachments: [{ kind: 'image', key: url }] }],
		['file', { file: { url } }, { attachments: [{ kind: 'file', key: url }] }],
		['video', { video: { url } }, { attachments: [{ kind: 'video', key: url }] }],
		[
			'mixed',
			{
				mixed: {
					msg_item: [
						{ msgtype: 'text', text: { content: 'Guten Morgen' } },
						{ msgtype: 'image', image: { url } },
					],
				},
			},
			{ text: 'Guten Morgen', attachments: [{ kind: 'image', key: url }] },
		],
		['markdown', { markdown: { content: '**Guten Morgen**' } }, { text: '**Guten Morgen**' }],
		[
			'link',
			{ link: { title: 'Guten Morgen', desc: 'a song', url: 'https://x.cn', image_url: url } },
			{ text: 'Guten Morgen\na song\nhttps://x.cn' },
		],
		['link', { link: { title: 'Morgen', description: 'a song' } }, { text: 'Morgen\na song' }],
		[
			'stream',
			{ stream: { id: 's1', finish: true, content: 'Guten Morgen' } },
			{ text: 'Guten Morgen' },
		],
		[
			'stream_with_template_card',
			{
				stream: { id: 's1', content: 'Guten' },
				template_card: { main_title: { title: 'Morgen' } },
			},
			{ text: 'Guten\nMorgen' },
		],
		[
			'template_card',
			{
				template_card: {
					card_type: 'text_notice',
					source: { icon_url: url, desc: 'Desk' },
					main_title: { title: 'Guten', desc: 'Morgen' },
					emphasis_content: { title: '100', desc: 'percent' },
					quote_area: { title: 'He', quote_text: 'said', url },
					sub_title_text: 'below',
					horizontal_content_list: [
						{ keyname: 'Who', value: 'Zhang' },
						{ keyname: 'File', value: 'a.pdf', type: 1, url },
					],
					vertical_content_list: [{ title: 'One', desc: 'two' }],
					jump_list: [{ type: 1, title: 'Home', url }],
					card_action: { type: 1, url },
					task_id: 't1',
				},
			},
			{
				text: 'Desk\nGuten\nMorgen\n100\npercent\nHe\nsaid\nbelow\nWho: Zhang\nFile: a.pdf\nOne\ntwo\nHome',
			},
		],
		[
			'template_card',
			{
				template_card: {
					card_type: 'vote_interaction',
					main_title: { title: 'Morgen?' },
					checkbox: { question_key: 'q', option_list: [{ id: '1', text: 'Ja' }] },
					select_list: [{ title: 'When', option_list: [{ id: '2', text: 'now' }] }],
					button_selection: { title: 'Which', option_list: [{ id: '3', text: 'this' }] },
					button_list: [{ text: 'OK', key: 'k' }],
					submit_button: { text: 'Send', key: 'k' },
				},
			},
			{ text: 'Morgen?\nJa\nWhich\nthis\nWhen\nnow\nOK\nSend' },
		],
		[
			'mixed',
			{
				mixed: {
					msg_item: [
						{ msgtype: 'markdown', markdown: { content: 'Guten' } },
						{ msgtype: 'link', link: { title: 'Morgen', url: 'https://x.cn' } },
						{ msgtype: 'voice', voice: { content: 'laut' } },
						{ msgtype: 'file', file: { url } },
						{
							msgtype: 'mixed',
							mixed: { msg_item: [{ msgtype: 'text', text: { content: 'x' } }] },
						},
					],
				},
			},
			{ text: 'Guten\nMorgen\nhttps://x.cn\nlaut', attachments: [{ kind: 'file', key: url }] },
		],
		['text', { text: 'Guten Morgen' }, { text: 'Guten Morgen' }],
		[
			'location',
			{ location: { name: 'Morgen', address: 'Berlin', latitude: 1.5, longitude: 2 } },
			{ text: 'Morgen\nBerlin\n(1.5, 2)' },
		],
		[
			'news',
			{ news: { articles: [{ title: 'Guten', description: 'Morgen', url: 'https://x.cn' }] } },
			{ text: 'Guten\nMorgen\nhttps://x.cn' },
		],
		[
			'textcard',
			{ textcard: { title: 'Guten', description: 'Morgen', url: 'https://x.cn' } },
			{ text: 'Guten\nMorgen\nhttps://x.cn' },
		],
	])(
		'that quote a message of type %s say so, beside their own text',
		(msgtype, content, expected) => {
			for (const change of [{}, group]) {
				const quoting = message({
					...change,
					text: { content: '@RobotA translate this' },
					quote: { msgtype, ...content },
				});
				expect(quoting.quote).toEqual(expected);
				expect(quoting.text).toMatch(/translate this$/);
				expect(quoting.text).not.toContain('Morgen');
			}
		},
	);

	it.each([
		[{}],
		['x'],
		[null],
		[{ msgtype: 'text' }],
		[{ msgtype: 'text', text: { content: '' } }],
		[{ text: { content: 'x' } }],
	])('that quote %j quote nothing', (quote) => {
		expect(message({ quote })).not.toHaveProperty('quote');
	});

	it('may be a mention and a quote, and nothing else', () => {
		const quote = { msgtype: 'text', text: { content: 'Guten Morgen' } };
		const said = message({ ...group, text: { content: '@ClawBot' }, quote });
		expect(said).toMatchObject({ text: '', quote: { text: 'Guten Morgen' } });
	});

	it('of the bot itself are marked', () => {
		expect(message({ from: { userid: 'AIBOTID' } }).sender).toEqual({ id: 'AIBOTID', isBot: true });
	});

	it('without a response URL cannot be answered', () => {
		expect(message({ response_url: undefined })).not.toHaveProperty('replyTo');
	});

	it.each([
		['an id', { msgid: undefined }],
		['a type', { msgtype: {} }],
		['a sender', { from: undefined }],
		['their group', { chattype: 'group' }],
	])('without %s are refused', (_, change) => {
		expect(() => message(change)).toThrow(Refused);
	});
});

describe('events', () => {
	const event = (change: object): DecodedMessage =>
		decodeAiBotEvent({ ...base, msgtype: 'event', create_time: 1_699_999_000, ...change }, context);

	it('carry type, data and their own time', () => {
		const feedback = { id: 'f1', type: 1 };
		expect(
			event({ event: { eventtype: 'feedback_event', feedback_event: feedback } }),
		).toMatchObject({
			kind: 'event',
			messageId: 'CAIQ16HMjQYY',
			conversationId: 'zhangsan',
			contentType: 'unknown',
			event: { type: 'feedback_event', data: feedback },
			sentAt: '2023-11-14T21:56:40.000Z',
		});
	});

	it('of a card are actions with what was chosen', () => {
		const card = {
			card_type: 'vote_interaction',
			event_key: 'yes',
			task_id: 't1',
			selected_items: {
				selected_item: [
					{ question_key: 'q1', option_ids: { option_id: ['a', 'b'] } },
					{ question_key: 'q2' },
				],
			},
		};
		const event1 = { eventtype: 'template_card_event', template_card_event: card };
		expect(event({ event: event1 })).toMatchObject({
			kind: 'action',
			action: { id: 'yes', cardId: 't1', form: { q1: ['a', 'b'], q2: [] } },
			replyTo: { responseUrl: RESPONSE_URL },
		});
	});

	it.each<[string, object]>([
		['below the type', { template_card_event: { event_key: 'yes', task_id: 't1' } }],
		['beside it', { event_key: 'yes', task_id: 't1' }],
		['in both places', { event_key: 'yes', template_card_event: { task_id: 't1' } }],
	])('of a card are read %s', (_, fields) => {
		const pressed = event({ event: { eventtype: 'template_card_event', ...fields } });
		expect(pressed.action).toEqual({ id: 'yes', cardId: 't1', form: {} });
	});

	it('of any other kind are read beside their type, too', () => {
		const said = event({ event: { eventtype: 'feedback_event', id: 'f1', type: 1 } });
		expect(said.event).toEqual({ type: 'feedback_event', data: { id: 'f1', type: 1 } });
	});

	it('called like a part of every object have no data', () => {
		const type = '__proto__';
		expect(event({ event: { eventtype: type } }).event).toEqual({ type, data: {} });
	});

	it('without an id or a type are refused', () => {
		expect(() => event({ event: {} })).toThrow(Refused);
		expect(() => event({ event: { eventtype: 'enter_chat' }, msgid: '' })).toThrow(Refused);
	});
});

it('takes any document for a message, an event or nothing', () => {
	const change = fc.dictionary(
		fc.constantFrom(...Object.keys(group), 'mixed', 'event', 'voice', 'create_time'),
		fc.oneof(
			fc.jsonValue(),
			fc.constantFrom('event', 'mixed', 'group', 'image'),
			fc.constant({ msg_item: [null, 1, { text: 1, image: { url: {} } }] }),
			fc.constant({
				eventtype: 'template_card_event',
				template_card_event: { selected_items: { selected_item: [1, { option_ids: [] }] } },
			}),
		),
	);
	let decoded = 0;
	fc.assert(
		fc.property(change, fc.boolean(), (fields, complete) => {
			for (const decode of [decodeAiBotMessage, decodeAiBotEvent]) {
				try {
					const result = decode(complete ? { ...group, ...fields } : fields, context);
					decoded++;
					expect(result).toMatchObject({
						messageId: expect.stringMatching(/./),
						contentType: expect.any(String),
						text: expect.any(String),
						sentAt: expect.stringMatching(/Z$/),
					});
					JSON.stringify(result);
				} catch (error) {
					if (!(error instanceof Refused)) throw error;
				}
			}
		}),
		{ numRuns: 400 },
	);
	expect(decoded).toBeGreaterThan(0);
});
