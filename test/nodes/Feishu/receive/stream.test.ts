import {
	decodeFrame,
	encodeFrame,
	type LongConnectionFrame,
} from '../../../../protocol/feishu/frame';
import { stream } from '../../../../nodes/Feishu/receive/stream';
import type { Meaning } from '../../../../nodes/shared/receive/connection/stream';
import { startServer, type Answerer, type TestServer } from '../../server';

const NOW = Date.parse('2026-11-30T08:00:00Z');
const GATEWAY = '/callback/ws/endpoint';
const ADDRESS = 'ws://127.0.0.1:1/ws?device_id=1&service_id=33554678&ticket=secret';

const bot = (open_id: string) => ({ body: { code: 0, bot: { open_id } } });
const token = { body: { code: 0, tenant_access_token: 't-1', expire: 7200 } };
const located = (ClientConfig: unknown = {}) => ({
	body: { code: 0, data: { URL: ADDRESS, ClientConfig } },
});

const answering =
	(gateway: ReturnType<Answerer>, info: ReturnType<Answerer> = bot('ou_bot')): Answerer =>
	({ path }) =>
		path === GATEWAY ? gateway : path.endsWith('/info') ? info : token;

let server: TestServer;
beforeEach(async () => {
	server = await startServer(answering(located()));
});
afterEach(async () => await server.close());

const credentialOf = (more = {}) => ({
	appId: 'cli_1',
	appSecret: 'a-long-secret',
	baseUrl: server.origin,
	...more,
});
const sessionOf = () => stream.session({ url: ADDRESS }, credentialOf());
const locate = async (more = {}) => await stream.locate(credentialOf(more), new Set(['message']));

const frameOf = (
	payload: unknown,
	headers: Record<string, string> = {},
	more: Partial<LongConnectionFrame> = {},
): LongConnectionFrame => ({
	seqId: 1n,
	logId: 2n ** 63n + 1n,
	service: 33554678,
	method: 1,
	headers: Object.entries({ type: 'event', message_id: 'm', sum: '1', seq: '0', ...headers }),
	payload: Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload)),
	...more,
});

const textMessage = (mentions: unknown[] = []) => ({
	schema: '2.0',
	header: { event_id: 'e-1', event_type: 'im.message.receive_v1', create_time: String(NOW) },
	event: {
		sender: { sender_id: { open_id: 'ou_1' }, sender_type: 'user' },
		message: {
			message_id: 'om_1',
			chat_id: 'oc_1',
			chat_type: mentions.length ? 'group' : 'p2p',
			message_type: 'text',
			content: '{"text":"@_user_1 hello"}',
			mentions,
		},
	},
});

const only = (meanings: Meaning[]): Extract<Meaning, { kind: 'message' }> => {
	const [meaning] = meanings;
	if (meanings.length !== 1 || meaning?.kind !== 'message') throw new Error('no message');
	return meaning;
};

describe('the question for the gateway', () => {
	it('gives the address and what Feishu wishes', async () => {
		const config = {
			PingInterval: 90,
			ReconnectInterval: 120,
			ReconnectNonce: 30,
			ReconnectCount: -1,
		};
		server.answer = answering(located(config));
		expect(await locate({ appId: ' cli_1\n' })).toEqual({
			url: ADDRESS,
			pingEveryMs: 90_000,
			retryEveryMs: 120_000,
			returnWithinMs: 30_000,
		});
		expect(server.asked[0]).toMatchObject({
			method: 'POST',
			path: GATEWAY,
			headers: { locale: 'zh' },
			body: { AppID: 'cli_1', AppSecret: 'a-long-secret' },
		});
	});

	it.each([[{}], [undefined], [null], ['x'], [{ PingInterval: -1, ReconnectNonce: 1e300 }]])(
		'takes no wish from %j',
		async (config) => {
			server.answer = answering(located(config));
			expect(await locate()).toEqual({ url: ADDRESS });
		},
	);

	it.each([
		[1, 'unreachable'],
		[403, 'badCredentials'],
		[514, 'badCredentials'],
		[1000040343, 'unreachable'],
		[1000040350, 'tooMany'],
		[99999, 'unreachable'],
	])('says what code %d means, and asks for nothing more', async (code, failureClass) => {
		server.answer = answering({ body: { code, msg: 'the secret is a-long-secret' } });
		const failing = locate();
		await expect(failing).rejects.toMatchObject({
			failureClass,
			message: `Feishu: the secret is *** (${code})`,
			cure: expect.stringMatching(/\w/),
		});
		expect(server.asked).toHaveLength(1);
	});

	it.each([
		['HTML', '<html></html>'],
		['no URL', { code: 0, data: {} }],
		['a URL that is none', { code: 0, data: { URL: 'x' } }],
		['another scheme', { code: 0, data: { URL: 'https://x' } }],
		['a place within a page', { code: 0, data: { URL: 'wss://x/#y' } }],
	])('finds no address in %s', async (_, body) => {
		server.answer = answering({ body });
		await expect(locate()).rejects.toMatchObject({ failureClass: 'unreachable' });
	});

	it('asks once who the bot is, and tells its mention from then on', async () => {
		await locate();
		await locate();
		expect(
			server.asked.map(({ path }) => path).filter((path) => path.endsWith('/info')),
		).toHaveLength(1);
		const mentions = ['ou_bot', 'ou_other'].map((open_id, at) => ({
			key: `@_user_${at + 1}`,
			id: { open_id },
			name: open_id,
		}));
		const { message } = only(sessionOf().read(encodeFrame(frameOf(textMessage(mentions))), NOW));
		expect(message).toMatchObject({ mentionedBot: true, text: 'hello' });
	});

	it('connects also where Feishu does not say who the bot is', async () => {
		server.answer = answering(located(), { body: { code: 99991672, msg: 'no scope' } });
		expect(await locate({ appSecret: 'another-secret' })).toEqual({ url: ADDRESS });
		expect(server.asked).toHaveLength(3);
	});
});

describe('a frame', () => {
	it('of ours is a ping with the id of the service, first of all', () => {
		const session = sessionOf();
		expect(session.greeting).toEqual([session.ping!()]);
		expect(decodeFrame(session.ping!() as Buffer)).toEqual({
			seqId: 0n,
			logId: 0n,
			service: 33554678,
			method: 0,
			headers: [['type', 'ping']],
		});
	});

	it('brings a message; the answer repeats its ids, exactly', () => {
		const frame = frameOf(textMessage());
		const { message, acknowledge } = only(sessionOf().read(encodeFrame(frame), NOW));
		expect(message).toMatchObject({ kind: 'message', messageId: 'om_1', conversationId: 'oc_1' });
		const answer = decodeFrame(acknowledge('stored', 12.4) as Buffer);
		expect(answer).toEqual({
			...frame,
			headers: [...frame.headers, ['biz_rt', '12']],
			payload: Buffer.from('{"code":200}'),
		});
		const later = decodeFrame(acknowledge('later', 3000) as Buffer);
		expect(String(later.payload)).toBe('{"code":500}');
	});

	it('brings a part of a message: the last one is answered', () => {
		const session = sessionOf();
		const bytes = Buffer.from(JSON.stringify(textMessage()));
		const part = (seq: number) =>
			encodeFrame({
				...frameOf('', { sum: '3', seq: String(seq) }, { seqId: BigInt(seq) }),
				payload: bytes.subarray(seq * 100, seq === 2 ? undefined : (seq + 1) * 100),
			});
		expect(session.read(part(2), NOW)).toEqual([]);
		expect(session.read(part(0), NOW)).toEqual([]);
		const { message, acknowledge } = only(session.read(part(1), NOW));
		expect(message.messageId).toBe('om_1');
		expect(decodeFrame(acknowledge('stored', 1) as Buffer).seqId).toBe(1n);
	});

	it('brings a card action', () => {
		const payload = {
			schema: '2.0',
			header: { event_id: 'e-2', event_type: 'card.action.trigger' },
			event: {
				operator: { open_id: 'ou_1' },
				action: { tag: 'button', value: { action: 'ok' } },
				context: { open_message_id: 'om_1', open_chat_id: 'oc_1' },
			},
		};
		const { message } = only(sessionOf().read(encodeFrame(frameOf(payload)), NOW));
		expect(message).toMatchObject({ kind: 'action', messageId: 'e-2', action: { id: 'ok' } });
	});

	it.each<[string, LongConnectionFrame, Meaning[]]>([
		['a pong', frameOf('', { type: 'pong' }, { method: 0 }), [{ kind: 'alive' }]],
		[
			'a pong with a wish',
			frameOf({ PingInterval: 30, ReconnectNonce: 5 }, { type: 'pong' }, { method: 0 }),
			[{ kind: 'alive', pingEveryMs: 30_000, returnWithinMs: 5000 }],
		],
		[
			'a pong with anything',
			frameOf('<html>', { type: 'pong' }, { method: 0 }),
			[{ kind: 'alive' }],
		],
		['a ping', frameOf('', { type: 'ping' }, { method: 0 }), [{ kind: 'alive' }]],
		['a card of the old kind', frameOf({}, { type: 'card' }), [{ kind: 'alive' }]],
		['of a new type', frameOf({}, { type: 'new' }), [{ kind: 'alive' }]],
		['of a new method', frameOf({}, {}, { method: 7 }), [{ kind: 'alive' }]],
	])('may be %s', (_, frame, meanings) => {
		expect(sessionOf().read(encodeFrame(frame), NOW)).toEqual(meanings);
	});

	it.each<[string, string | Uint8Array]>([
		['text', '{}'],
		['HTML as bytes', Buffer.from('<html></html>')],
		['nothing', Buffer.alloc(0)],
		['cut', encodeFrame(frameOf(textMessage())).subarray(0, 40)],
		['without a place', encodeFrame(frameOf(textMessage(), { sum: 'x' }))],
		['with a payload that is no JSON', encodeFrame(frameOf('<html>'))],
		['with a payload that is no event', encodeFrame(frameOf({}))],
	])('is refused: %s', (_, wire) => {
		expect(() => sessionOf().read(wire, NOW)).toThrow(/^Refused: /);
	});
});

it.each([
	[{ appId: '' }, undefined, 'fill in App ID in the credential'],
	[{ appSecret: ' ' }, 'cli_1', 'fill in App Secret in the credential'],
	[{}, 'cli_1', undefined],
])('A credential with %j is of the app %s and lacks: %s', (more, app, missing) => {
	expect(stream.appOf(credentialOf(more))).toBe(app);
	expect(stream.missing(credentialOf(more))).toBe(missing);
});
