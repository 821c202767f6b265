import type { AddressInfo } from 'node:net';
import type { IDataObject } from 'n8n-workflow';
import { WebSocketServer, type WebSocket } from 'ws';
import { connectionStates, join } from '../../../nodes/shared/receive/connection/connections';
import { stream } from '../../../nodes/WeCom/receive/stream';
import { logger, runWorkflow, type RunResult } from '../../harness';
import { until } from '../../sandbox/helpers';

/* An AI bot's answers on its long connection, through the node, the registry and a socket, to a WeCom of the test's. */

interface Said {
	cmd: string;
	headers: { req_id: string };
	body: IDataObject;
}

let server: WebSocketServer;
let peers: WebSocket[];
let said: Said[];
/** What each command is answered; `silent`: nothing. */
let codes: Record<string, number | 'silent'>;
let leave: (() => void) | undefined;
let bots = 0;
let credential: Record<string, string>;

beforeEach(async () => {
	[peers, said, codes] = [[], [], {}];
	server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
	server.on('connection', (peer) => {
		peers.push(peer);
		peer.on('message', (data) => {
			const frame = JSON.parse(String(data)) as Said;
			const { cmd, headers } = frame;
			if (cmd !== 'aibot_subscribe' && cmd !== 'ping') said.push(frame);
			const errcode = codes[cmd] ?? 0;
			if (errcode === 'silent') return;
			peer.send(JSON.stringify({ headers, errcode, errmsg: `said a-long-secret ${cmd}` }));
		});
	});
	await new Promise((done) => server.on('listening', done));
	const websocketUrl = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
	credential = { botId: `bot-${++bots}`, secret: 'a-long-secret', websocketUrl };
});

afterEach(async () => {
	leave?.();
	leave = undefined;
	for (const peer of peers) peer.terminate();
	await new Promise((done) => server.close(done));
});
// The triggers' places outlive them by 5 s.
afterAll(async () => await until(() => connectionStates().length === 0));

async function connect(): Promise<void> {
	const access = { protocol: stream, credential, log: logger };
	const kinds = new Set(['message'] as const);
	leave = await join(credential.botId!, access, { kinds, take: async () => true });
}

const stateOf = () => connectionStates().find(({ app }) => app === credential.botId);

/** A message that came by a connection. */
const asked = (more: object = {}): IDataObject => ({
	messageId: 'm1',
	replyTo: {
		...{ platform: 'wecom', bot: 'aiBot', messageId: 'm1', userId: 'u1' },
		...{ reqId: 'r1', takes: 'answer', ...more },
	},
});

async function reply(
	item: IDataObject,
	parameters: IDataObject = {},
): Promise<RunResult & { delivery?: IDataObject }> {
	const node = {
		type: 'weCom',
		parameters: {
			resource: 'message',
			operation: 'reply',
			text: '**hi**',
			format: 'markdown',
			...parameters,
		},
	};
	const result = await runWorkflow([node], {
		items: [item],
		credentials: { weComAiBotApi: credential },
	});
	const json = result.outputs.WeCom?.[0]?.[0]?.json;
	return { ...result, delivery: json?.delivery as IDataObject | undefined };
}

const failureIn = ({ error }: RunResult) => error?.context?.failure as IDataObject | undefined;

describe('An answer on the connection', () => {
	it('goes by the id of its message, whole at once', async () => {
		await connect();
		const { delivery, error } = await reply(asked());
		expect(error).toBeUndefined();
		expect(delivery).toMatchObject({ platform: 'wecom', via: 'connection', parts: 1 });
		expect(said).toEqual([
			{
				cmd: 'aibot_respond_msg',
				headers: { req_id: 'r1' },
				body: {
					msgtype: 'stream',
					stream: { id: expect.stringMatching(/^[0-9a-f]{16,}$/), finish: true, content: '**hi**' },
				},
			},
		]);
	});

	it.each([846605, 846608])(
		'goes as a message of its own where that is over (%d)',
		async (code) => {
			await connect();
			codes.aibot_respond_msg = code;
			const { delivery } = await reply(asked({ chatId: 'c1' }));
			expect(delivery).toMatchObject({ via: 'connection', parts: 1 });
			expect(said.map(({ cmd }) => cmd)).toEqual(['aibot_respond_msg', 'aibot_send_msg']);
			expect(said[1]).toMatchObject({
				body: { chatid: 'c1', msgtype: 'markdown', markdown: { content: '**hi**' } },
			});
			expect(said[1]!.headers.req_id).not.toBe('r1');
		},
	);

	it('welcomes', async () => {
		await connect();
		await reply(asked({ takes: 'welcome' }));
		expect(said).toEqual([
			{
				cmd: 'aibot_respond_welcome_msg',
				headers: { req_id: 'r1' },
				body: { msgtype: 'text', text: { content: 'hi' } },
			},
		]);
	});

	it('to a pressed button is a message of its own', async () => {
		await connect();
		await reply(asked({ takes: undefined }));
		expect(said).toMatchObject([{ cmd: 'aibot_send_msg', body: { chatid: 'u1' } }]);
	});

	it('that is long goes on as messages of their own', async () => {
		await connect();
		const { delivery } = await reply(asked(), { text: '很长的一段。\n\n'.repeat(2000) });
		expect(said.length).toBeGreaterThan(1);
		expect(delivery).toMatchObject({ parts: said.length });
		expect(said.map(({ cmd }) => cmd)).toEqual(
			said.map((_, at) => (at === 0 ? 'aibot_respond_msg' : 'aibot_send_msg')),
		);
	});

	it('goes by the present connection, whichever its message came by', async () => {
		await connect();
		peers[0]!.terminate();
		await until(() => stateOf()!.reconnects > 0 && stateOf()!.connectedSince);
		codes.aibot_respond_msg = 846605;
		expect((await reply(asked())).delivery).toMatchObject({ via: 'connection' });
		expect(said).toHaveLength(2);
	});
});

describe('An answer that cannot go', () => {
	it.each([
		['temporary', -1],
		['rateLimited', 45009],
		['unclassified', 999_999],
	])('says what WeCom means: %s', async (failureClass, code) => {
		await connect();
		codes.aibot_respond_msg = code;
		const result = await reply(asked());
		expect(failureIn(result)).toMatchObject({ class: failureClass, code: String(code) });
		expect(result.error!.message).toBe(`WeCom: said *** aibot_respond_msg (${code})`);
		expect(said).toHaveLength(1);
	});

	it('waits where there is no connection', async () => {
		const result = await reply(asked());
		expect(failureIn(result)).toMatchObject({ class: 'temporary', code: 'notConnected' });
		expect(result.error!.description).toContain('In queue mode');
	});

	it('waits where the connection is away', async () => {
		await connect();
		await new Promise((done) => {
			server.close(done);
			for (const peer of peers) peer.terminate();
		});
		await until(() => stateOf()!.awaySince);
		const result = await reply(asked());
		expect(failureIn(result)).toMatchObject({ class: 'temporary', code: 'notConnected' });
	});

	it('may be out where WeCom says nothing', async () => {
		await connect();
		codes.aibot_respond_msg = 'silent';
		const replied = reply(asked());
		await until(() => said.length);
		peers[0]!.terminate();
		expect(failureIn(await replied)).toMatchObject({ class: 'unknownOutcome' });
		expect(said).toHaveLength(1);
	});

	it('tells which credential it needs', async () => {
		const node = {
			type: 'weCom',
			parameters: { resource: 'message', operation: 'reply', text: 'x' },
		};
		const { error } = await runWorkflow([node], { items: [asked()] });
		expect(error?.message).toContain('needs a WeCom AI Bot API credential');
	});
});

it('Answers to one message go one after the other', async () => {
	await connect();
	codes.aibot_respond_msg = 'silent';
	const both = [reply(asked(), { text: 'one' }), reply(asked(), { text: 'two' })];
	await until(() => said.length);
	await new Promise((done) => setTimeout(done, 100));
	expect(said).toHaveLength(1);
	codes.aibot_respond_msg = 0;
	peers[0]!.send(JSON.stringify({ headers: said[0]!.headers, errcode: 0, errmsg: 'ok' }));
	for (const { delivery } of await Promise.all(both)) expect(delivery).toMatchObject({ parts: 1 });
	expect(said).toHaveLength(2);
});

it('An answer after one that WeCom left open is a message of its own: the late word is the first one’s', async () => {
	await connect();
	codes.aibot_respond_msg = 'silent';
	const both = [reply(asked(), { text: 'one' }), reply(asked(), { text: 'two' })];
	const [first, second] = await Promise.all(both);
	expect(failureIn(first!)).toMatchObject({ class: 'unknownOutcome' });
	expect(second!.delivery).toMatchObject({ parts: 1 });
	expect(said.map(({ cmd }) => cmd)).toEqual(['aibot_respond_msg', 'aibot_send_msg']);
});
