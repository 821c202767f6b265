import fc from 'fast-check';
import type { DecodedMessage } from '../../../protocol/message';
import { Refused } from '../../../protocol/verify';
import { decodeEvent, decodeMessage } from '../../../protocol/wecom/decode';
import { parseXml, type XmlObject } from '../../../protocol/wecom/xml';

const NOW = 1_700_000_300_000;
const WRITTEN = 1_700_000_000;

const documentOf = (fields: string): XmlObject =>
	parseXml(
		`<xml><ToUserName><![CDATA[ww1]]></ToUserName><FromUserName><![CDATA[zhangsan]]></FromUserName>` +
			`<CreateTime>${WRITTEN}</CreateTime>${fields}<AgentID>1000002</AgentID></xml>`,
	).xml as XmlObject;

const message = (fields: string): DecodedMessage =>
	decodeMessage(documentOf(`${fields}<MsgId>9223372036854775807</MsgId>`), NOW);

const event = (fields: string): DecodedMessage =>
	decodeEvent(documentOf(`<MsgType><![CDATA[event]]></MsgType>${fields}`), NOW);

describe('messages', () => {
	it('carry their envelope, with ids as strings', () => {
		expect(message('<MsgType>text</MsgType><Content><![CDATA[ 你好 a]]b ]]></Content>')).toEqual({
			platform: 'wecom',
			kind: 'message',
			messageId: '9223372036854775807',
			conversationId: 'zhangsan',
			conversationType: 'direct',
			sender: { id: 'zhangsan' },
			contentType: 'text',
			text: '你好 a]]b',
			mentions: [],
			mentionedBot: false,
			attachments: [],
			replyTo: {
				platform: 'wecom',
				bot: 'app',
				messageId: '9223372036854775807',
				userId: 'zhangsan',
			},
			sentAt: '2023-11-14T22:13:20.000Z',
			receivedAt: '2023-11-14T22:18:20.000Z',
			raw: expect.objectContaining({ AgentID: '1000002' }),
		});
	});

	const media = '<MediaId>m1</MediaId>';
	it.each([
		['image', `<PicUrl>https://p</PicUrl>${media}`, 'image', '', [{ kind: 'image', key: 'm1' }]],
		['voice', `${media}<Format>amr</Format>`, 'audio', '', [{ kind: 'audio', key: 'm1' }]],
		[
			'video',
			`${media}<ThumbMediaId>t1</ThumbMediaId>`,
			'video',
			'',
			[{ kind: 'video', key: 'm1' }],
		],
		[
			'location',
			'<Location_X>23.1</Location_X><Location_Y>113.3</Location_Y><Scale>15</Scale><Label>广州塔</Label>',
			'location',
			'广州塔 (23.1, 113.3)',
			[],
		],
		[
			'location',
			'<Location_X>23.1</Location_X><Location_Y>113.3</Location_Y>',
			'location',
			'(23.1, 113.3)',
			[],
		],
		['location', '<Location_X>23.1</Location_X><Label>广州塔</Label>', 'location', '广州塔', []],
		[
			'file',
			`<FileName><![CDATA[表 1.xlsx]]></FileName>${media}<FileSize>12</FileSize>`,
			'file',
			'',
			[{ kind: 'file', key: 'm1', name: '表 1.xlsx', size: 12 }],
		],
		[
			'file',
			`<Title>表.xlsx</Title>${media}<FileTotalLen>12</FileTotalLen>`,
			'file',
			'',
			[{ kind: 'file', key: 'm1', name: '表.xlsx', size: 12 }],
		],
		['file', `${media}<FileSize>big</FileSize>`, 'file', '', [{ kind: 'file', key: 'm1' }]],
		['file', '<FileName>a</FileName>', 'file', '', []],
		[
			'voice',
			`${media}<Recognition>你好。</Recognition>`,
			'audio',
			'你好。',
			[{ kind: 'audio', key: 'm1' }],
		],
		[
			'link',
			'<Title>T</Title><Description>D</Description><Url>https://u</Url>',
			'card',
			'T\nD\nhttps://u',
			[],
		],
		['link', '<Title>T</Title><Description/><Url>https://u</Url>', 'card', 'T\nhttps://u', []],
		['image', '', 'image', '', []],
		['hologram', '<Content>x</Content>', 'unknown', '', []],
		['constructor', '<Content>x</Content>', 'unknown', '', []],
	])('of type %s with %s', (type, fields, contentType, text, attachments) => {
		expect(message(`<MsgType>${type}</MsgType>${fields}`)).toMatchObject({
			contentType,
			text,
			attachments,
		});
	});

	it.each(['MsgId', 'FromUserName', 'MsgType'])('without %s are refused', (name) => {
		const xml = documentOf('<MsgType>text</MsgType><MsgId>1</MsgId>');
		expect(decodeMessage(xml, NOW).kind).toBe('message');
		delete xml[name];
		expect(() => decodeMessage(xml, NOW)).toThrow(Refused);
	});

	it.each([
		['line ends around CDATA', (text: string) => `\n<![CDATA[${text}]]>\n`],
		['blanks around CDATA', (text: string) => `  <![CDATA[${text}]]>\t`],
		['line ends in CDATA', (text: string) => `<![CDATA[\r\n${text}\r\n]]>`],
		[
			'CDATA in two parts',
			(text: string) => `<![CDATA[${text.slice(0, 1)}]]>\n<![CDATA[${text.slice(1)}]]>`,
		],
		['line ends around text', (text: string) => `\r\n\t${text}\r\n`],
	])('with %s are read alike', (_, pad) => {
		const fields = {
			FromUserName: 'zhangsan',
			MsgType: 'text',
			Content: 'hello',
			MsgId: '7',
			CreateTime: String(WRITTEN),
		};
		const xml = Object.entries(fields)
			.map(([name, value]) => `<${name}>${pad(value)}</${name}>`)
			.join('\n');
		const document = parseXml(`<xml>\n${xml}\n</xml>`).xml as XmlObject;
		expect(decodeMessage(document, NOW)).toMatchObject({
			contentType: 'text',
			text: 'hello',
			messageId: '7',
			sender: { id: 'zhangsan' },
			replyTo: { userId: 'zhangsan' },
			sentAt: '2023-11-14T22:13:20.000Z',
		});
	});

	it.each(['\u200b', '\ufeff', '\u2060', '\u200e'])('hide no command behind %j', (hidden) => {
		expect(message(`<MsgType>text</MsgType><Content>${hidden}/help${hidden}</Content>`).text).toBe(
			'/help',
		);
	});

	it('with a time that is none count as sent now', () => {
		const xml = documentOf('<MsgType>text</MsgType><MsgId>1</MsgId>');
		xml.CreateTime = 'yesterday';
		expect(decodeMessage(xml, NOW).sentAt).toBe(new Date(NOW).toISOString());
	});
});

describe('events', () => {
	it('carry type and data, and can be answered', () => {
		expect(event('<Event>click</Event><EventKey>menu1</EventKey>')).toMatchObject({
			kind: 'event',
			contentType: 'unknown',
			event: { type: 'click', data: { EventKey: 'menu1' } },
			replyTo: { bot: 'app', userId: 'zhangsan' },
			sentAt: '2023-11-14T22:13:20.000Z',
		});
	});

	it('have the same id when they come again, and another one otherwise', () => {
		const id = (fields: string): string => event(fields).messageId;
		const click = '<Event>click</Event><EventKey>a</EventKey>';
		expect(id(click)).toBe(id(click));
		const others = [
			'<Event>view</Event><EventKey>a</EventKey>',
			'<Event>click</Event><EventKey>b</EventKey>',
			'<Event>template_card_event</Event><EventKey>a</EventKey><TaskId>1</TaskId>',
			'<Event>template_card_event</Event><EventKey>a</EventKey><TaskId>2</TaskId>',
		];
		expect(new Set([click, ...others].map(id)).size).toBe(5);
	});

	it('of the company in one second are told apart by all they say', () => {
		const change = (user: string): DecodedMessage => {
			const xml = documentOf(`<Event>change_contact</Event><UserID>${user}</UserID>`);
			return decodeEvent({ ...xml, FromUserName: 'sys' }, NOW);
		};
		expect(change('a').messageId).toBe(change('a').messageId);
		expect(change('a').messageId).not.toBe(change('b').messageId);
		expect(change('a')).not.toHaveProperty('replyTo');
	});

	it('without a type are refused', () => {
		expect(() => event('')).toThrow(Refused);
	});

	it('of a card are actions with what was chosen', () => {
		const item = (key: string, ...ids: string[]): string =>
			`<SelectedItem><QuestionKey>${key}</QuestionKey><OptionIds>` +
			`${ids.map((id) => `<OptionId>${id}</OptionId>`).join('')}</OptionIds></SelectedItem>`;
		const card = (chosen: string): DecodedMessage =>
			event(
				'<Event><![CDATA[template_card_event]]></Event><EventKey>yes</EventKey><TaskId>t1</TaskId>' +
					`<CardType>vote_interaction</CardType><ResponseCode>rc</ResponseCode>${chosen}`,
			);
		const items = (...chosen: string[]): string =>
			`<SelectedItems>${chosen.join('')}</SelectedItems>`;
		expect(card(items(item('q1', 'a'), item('q2', 'a', 'b'), item('q3')))).toMatchObject({
			kind: 'action',
			action: { id: 'yes', cardId: 't1', form: { q1: ['a'], q2: ['a', 'b'], q3: [] } },
			replyTo: { bot: 'app', userId: 'zhangsan' },
		});
		expect(card(items(item('q1', 'a'))).action?.form).toEqual({ q1: ['a'] });
		expect(card('').action).toEqual({
			id: 'yes',
			cardId: 't1',
			form: {},
			responseCode: 'rc',
		});
		expect(card('<SelectedItems>x</SelectedItems>').action?.form).toEqual({});
		expect(card('').event).toBeUndefined();
	});
});

describe('generated documents', () => {
	const names = fc.constantFrom(
		'MsgType',
		'MsgId',
		'FromUserName',
		'CreateTime',
		'Event',
		'EventKey',
		'TaskId',
		'Content',
		'MediaId',
		'SelectedItems',
		'SelectedItem',
		'OptionIds',
		'OptionId',
		'QuestionKey',
		'__proto__',
	);
	const { document } = fc.letrec<{ document: XmlObject; value: unknown }>((tie) => ({
		document: fc
			.dictionary(names, tie('value'), { maxKeys: 6 })
			.map((fields) => Object.assign(Object.create(null), fields) as XmlObject),
		value: fc.oneof(
			{ depthSize: 'small', maxDepth: 3 },
			fc.oneof(
				fc.string(),
				fc.constantFrom('event', 'text', 'template_card_event', 'image', 'sys', '1e400', '-1'),
			),
			tie('document'),
			fc.array(fc.oneof(fc.string(), tie('document')), { minLength: 2, maxLength: 3 }),
		),
	}));

	it.each([
		['messages', decodeMessage],
		['events', decodeEvent],
	])('are %s or refused, never anything else', (_, decode) => {
		let decoded = 0;
		fc.assert(
			fc.property(document, fc.boolean(), (fields, complete) => {
				const whole = { MsgId: '1', FromUserName: 'a', MsgType: 'text', Event: 'x' };
				try {
					const result = decode(complete ? { ...whole, ...fields } : fields, NOW);
					decoded++;
					expect(result).toMatchObject({
						messageId: expect.stringMatching(/./),
						conversationId: expect.any(String),
						contentType: expect.any(String),
						text: expect.any(String),
						sentAt: expect.stringMatching(/^[\d+-].*Z$/),
					});
					JSON.stringify(result);
				} catch (error) {
					if (!(error instanceof Refused)) throw error;
				}
			}),
			{ numRuns: 200 },
		);
		expect(decoded).toBeGreaterThan(0);
	});
});
