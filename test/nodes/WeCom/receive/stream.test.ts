import { stream } from '../../../../nodes/WeCom/receive/stream';
import {
	ConnectionFailure,
	type Meaning,
} from '../../../../nodes/shared/receive/connection/stream';

const NOW = Date.parse('2026-11-30T08:00:00Z');
const credentialOf = (more = {}) => ({
	botId: ' aib-1\n',
	secret: 'a-long-secret',
	botName: 'ClawBot',
	websocketUrl: 'wss://openws.work.weixin.qq.com',
	...more,
});

const sessionOf = () => stream.session({ url: 'wss://x' }, credentialOf());
const parsed = (frame: unknown) =>
	JSON.parse(String(frame)) as { cmd: string; headers: { req_id: string }; body: object };

const callback = (body: object, cmd = 'aibot_msg_callback', req_id = 'r-1') => ({
	cmd,
	headers: { req_id },
	body,
});
const event = (eventtype: string, more = {}) =>
	callback(
		{
			...textMessage(),
			msgtype: 'event',
			create_time: NOW / 1000,
			event: { eventtype, [eventtype]: more },
		},
		'aibot_event_callback',
	);
const textMessage = () => ({
	msgid: 'msg-1',
	aibotid: 'aib-1',
	chattype: 'single',
	from: { userid: 'u1' },
	msgtype: 'text',
	text: { content: 'hello' },
});

const read = (frame: unknown): Meaning[] =>
	sessionOf().read(
		typeof frame === 'string' || frame instanceof Uint8Array ? frame : JSON.stringify(frame),
		NOW,
	);
const messageOf = (frame: unknown): Extract<Meaning, { kind: 'message' }> => {
	const [meaning, ...others] = read(frame);
	if (meaning?.kind !== 'message' || others.length) throw new Error('no message');
	return meaning;
};

describe('the connection', () => {
	it('begins with the bot’s id and secret, and is ready when WeCom says so', () => {
		const session = sessionOf();
		expect(session.isReadyAtOpen).toBe(false);
		const [greeting, ...others] = session.greeting.map(parsed);
		expect(others).toEqual([]);
		expect(greeting).toMatchObject({
			cmd: 'aibot_subscribe',
			body: { bot_id: 'aib-1', secret: 'a-long-secret' },
		});
		const answer = { headers: greeting!.headers, errcode: 0, errmsg: 'ok' };
		expect(session.read(JSON.stringify(answer), NOW)).toEqual([{ kind: 'ready' }]);
	});

	it.each([
		[40001, 'badCredentials'],
		[40058, 'badCredentials'],
		[853000, 'badCredentials'],
		[-1, 'unreachable'],
		[45009, 'unreachable'],
	])('ends where WeCom refuses it with %d', (errcode, failureClass) => {
		const session = sessionOf();
		const { headers } = parsed(session.greeting[0]);
		const answer = { headers, errcode, errmsg: 'no: a-long-secret' };
		const [ended] = session.read(JSON.stringify(answer), NOW);
		expect(ended).toMatchObject({
			kind: 'ended',
			failure: { failureClass, message: `WeCom: no: *** (${errcode})`, cure: expect.any(String) },
		});
	});

	it('lives where its ping is answered', () => {
		const session = sessionOf();
		const ping = parsed(session.ping!());
		expect(ping).toEqual({ cmd: 'ping', headers: { req_id: expect.any(String) } });
		const answer = { headers: ping.headers, errcode: 0, errmsg: 'ok' };
		expect(session.read(JSON.stringify(answer), NOW)).toEqual([{ kind: 'alive' }]);
	});

	it('has ids that no other connection has', () => {
		const ids = [sessionOf(), sessionOf()].map(
			({ greeting }) => parsed(greeting[0]).headers.req_id,
		);
		expect(new Set(ids).size).toBe(2);
	});

	it('is not fought for where another one takes its place', () => {
		const [ended] = read(event('disconnected_event'));
		expect(ended).toMatchObject({ kind: 'ended', failure: { failureClass: 'replaced' } });
	});

	it.each([
		['wss://openws.work.weixin.qq.com', 'wss://openws.work.weixin.qq.com'],
		[' ws://127.0.0.1:1/aibot/ ', 'ws://127.0.0.1:1/aibot'],
	])('goes to the address of the credential: %s', async (websocketUrl, url) => {
		expect(await stream.locate(credentialOf({ websocketUrl }), new Set())).toEqual({ url });
	});

	it.each(['', 'https://openws.work.weixin.qq.com', 'wss://', 'wss://[', 7])(
		'goes nowhere where the credential has no address: %j',
		async (websocketUrl) => {
			const failing = stream.locate(credentialOf({ websocketUrl }), new Set());
			await expect(failing).rejects.toBeInstanceOf(ConnectionFailure);
			await expect(failing).rejects.toMatchObject({ failureClass: 'badCredentials' });
		},
	);
});

describe('a frame', () => {
	it('brings a message, which is answered by its id', () => {
		const body = { ...textMessage(), response_url: 'https://qyapi.weixin.qq.com/r' };
		const { message, acknowledge } = messageOf(callback(body));
		expect(message).toMatchObject({ kind: 'message', messageId: 'msg-1', text: 'hello' });
		expect(message.replyTo).toEqual({
			platform: 'wecom',
			messageId: 'msg-1',
			bot: 'aiBot',
			userId: 'u1',
			reqId: 'r-1',
			takes: 'answer',
		});
		expect(acknowledge('stored', 1)).toBeUndefined();
	});

	it('brings a group’s message without the bot’s mention', () => {
		const group = { chattype: 'group', chatid: 'c1', text: { content: '@ClawBot hello' } };
		const { message } = messageOf(callback({ ...textMessage(), ...group }));
		expect(message).toMatchObject({ conversationId: 'c1', text: 'hello', mentionedBot: true });
		expect(message.replyTo).toMatchObject({ chatId: 'c1', reqId: 'r-1' });
	});

	it.each([
		['enter_chat', 'event', { reqId: 'r-1', takes: 'welcome' }],
		['template_card_event', 'action', { reqId: 'r-1' }],
		['feedback_event', 'event', undefined],
		['new_event', 'event', undefined],
	])('brings %s', (type, kind, replyTo) => {
		const { message } = messageOf(event(type, { event_key: 'ok', task_id: 't1' }));
		expect(message.kind).toBe(kind);
		if (!replyTo) return expect(message.replyTo).toBeUndefined();
		expect(message.replyTo).toEqual({
			platform: 'wecom',
			messageId: 'msg-1',
			bot: 'aiBot',
			userId: 'u1',
			...replyTo,
		});
	});

	it('says what became of a frame of ours', () => {
		const answer = { headers: { req_id: 'r-7' }, errcode: 846608, errmsg: 'over', body: { a: 1 } };
		expect(read(answer)).toEqual([
			{ kind: 'reply', id: 'r-7', code: 846608, text: 'over', body: { a: 1 } },
		]);
	});

	it('may hold control characters', () => {
		const body = { ...textMessage(), text: { content: 'helXlo' } };
		const frame = JSON.stringify(callback(body)).replace('X', '\u0001\u001f\u000b');
		expect(messageOf(frame).message.text).toBe('hello');
	});

	it.each([
		['of an unknown command', { cmd: 'aibot_new', headers: { req_id: 'r' }, body: {} }],
		['that asks for the rest of a streamed answer', callback({ msgtype: 'stream', stream: {} })],
	])('may mean no more than that WeCom lives: %s', (_, frame) => {
		expect(read(frame)).toEqual([{ kind: 'alive' }]);
	});

	it.each([
		['bytes', Buffer.from('{}')],
		['HTML', '<html></html>'],
		['no object', '[]'],
		['empty', {}],
		['an answer without an id', { headers: {}, errcode: 0 }],
		['an answer without a code', { headers: { req_id: 'r' } }],
		['an answer with a code that is none', { headers: { req_id: 'r' }, errcode: 'x' }],
		['a callback without an id', { cmd: 'aibot_msg_callback', body: textMessage() }],
		['a callback without a body', { cmd: 'aibot_msg_callback', headers: { req_id: 'r' } }],
		['a message without a sender', callback({ ...textMessage(), from: {} })],
	])('is refused: %s', (_, frame) => {
		expect(() => read(frame)).toThrow(/^Refused: /);
	});
});

it.each([
	[{ botId: '' }, undefined, 'fill in Bot ID in the credential (API 模式 → 使用长连接)'],
	[{ secret: ' ' }, 'aib-1', 'fill in Secret in the credential (API 模式 → 使用长连接)'],
	[{}, 'aib-1', undefined],
])('A credential with %j is of the app %s and lacks: %s', (more, app, missing) => {
	expect(stream.appOf(credentialOf(more))).toBe(app);
	expect(stream.missing(credentialOf(more))).toBe(missing);
});
