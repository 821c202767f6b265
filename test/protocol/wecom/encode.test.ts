import fc from 'fast-check';
import { splitText } from '../../../protocol/splitText';
import { byteLength, idempotencyKey } from '../../../protocol/text';
import * as wecom from '../../../protocol/wecom/encode';
import type { OutgoingMessage, TextMessage } from '../../../protocol/outgoing';

const { robotTextLimit } = wecom;
const robotBody = (message: OutgoingMessage) => wecom.robotBody(wecom.robotWritten(message));
const aiBotBody = (message: OutgoingMessage) => wecom.aiBotBody(wecom.aiBotWritten(message));
/** With Markdown as it is, where it is Markdown. */
const appBody = (
	message: OutgoingMessage,
	...rest: [wecom.Recipients, { agentId: number; idempotencyKey: string }]
) => wecom.appBody(wecom.appWritten({ ...message, keepMarkdown: true } as TextMessage), ...rest);

const key = idempotencyKey('m1');

describe('a group robot’s text', () => {
	it('is only text', () => {
		expect(robotBody({ type: 'text', text: 'hi' })).toEqual({
			msgtype: 'text',
			text: { content: 'hi' },
		});
	});

	it('mentions people and everybody beside the text', () => {
		expect(
			robotBody({ type: 'text', text: 'hi', mentionIds: ['a', 'b'], mentionAll: true }),
		).toEqual({ msgtype: 'text', text: { content: 'hi', mentioned_list: ['a', 'b', '@all'] } });
	});
});

describe('a group robot’s Markdown', () => {
	it.each([
		['# 标题\n- a\n\n```js\nx\n```', 'markdown_v2'],
		['a < b, a <b> c, mail@x.cn, font color', 'markdown_v2'],
		['`List<@NonNull String>`', 'markdown_v2'],
		['<font color="warning">3</font>', 'markdown'],
	])('%j is %s', (text, type) => {
		expect(robotBody({ type: 'markdown', text })).toEqual({
			msgtype: type,
			[type]: { content: text },
		});
	});

	it('mentions whom its own field names, where the text does', () => {
		const text = '请 <@zhangsan> 看';
		expect(robotBody({ type: 'markdown', text, mentionIds: ['zhangsan'] })).toEqual({
			msgtype: 'markdown',
			markdown: { content: text },
		});
	});

	it('mentions people in the text, once each', () => {
		const text = 'hi <@a>';
		expect(robotBody({ type: 'markdown', text, mentionIds: ['a', 'b'] })).toEqual({
			msgtype: 'markdown',
			markdown: { content: 'hi <@a>\n<@b>' },
		});
	});

	it('leaves room for its mentions', () => {
		const message = { type: 'markdown' as const, text: '', mentionIds: ['zhangsan', '李四'] };
		const text = 'x'.repeat(robotTextLimit(message).max);
		const body = robotBody({ ...message, text }) as { markdown: { content: string } };
		expect(byteLength(body.markdown.content)).toBe(4096);
		expect(robotTextLimit({ ...message, type: 'text' }).max).toBe(2048);
	});

	it('leaves room for a mention that only the end of a long text holds', () => {
		const mentionIds = ['zhangsan'];
		const message = {
			type: 'markdown' as const,
			mentionIds,
			text: `${'x'.repeat(5000)}<@zhangsan>`,
		};
		const [text = ''] = splitText(message.text, robotTextLimit(message).max);
		const body = robotBody({ ...message, text }) as { markdown: { content: string } };
		expect(byteLength(body.markdown.content)).toBe(4096);
	});

	it('refuses mentions that leave no room for the text', () => {
		const limit = (people: number): number =>
			robotTextLimit({
				type: 'markdown',
				text: 'hi',
				mentionIds: Array.from({ length: people }, (_, index) => `user-${100 + index}`),
			}).max;
		// Twelve bytes each, with the blank.
		expect(limit(299)).toBe(4096 - 12 * 299);
		expect(() => limit(300)).toThrow('Too many mentions for one message');
		expect(() => limit(2000)).toThrow('Too many mentions for one message');
	});
});

describe('an app’s message', () => {
	it('names recipients, app and text, and asks for the duplicate check', () => {
		expect(
			appBody(
				{ type: 'text', text: 'hi' },
				{ touser: 'a|b' },
				{ agentId: 1000002, idempotencyKey: key },
			),
		).toEqual({
			touser: 'a|b',
			agentid: 1000002,
			msgtype: 'text',
			text: { content: 'hi' },
			enable_duplicate_check: 1,
			duplicate_check_interval: expect.any(Number),
		});
	});

	// WeCom compares the bytes: what an earlier version of the package has sent is the same message.
	it.each([
		[
			{ type: 'markdown', text: '# a\n![x](https://x/y)\nb', title: 'T' },
			{ touser: 'a|b' },
			'{"touser":"a|b","agentid":1000002,"msgtype":"markdown","markdown":{"content":"# a\\n[x](https://x/y)\\nb"},"enable_duplicate_check":1,"duplicate_check_interval":4753}',
		],
		[
			{ type: 'text', text: 'hi' },
			{ toparty: '2' },
			'{"toparty":"2","agentid":1000002,"msgtype":"text","text":{"content":"hi"},"enable_duplicate_check":1,"duplicate_check_interval":4753}',
		],
	] as const)('is byte for byte what it always was: %j', (message, recipients, bytes) => {
		const sameKey = idempotencyKey('seed', '0');
		const body = appBody(message, recipients, { agentId: 1000002, idempotencyKey: sameKey });
		expect(JSON.stringify(body)).toBe(bytes);
	});

	it('goes to the recipients of its route alone, whatever its own body says', () => {
		const body = {
			msgtype: 'news',
			news: {},
			touser: '@all',
			toparty: '1',
			totag: '2',
			agentid: 9,
		};
		const raw = { type: 'raw', platform: 'wecom', text: 'News', body } as const;
		const sent = appBody(raw, { touser: 'a' }, { agentId: 1, idempotencyKey: key });
		expect(sent).toEqual({
			touser: 'a',
			agentid: 1,
			msgtype: 'news',
			news: {},
			enable_duplicate_check: 1,
			duplicate_check_interval: expect.any(Number),
		});
	});

	it('shows images of Markdown as links', () => {
		const text = '![图](https://x/y.png) and [link](https://x)!';
		expect(
			appBody({ type: 'markdown', text }, { totag: '1' }, { agentId: 1, idempotencyKey: key }),
		).toMatchObject({
			totag: '1',
			msgtype: 'markdown',
			markdown: { content: '[图](https://x/y.png) and [link](https://x)!' },
		});
	});

	it('is read once however many images it begins', () => {
		const text = '!['.repeat(250_000);
		expect(
			appBody({ type: 'markdown', text }, { totag: '1' }, { agentId: 1, idempotencyKey: key }),
		).toMatchObject({
			markdown: { content: text },
		});
	});

	it('is the same request for a retry and another one for another message', () => {
		const body = (id: string): string =>
			JSON.stringify(
				appBody(
					{ type: 'text', text: 'hi' },
					{ touser: 'a' },
					{ agentId: 1, idempotencyKey: idempotencyKey(id) },
				),
			);
		expect(body('m1')).toBe(body('m1'));
		const bodies = new Set(Array.from({ length: 100 }, (_, index) => body(`m${index}`)));
		expect(bodies.size).toBeGreaterThan(95);
	});

	it('asks for a check of half an hour to four hours', () => {
		fc.assert(
			fc.property(fc.string(), (id) => {
				const body = appBody(
					{ type: 'text', text: 'x' },
					{},
					{ agentId: 1, idempotencyKey: idempotencyKey(id) },
				);
				const { duplicate_check_interval: interval } = body as Record<string, number>;
				expect(interval).toBeGreaterThanOrEqual(1800);
				expect(interval).toBeLessThanOrEqual(14_400);
			}),
		);
	});
});

describe('an AI bot’s answer', () => {
	it('is Markdown, whatever the type', () => {
		const body = { msgtype: 'markdown', markdown: { content: 'hi' } };
		expect(aiBotBody({ type: 'text', text: 'hi' })).toEqual(body);
		expect(aiBotBody({ type: 'markdown', text: 'hi' })).toEqual(body);
	});
});

describe('an AI bot’s answer on its connection', () => {
	const raw = (body: object): OutgoingMessage =>
		({ type: 'raw', platform: 'wecom', body, text: '' }) as OutgoingMessage;
	const markdown = { msgtype: 'markdown', markdown: { content: '**hi**' } };
	const card = { msgtype: 'template_card', template_card: { card_type: 'text_notice' } };
	const streamed = (content: string) => ({
		msgtype: 'stream',
		stream: { id: 's1', finish: true, content },
	});

	it.each<[string, OutgoingMessage, object]>([
		['a text', { type: 'text', text: 'hi' }, streamed('hi')],
		['Markdown', { type: 'markdown', text: '**hi**' }, streamed('**hi**')],
		['a body with Markdown', raw(markdown), streamed('**hi**')],
		['a card', raw(card), card],
		['a body of its own', raw(streamed('x')), streamed('x')],
	])('is whole at once: %s', (_, message, body) => {
		expect(wecom.aiBotAnswerBody(wecom.aiBotWritten(message), 's1')).toEqual(body);
	});

	it.each<[string, OutgoingMessage, object]>([
		['a text', { type: 'text', text: 'hi' }, { msgtype: 'text', text: { content: 'hi' } }],
		[
			'Markdown',
			{ type: 'markdown', text: '**hi**' },
			{ msgtype: 'text', text: { content: 'hi' } },
		],
		['a card', raw(card), card],
	])('that welcomes is plain: %s', (_, message, body) => {
		expect(wecom.aiBotWelcomeBody(wecom.aiBotWritten(message))).toEqual(body);
	});
});
