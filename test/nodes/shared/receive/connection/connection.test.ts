import {
	ConnectionFailure,
	EarlierUnanswered,
	NothingSaid,
} from '../../../../../nodes/shared/receive/connection/stream';
import { pause, until } from '../../../../until';
import { streamCase } from './streamCase';
import { messageFrame, say } from './streamServer';

const stream = streamCase();

test('It is open when the platform has confirmed it, and each message is acknowledged by its outcome', async () => {
	await stream.connect().open();
	expect(stream.connection.state).toMatchObject({
		status: 'connected',
		reconnects: 0,
		refusedFrames: 0,
	});
	stream.outcome = async ({ messageId }) => (messageId === 'b' ? 'later' : 'stored');
	for (const id of ['a', 'b', 'c']) say(stream.server.peer, messageFrame(id));
	await until(() => stream.server.frames.length === 4);
	expect(stream.received).toEqual(['a', 'b', 'c']);
	expect(stream.server.frames.slice(1).map((frame) => JSON.parse(frame))).toEqual([
		{ kind: 'ack', id: 'a', outcome: 'stored' },
		{ kind: 'ack', id: 'b', outcome: 'later' },
		{ kind: 'ack', id: 'c', outcome: 'stored' },
	]);
	expect(stream.connection.state.lastMessageAt).toBeGreaterThan(Date.now() - 60_000);
	expect([stream.protocol.asked, stream.states]).toEqual([[['message']], ['connected']]);
});

test('A lost connection comes back by itself, with a fresh address', async () => {
	await stream.connect().open();
	stream.server.peer.terminate();
	await until(() => stream.connection.state.reconnects === 1);
	say(stream.server.peer, messageFrame('after'));
	await until(() => stream.received.length === 1);
	expect(stream.protocol.asked).toHaveLength(2);
	expect(stream.states).toEqual(['connected', 'waiting', 'connecting', 'connected']);
	expect(stream.lines.filter((line) => line.startsWith('info'))).toEqual([
		'info Test Chat app-1: connected',
		expect.stringMatching(/^info Test Chat app-1: not connected: Test Chat ended the connection/),
		'info Test Chat app-1: connected',
	]);
});

test('An acknowledgement goes to the socket of its message, and where that is gone, nowhere', async () => {
	let store = (): void => undefined;
	stream.outcome = async () => {
		await new Promise<void>((resolve) => (store = resolve));
		return 'stored';
	};
	await stream.connect().open();
	say(stream.server.peer, messageFrame('a'));
	await until(() => stream.received.length === 1);
	stream.server.peer.terminate();
	await until(() => stream.connection.state.reconnects === 1);
	store();
	await pause(30);
	expect(stream.server.frames.filter((frame) => frame.includes('ack'))).toEqual([]);
});

test.each(['badCredentials', 'tooMany', 'replaced'] as const)(
	'Where a person must act (%s), opening fails, and nothing is tried again',
	async (failureClass) => {
		stream.server.onFrame = (_frame, peer) => say(peer, { kind: 'ended', failureClass });
		await expect(stream.connect().open()).rejects.toMatchObject({ failureClass, cure: 'Mend it.' });
		await until(() => stream.server.sockets.size === 0);
		expect([stream.connection.state.status, stream.protocol.asked.length]).toEqual(['stopped', 1]);
	},
);

test('Where the network is away, opening succeeds, and it goes on trying', async () => {
	const { port } = stream.server;
	await stream.server.stop();
	await stream.connect().open();
	expect(stream.connection.state).toMatchObject({
		status: 'waiting',
		failure: { failureClass: 'unreachable' },
	});
	await stream.server.listen(port);
	await until(() => stream.connection.state.status === 'connected');
	expect(stream.connection.state.failure).toBeUndefined();
});

test('A frame of ours is answered by its id, one after the other for each id', async () => {
	await stream.connect().open();
	const answer = (text: string): void =>
		say(stream.server.peer, { kind: 'reply', id: 'x', code: 0, text });
	const first = stream.connection.ask('x', 'first');
	const second = stream.connection.ask('x', 'second');
	const other = stream.connection.ask('y', 'other', 50);
	await until(() => stream.server.frames.includes('first'));
	await expect(other).rejects.toBeInstanceOf(NothingSaid);
	await expect(other).rejects.toMatchObject({ failureClass: 'unreachable' });
	expect(stream.server.frames).not.toContain('second');
	answer('one');
	expect(await first).toMatchObject({ code: 0, text: 'one' });
	await until(() => stream.server.frames.includes('second'));
	answer('two');
	expect(await second).toMatchObject({ text: 'two' });
	const lost = stream.connection.ask('z', 'lost', 60_000);
	await until(() => stream.server.frames.includes('lost'));
	stream.server.peer.terminate();
	await expect(lost).rejects.toBeInstanceOf(NothingSaid);
	stream.connection.close();
	const closed = stream.connection.ask('z', 'closed');
	await expect(closed).rejects.toBeInstanceOf(ConnectionFailure);
	await expect(closed).rejects.not.toBeInstanceOf(NothingSaid);
});

test('An answer that comes too late is not taken for the next one of its id', async () => {
	await stream.connect().open();
	const [first, second] = ['first', 'second'].map(
		async (frame) => await stream.connection.ask('x', frame, 50),
	);
	await expect(first).rejects.toBeInstanceOf(NothingSaid);
	await expect(second).rejects.toBeInstanceOf(EarlierUnanswered);
	say(stream.server.peer, { kind: 'reply', id: 'x', code: 0, text: 'to the first' });
	await expect(stream.connection.ask('x', 'third')).rejects.toBeInstanceOf(EarlierUnanswered);
	expect(stream.server.frames.slice(1)).toEqual(['first']);
	// What another connection was not told says nothing of the present one.
	stream.server.peer.terminate();
	await until(() => stream.connection.state.reconnects === 1);
	const fourth = stream.connection.ask('x', 'fourth');
	await until(() => stream.server.frames.includes('fourth'));
	say(stream.server.peer, { kind: 'reply', id: 'x', code: 0, text: 'to the fourth' });
	expect(await fourth).toMatchObject({ text: 'to the fourth' });
});

test.each([
	['at its end', () => stream.server.peer.close(4000, 'verySecretTicket a-long-secret is over')],
	[
		'when it moves us',
		() => say(stream.server.peer, { kind: 'leaving', reason: 'verySecretTicket a-long-secret' }),
	],
])('The platform repeats secrets %s: nobody sees them', async (_when, repeat) => {
	stream.credential = { secret: 'a-long-secret' };
	await stream.connect().open();
	const lines = stream.lines.length;
	repeat();
	await until(() => stream.lines.length > lines);
	await until(() => stream.server.peers.length === 2);
	const shown = stream.lines.join();
	expect(shown).toContain('***');
	expect(shown).not.toMatch(/verySecretTicket|a-long-secret/);
});

test('After closing, no socket is left, and nothing is received', async () => {
	await stream.connect().open();
	stream.connection.close();
	await until(() => stream.server.sockets.size === 0);
	await pause(50);
	expect([stream.connection.state.status, stream.protocol.asked.length]).toEqual(['stopped', 1]);
});
