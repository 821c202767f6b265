import type { DecodedMessage } from '../../../../protocol/message';
import { endpointUrl } from '../../../../protocol/dingtalk/gateway';
import { stream } from '../../../../nodes/DingTalk/receive/stream';
import {
	ConnectionFailure,
	type Meaning,
} from '../../../../nodes/shared/receive/connection/stream';
import { startServer, type TestServer } from '../../server';

const NOW = Date.parse('2026-11-30T08:00:00Z');

let server: TestServer;
beforeEach(async () => {
	server = await startServer(() => ({
		body: { endpoint: 'ws://127.0.0.1:1/connect', ticket: 'a b+c' },
	}));
});
afterEach(async () => await server.close());

const credentialOf = (more = {}) => ({
	clientId: 'ding1',
	clientSecret: 'a-long-secret',
	baseUrl: server.origin,
	oapiBaseUrl: server.origin,
	...more,
});

const kindsOf = (...kinds: Array<DecodedMessage['kind']>) => new Set(kinds);

const read = (frame: object | string | Uint8Array): Meaning[] => {
	const session = stream.session({ url: 'ws://x' }, credentialOf());
	const wire =
		typeof frame === 'string' || frame instanceof Uint8Array ? frame : JSON.stringify(frame);
	return session.read(wire, NOW);
};

const callback = (topic: string, data: unknown) => ({
	specVersion: '1.0',
	type: 'CALLBACK',
	headers: { topic, messageId: 'm-1', contentType: 'application/json', time: String(NOW) },
	data: JSON.stringify(data),
});

const robotMessage = () => ({
	msgId: 'msgAbc==',
	msgtype: 'text',
	text: { content: ' hello' },
	conversationId: 'cid1',
	conversationType: '1',
	senderStaffId: 'u1',
	senderNick: 'Ann',
	createAt: NOW,
	sessionWebhook: `${server.origin}/robot/sendBySession?session=s`,
	sessionWebhookExpiredTime: NOW + 5_400_000,
});

const one = (meanings: Meaning[]): Extract<Meaning, { kind: 'message' }> => {
	expect(meanings).toHaveLength(1);
	const [meaning] = meanings;
	if (meaning?.kind !== 'message') throw new Error(`no message: ${JSON.stringify(meaning)}`);
	return meaning;
};

const sent = (frame: unknown) => JSON.parse(String(frame)) as unknown;

describe('the question for the gateway', () => {
	it.each([
		['wss://x/connect?zone=a', 'wss://x/connect?zone=a&ticket=t'],
		['wss://x/connect', 'wss://x/connect?ticket=t'],
	])('adds the ticket to %s', (endpoint, url) => {
		expect(endpointUrl({ endpoint, ticket: 't' })).toBe(url);
	});

	it.each([
		[['message'], [['CALLBACK', '/v1.0/im/bot/messages/get']]],
		[['action'], [['CALLBACK', '/v1.0/card/instances/callback']]],
		[['event'], [['EVENT', '*']]],
		[
			['message', 'event'],
			[
				['CALLBACK', '/v1.0/im/bot/messages/get'],
				['EVENT', '*'],
			],
		],
	] as const)('subscribes for %j', async (kinds, subscriptions) => {
		const gateway = await stream.locate(credentialOf({ clientId: ' ding1\n' }), kindsOf(...kinds));
		expect(gateway).toEqual({ url: 'ws://127.0.0.1:1/connect?ticket=a%20b%2Bc' });
		expect(server.asked).toHaveLength(1);
		expect(server.asked[0]).toMatchObject({
			method: 'POST',
			path: '/v1.0/gateway/connections/open',
			headers: { accept: 'application/json', 'content-type': 'application/json' },
			body: {
				clientId: 'ding1',
				clientSecret: 'a-long-secret',
				subscriptions: subscriptions.map(([type, topic]) => ({ type, topic })),
			},
		});
	});

	it.each([
		['a wrong secret', 400, { code: 'invalidClientIdOrSecret', message: 'x' }, 'badCredentials'],
		['a bare 401', 401, {}, 'badCredentials'],
		[
			'a missing permission',
			403,
			{ code: 'Forbidden.AccessDenied', message: 'x' },
			'badCredentials',
		],
		['a wrong base URL', 404, '<html></html>', 'badCredentials'],
		['a fault of DingTalk', 500, { code: 'ServiceUnavailable', message: 'x' }, 'unreachable'],
		['too many calls', 403, { code: 'Forbidden.QpsLimitForApi', message: 'x' }, 'unreachable'],
		['HTML in place of JSON', 200, '<html></html>', 'unreachable'],
		['no ticket', 200, { endpoint: 'ws://127.0.0.1:1' }, 'unreachable'],
		['no endpoint', 200, { ticket: 't' }, 'unreachable'],
		['an endpoint that is none', 200, { endpoint: 'javascript:1', ticket: 't' }, 'unreachable'],
		['a place within a page', 200, { endpoint: 'ws://127.0.0.1:1/#y', ticket: 't' }, 'unreachable'],
		['an endpoint that is an object', 200, { endpoint: {}, ticket: [] }, 'unreachable'],
	])('says what %s means', async (_, status, body, failureClass) => {
		server.answer = () => ({ status, body });
		const failing = stream.locate(credentialOf(), kindsOf('message'));
		await expect(failing).rejects.toBeInstanceOf(ConnectionFailure);
		await expect(failing).rejects.toMatchObject({
			failureClass,
			cure: expect.stringMatching(/\w/),
		});
		expect(server.asked).toHaveLength(1);
	});

	it('repeats no secret that DingTalk repeats', async () => {
		server.answer = ({ body }) => ({
			status: 400,
			body: { code: 'invalidClientIdOrSecret', message: `wrong: ${body.clientSecret}` },
		});
		const failing = stream.locate(credentialOf(), kindsOf('message'));
		await expect(failing).rejects.toThrow('DingTalk: wrong: *** (invalidClientIdOrSecret)');
	});

	it('finds nobody there', async () => {
		await server.close();
		const failing = stream.locate(credentialOf(), kindsOf('message'));
		await expect(failing).rejects.toMatchObject({ failureClass: 'unreachable' });
	});
});

describe('a frame', () => {
	it('brings a robot message, as HTTP does', () => {
		const { message, acknowledge } = one(
			read(callback('/v1.0/im/bot/messages/get', robotMessage())),
		);
		expect(message).toMatchObject({
			kind: 'message',
			messageId: 'msgAbc==',
			text: 'hello',
			replyTo: { sessionWebhook: `${server.origin}/robot/sendBySession?session=s` },
		});
		const headers = { contentType: 'application/json', messageId: 'm-1' };
		expect(sent(acknowledge('stored', 5))).toMatchObject({ code: 200, headers });
		expect(sent(acknowledge('later', 5))).toMatchObject({ code: 500, headers });
	});

	it('gives no foreign session webhook', () => {
		const foreign = { ...robotMessage(), sessionWebhook: 'https://evil.example/robot' };
		const { message } = one(read(callback('/v1.0/im/bot/messages/get', foreign)));
		expect(message.replyTo).not.toHaveProperty('sessionWebhook');
	});

	it('brings a card action', () => {
		const data = {
			type: 'actionCallback',
			outTrackId: 'card-1',
			userId: 'u1',
			spaceId: 'cid1',
			spaceType: 'IM',
			content: JSON.stringify({ cardPrivateData: { actionIds: ['approve'], params: { a: 1 } } }),
		};
		const { message, acknowledge } = one(read(callback('/v1.0/card/instances/callback', data)));
		expect(message).toMatchObject({
			kind: 'action',
			messageId: 'm-1',
			conversationId: 'cid1',
			conversationType: 'group',
			sender: { id: 'u1' },
			action: { id: 'approve', value: { a: 1 }, cardId: 'card-1' },
			replyTo: { platform: 'dingtalk', conversationId: 'cid1', userId: 'u1' },
		});
		expect(sent(acknowledge('stored', 5))).toMatchObject({ code: 200 });
	});

	it('brings an event, which is to come again where it is not stored', () => {
		const { message, acknowledge } = one(
			read({
				type: 'EVENT',
				headers: { topic: '*', messageId: 'm-1', eventId: 'e-1', eventType: 'user_add_org' },
				data: '{"userId":["u1"]}',
			}),
		);
		expect(message).toMatchObject({ kind: 'event', messageId: 'e-1' });
		expect(sent(acknowledge('stored', 5))).toMatchObject({
			code: 200,
			data: '{"status":"SUCCESS"}',
		});
		expect(sent(acknowledge('later', 5))).toMatchObject({ code: 200, data: '{"status":"LATER"}' });
	});

	it('brings an event that says nothing', () => {
		const headers = { topic: '*', messageId: 'm-1', eventId: 'e-1', eventType: 'check_in' };
		const { message } = one(read({ type: 'EVENT', headers }));
		expect(message).toMatchObject({ messageId: 'e-1', event: { type: 'check_in', data: {} } });
	});

	it.each([
		[
			'a ping, answered word for word',
			{ type: 'SYSTEM', headers: { topic: 'ping', messageId: 'p' }, data: '{"opaque":"1"}' },
			[{ kind: 'answer', frame: expect.stringContaining('"data":"{\\"opaque\\":\\"1\\"}"') }],
		],
		[
			'the end, announced without an id',
			{ type: 'SYSTEM', headers: { topic: 'disconnect' }, data: '{"reason":"rebalance"}' },
			[{ kind: 'leaving', reason: 'rebalance' }],
		],
		[
			'the end without a reason',
			{ type: 'SYSTEM', headers: { topic: 'disconnect' } },
			[{ kind: 'leaving', reason: 'disconnect' }],
		],
		[
			'something about the connection',
			{ type: 'SYSTEM', headers: { topic: 'KEEPALIVE' } },
			[{ kind: 'alive' }],
		],
		[
			'an unknown topic',
			callback('/v1.0/graph/api/invoke', {}),
			[{ kind: 'answer', frame: expect.stringContaining('"code":404') }],
		],
	])('is %s', (_, frame, meanings) => {
		expect(read(frame)).toEqual(meanings);
	});

	it.each([
		['bytes', Buffer.from('{}')],
		['HTML', '<html></html>'],
		['no object', '[]'],
		['of no type', { headers: {} }],
		['of an unknown type', { type: 'NEW', headers: {} }],
		['without headers', { type: 'EVENT' }],
		['with data that is no text', { type: 'EVENT', headers: {}, data: {} }],
		['an event without an id', { type: 'EVENT', headers: { eventType: 'x' }, data: '{}' }],
		['a message without an id', callback('/v1.0/im/bot/messages/get', { msgtype: 'text' })],
		['an action without a card', callback('/v1.0/card/instances/callback', {})],
		[
			'an action with content that is no JSON',
			callback('/v1.0/card/instances/callback', { outTrackId: 'c', content: '<html>' }),
		],
	])('is refused: %s', (_, frame) => {
		expect(() => read(frame)).toThrow(/^Refused: /);
	});
});

it.each([
	[{ clientId: '' }, undefined, 'fill in Client ID in the credential'],
	[{ clientSecret: ' ' }, 'ding1', 'fill in Client Secret in the credential'],
	[{}, 'ding1', undefined],
])('A credential with %j is of the app %s and lacks: %s', (more, app, missing) => {
	expect(stream.appOf(credentialOf(more))).toBe(app);
	expect(stream.missing(credentialOf(more))).toBe(missing);
});
