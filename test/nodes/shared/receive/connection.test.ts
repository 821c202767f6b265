import { Connection } from '../../../../nodes/shared/receive/connection';
import type { ConnectionState } from '../../../../nodes/shared/receive/connectionReport';
import { ConnectionFailure, type StreamOutcome } from '../../../../nodes/shared/receive/stream';
import type { DecodedMessage } from '../../../../protocol/message';
import type { ConnectionTiming } from '../../../../core/connection/timing';
import { QUICK, StreamServer, TestProtocol, messageFrame, say } from './streamServer';

let server: StreamServer;
let protocol: TestProtocol;
let connection: Connection;
const received: string[] = [];
const states: string[] = [];
const lines: string[] = [];
let outcome: (message: DecodedMessage) => Promise<StreamOutcome>;

const log = {
	info: (text: string) => void lines.push(`info ${text}`),
	warn: (text: string) => void lines.push(`warn ${text}`),
	error: (text: string) => void lines.push(`error ${text}`),
};

function connect(timing: ConnectionTiming = QUICK): Connection {
	connection = new Connection({
		protocol,
		credential: {},
		kinds: new Set(['message']),
		listener: {
			receive: async (message) => {
				received.push(message.messageId);
				return await outcome(message);
			},
			changed: ({ status }: ConnectionState) => void states.push(status),
		},
		log,
		timing,
	});
	return connection;
}

/** Waits until something is so; the test fails by its own time limit where it never is. */
async function until(condition: () => boolean): Promise<void> {
	while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

const pause = async (ms: number): Promise<void> =>
	await new Promise((resolve) => setTimeout(resolve, ms));

beforeEach(async () => {
	server = await StreamServer.start();
	protocol = new TestProtocol(server);
	server.onFrame = (frame, peer) => {
		if (frame === '{"kind":"hello"}') say(peer, { kind: 'ready' });
		if (frame === '{"kind":"ping"}') say(peer, { kind: 'alive' });
	};
	outcome = async () => 'stored';
	for (const list of [received, states, lines]) list.length = 0;
});

afterEach(async () => {
	connection.close();
	await server.stop();
});

test('It is open when the platform has confirmed it, and each message is acknowledged by its outcome', async () => {
	await connect().open();
	expect(connection.state).toMatchObject({ status: 'connected', reconnects: 0, refusedFrames: 0 });
	outcome = async ({ messageId }) => (messageId === 'b' ? 'later' : 'stored');
	for (const id of ['a', 'b', 'c']) say(server.peer, messageFrame(id));
	await until(() => server.frames.length === 4);
	expect(received).toEqual(['a', 'b', 'c']);
	expect(server.frames.slice(1).map((frame) => JSON.parse(frame))).toEqual([
		{ kind: 'ack', id: 'a', outcome: 'stored' },
		{ kind: 'ack', id: 'b', outcome: 'later' },
		{ kind: 'ack', id: 'c', outcome: 'stored' },
	]);
	expect(connection.state.lastMessageAt).toBeGreaterThan(Date.now() - 60_000);
	expect([protocol.asked, states]).toEqual([[['message']], ['connected']]);
});

test('A lost connection comes back by itself, with a fresh address', async () => {
	await connect().open();
	server.peer.terminate();
	await until(() => connection.state.reconnects === 1);
	say(server.peer, messageFrame('after'));
	await until(() => received.length === 1);
	expect(protocol.asked).toHaveLength(2);
	expect(states[0]).toBe('connected');
	expect(states).toEqual(['connected', 'waiting', 'connecting', 'connected']);
	expect(lines.filter((line) => line.startsWith('info'))).toEqual([
		'info Test Chat app-1: connected',
		expect.stringMatching(/^info Test Chat app-1: not connected: Test Chat ended the connection/),
		'info Test Chat app-1: connected',
	]);
});

test('An acknowledgement goes to the socket of its message, and where that is gone, nowhere', async () => {
	let store = (): void => undefined;
	outcome = async () => {
		await new Promise<void>((resolve) => (store = resolve));
		return 'stored';
	};
	await connect().open();
	say(server.peer, messageFrame('a'));
	await until(() => received.length === 1);
	server.peer.terminate();
	await until(() => connection.state.reconnects === 1);
	store();
	await pause(30);
	expect(server.frames.filter((frame) => frame.includes('ack'))).toEqual([]);
});

test.each(['badCredentials', 'tooMany', 'replaced'] as const)(
	'Where a person must act (%s), opening fails, and nothing is tried again',
	async (failureClass) => {
		server.onFrame = (_frame, peer) => say(peer, { kind: 'ended', failureClass });
		await expect(connect().open()).rejects.toMatchObject({ failureClass, cure: 'Mend it.' });
		await until(() => server.sockets.size === 0);
		expect([connection.state.status, protocol.asked.length]).toEqual(['stopped', 1]);
	},
);

test('Where the network is away, opening succeeds, and it goes on trying', async () => {
	const { port } = server;
	await server.stop();
	await connect().open();
	expect(connection.state).toMatchObject({
		status: 'waiting',
		failure: { failureClass: 'unreachable' },
	});
	await server.listen(port);
	await until(() => connection.state.status === 'connected');
	expect(connection.state.failure).toBeUndefined();
});

test('A frame of ours is answered by its id, one after the other for each id', async () => {
	await connect().open();
	const answer = (text: string): void =>
		say(server.peer, { kind: 'reply', id: 'x', code: 0, text });
	const first = connection.ask('x', 'first');
	const second = connection.ask('x', 'second');
	const other = connection.ask('y', 'other', 50);
	await until(() => server.frames.includes('first'));
	await expect(other).rejects.toMatchObject({ failureClass: 'unreachable' });
	expect(server.frames).not.toContain('second');
	answer('one');
	expect(await first).toMatchObject({ code: 0, text: 'one' });
	await until(() => server.frames.includes('second'));
	answer('two');
	expect(await second).toMatchObject({ text: 'two' });
	const lost = connection.ask('z', 'lost', 60_000);
	await until(() => server.frames.includes('lost'));
	server.peer.terminate();
	await expect(lost).rejects.toBeInstanceOf(ConnectionFailure);
	connection.close();
	await expect(connection.ask('z', 'closed')).rejects.toBeInstanceOf(ConnectionFailure);
});

test('After closing, no socket is left, and nothing is received', async () => {
	await connect().open();
	connection.close();
	await until(() => server.sockets.size === 0);
	await pause(50);
	expect([connection.state.status, protocol.asked.length]).toEqual(['stopped', 1]);
});
