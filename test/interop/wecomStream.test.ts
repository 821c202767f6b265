import type { AddressInfo } from 'node:net';
import { WSClient, type WsFrame } from '@wecom/aibot-node-sdk';
import fc from 'fast-check';
import { WebSocketServer, type WebSocket } from 'ws';
import { decodeFrame, encodeFrame, type AiBotCommand } from '../../protocol/wecom/stream';
import { stream } from '../../nodes/WeCom/receive/stream';
import { judged, text, word } from './seeds';

/* WeCom's own client on a server of ours: what it sends, and what it hears in the frames that we read. */

interface Said {
	cmd: string;
	headers: { req_id: string };
	body?: Record<string, unknown>;
}

const silent = { debug() {}, info() {}, warn() {}, error() {} };

let server: WebSocketServer;
let client: WSClient;
let peer: WebSocket;
const said: Said[] = [];
const heard: WsFrame[] = [];
/** What the next frame that is no subscription is answered; undefined: nothing. */
let errcode = 0;

beforeAll(async () => {
	server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
	server.on('connection', (socket) => {
		peer = socket;
		socket.on('message', (data) => {
			const frame = JSON.parse(String(data)) as Said;
			said.push(frame);
			socket.send(JSON.stringify({ headers: frame.headers, errcode, errmsg: 'said' }));
		});
	});
	await new Promise((done) => server.on('listening', done));
	const wsUrl = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
	client = new WSClient({ botId: 'aib-1', secret: 's-1', wsUrl, logger: silent });
	client.on('message', (frame) => void heard.push(frame));
	client.on('event', (frame) => void heard.push(frame));
	const authenticated = new Promise<void>((done) => client.on('authenticated', done));
	client.connect();
	await authenticated;
});

afterAll(async () => {
	client.disconnect();
	await new Promise((done) => server.close(done));
});

/** All that was sent before has arrived. */
async function settled(): Promise<void> {
	const ponged = new Promise((done) => peer.once('pong', done));
	peer.ping();
	await ponged;
}

const form = ({ cmd, body }: Said) => ({ cmd, body });
const ours = (cmd: AiBotCommand, reqId: string, body?: object) =>
	JSON.parse(encodeFrame(cmd, reqId, body)) as Said;

it('subscribes as it does', () => {
	const credential = { botId: 'aib-1', secret: 's-1' };
	const [greeting] = stream.session({ url: '' }, credential).greeting;
	expect(form(JSON.parse(String(greeting)) as Said)).toEqual(form(said[0]!));
});

describe('@wecom/aibot-node-sdk', () => {
	judged(
		'answers, welcomes and writes as we do',
		60,
		fc.asyncProperty(word(1, 30), word(1, 20), text, async (reqId, id, content) => {
			said.length = 0;
			errcode = 0;
			const frame = { headers: { req_id: reqId } };
			await client.replyStream(frame, id, content, true);
			await client.replyWelcome(frame, { msgtype: 'text', text: { content } });
			const markdown = { msgtype: 'markdown' as const, markdown: { content } };
			await client.sendMessage('c1', markdown);
			const stream = { id, finish: true, content };
			expect(said.slice(0, 2)).toEqual([
				ours('aibot_respond_msg', reqId, { msgtype: 'stream', stream }),
				ours('aibot_respond_welcome_msg', reqId, { msgtype: 'text', text: { content } }),
			]);
			expect(form(said[2]!)).toEqual(
				form(ours('aibot_send_msg', 'x', { chatid: 'c1', ...markdown })),
			);
		}),
	);

	judged(
		'takes an answer for a refusal where we do',
		60,
		fc.asyncProperty(fc.integer({ min: -2, max: 900_000 }), async (code) => {
			errcode = code;
			const frame = { headers: { req_id: `r${code}` } };
			const isTaken = await client.replyStream(frame, 'id', 'hi', true).then(
				() => true,
				() => false,
			);
			const answer = decodeFrame(JSON.stringify({ ...frame, errcode: code, errmsg: 'said' }));
			expect(answer).toMatchObject({ kind: 'answer', code: String(code), text: 'said' });
			expect(isTaken).toBe(code === 0);
		}),
	);

	const body = fc.record(
		{
			msgid: word(1, 20),
			msgtype: fc.constantFrom('text', 'event', 'voice', 'new'),
			text: fc.record({ content: text }),
			event: fc.record({ eventtype: fc.constantFrom('enter_chat', 'feedback_event', 'new') }),
		},
		{ requiredKeys: ['msgid', 'msgtype'] },
	);
	const cmd = fc.constantFrom('aibot_msg_callback', 'aibot_event_callback', 'aibot_new', 'ping');
	judged(
		'hears the callbacks that we read, and no others',
		200,
		fc.asyncProperty(cmd, word(1, 20), body, async (command, req_id, content) => {
			heard.length = 0;
			const frame = { cmd: command, headers: { req_id }, body: content };
			// As WeCom does: control characters stand in its JSON as they are.
			const wire = JSON.stringify(frame).replaceAll('\\u0000', '\u0000');
			peer.send(wire);
			await settled();
			const read = decodeFrame(wire);
			const isCallback = read.kind === 'message' || read.kind === 'event';
			expect(heard.length > 0).toBe(isCallback);
			if (!isCallback) return;
			expect(heard[0]).toMatchObject({ headers: { req_id: read.reqId }, body: read.body });
		}),
	);
});

it('A judge finds what is wrong (control): an answer that is not finished', async () => {
	said.length = 0;
	errcode = 0;
	await client.replyStream({ headers: { req_id: 'r' } }, 'id', 'hi', false);
	const stream = { id: 'id', finish: true, content: 'hi' };
	expect(said).not.toEqual([ours('aibot_respond_msg', 'r', { msgtype: 'stream', stream })]);
});
