import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ConnectionFailure, unreachable } from '../../../../../core/connection/failure';
import { CONNECTION_TIMING } from '../../../../../core/connection/timing';
import { pause, until } from '../../../../until';
import { streamCase } from './streamCase';
import { QUICK, messageFrame, say } from './streamServer';

const stream = streamCase();

/** What is on its way arrives before an old connection ends, also on a busy machine. */
const DRAINS = { ...QUICK, drainMs: 1_500 };

const acknowledged = (): string[] =>
	stream.server.frames
		.filter((frame) => frame.includes('"ack"'))
		.map((frame) => (JSON.parse(frame) as { id: string }).id);

describe('A silent connection', () => {
	test('that answers pings is kept', async () => {
		await stream.connect({ ...QUICK, silenceMs: 50 }).open();
		await until(() => stream.server.frames.filter((frame) => frame.includes('ping')).length >= 3);
		expect([stream.server.peers.length, stream.connection.state.reconnects]).toEqual([1, 0]);
	});

	test('that answers no ping is replaced', async () => {
		await stream.connect({ ...QUICK, silenceMs: 200, answerMs: 1_000 }).open();
		const frozen = stream.server.peer;
		stream.server.onFrame = (frame, peer) => {
			if (peer === frozen) return;
			say(peer, { kind: frame.includes('hello') ? 'ready' : 'alive' });
		};
		await until(() => stream.connection.state.reconnects > 0);
		say(stream.server.peer, messageFrame('after'));
		await until(() => acknowledged().includes('after'));
		expect(stream.lines.join()).toContain('has not answered a ping');
	});

	test('that knows no ping has another one first: messages of both are taken and acknowledged', async () => {
		stream.protocol.canPing = false;
		// Silence again, and there would be a third.
		await stream.connect({ ...QUICK, silenceMs: 1_500, drainMs: 60_000 }).open();
		const [old] = stream.server.peers;
		await until(() => stream.server.peers.length === 2);
		await until(() => stream.server.frames.filter((frame) => frame.includes('hello')).length === 2);
		const answers: string[] = [];
		old!.on('message', (data) => answers.push(`old ${String(data)}`));
		stream.server.peer.on('message', (data) => answers.push(`new ${String(data)}`));
		say(old!, messageFrame('a'));
		say(stream.server.peer, messageFrame('b'));
		await until(() => answers.length >= 2);
		expect(answers.sort()).toEqual([
			'new {"kind":"ack","id":"b","outcome":"stored"}',
			'old {"kind":"ack","id":"a","outcome":"stored"}',
		]);
		// Nothing has happened that anybody has to know of.
		expect([stream.states, stream.connection.state.reconnects]).toEqual([['connected'], 0]);
	});
});

describe('A switch', () => {
	test('is made before the platform ends the connection, and the old one ends after it', async () => {
		await stream.connect(DRAINS).open();
		await pause(QUICK.steadyMs);
		const [old] = stream.server.peers;
		say(old!, { kind: 'leaving', reason: 'moved' });
		say(old!, { kind: 'leaving', reason: 'moved' });
		await until(() => stream.server.peers.length === 2);
		for (let count = 0; count < 20; count++) say(old!, messageFrame(`m${count}`));
		await until(() => old!.readyState === old!.CLOSED);
		expect(new Set(acknowledged()).size).toBe(20);
		expect(stream.states).toEqual(['connected']);
		expect(stream.lines.filter((line) => line.includes('moves'))).toEqual([
			'info Test Chat app-1: the platform moves the connection (moved)',
		]);
	});

	test('is made for more kinds of messages, and for no fewer', async () => {
		await stream.connect().open();
		stream.connection.want(new Set(['message', 'event']));
		stream.connection.want(new Set(['message', 'event', 'action']));
		const last = (): string => String(stream.protocol.asked.at(-1));
		await until(() => last() === 'action,event,message');
		const { length } = stream.protocol.asked;
		await pause(2 * QUICK.steadyMs);
		stream.connection.want(new Set(['message']));
		await pause(50);
		expect([stream.protocol.asked.length, stream.states]).toEqual([length, ['connected']]);
	});

	test('is not made for other kinds where the gateway knows of none', async () => {
		stream.protocol.locatesByKinds = false;
		await stream.connect().open();
		await pause(QUICK.steadyMs);
		stream.connection.want(new Set(['event']));
		await pause(50);
		expect(stream.protocol.asked).toHaveLength(1);
	});
});

test('Where another client takes the place, it never connects again by itself', async () => {
	await stream.connect().open();
	say(stream.server.peer, { kind: 'ended', failureClass: 'replaced' });
	await until(() => stream.server.sockets.size === 0);
	await pause(100);
	expect(stream.connection.state).toMatchObject({
		status: 'stopped',
		failure: { message: 'said replaced' },
	});
	expect([stream.protocol.asked.length, stream.states]).toEqual([1, ['connected', 'stopped']]);
	expect(stream.lines.at(-1)).toBe('info Test Chat app-1: not connected: said replaced. Mend it.');
});

test('A connection that gives way still takes and acknowledges what is on its way, and then ends', async () => {
	let store = (): void => undefined;
	stream.outcome = async ({ messageId }) => {
		if (messageId === 'slow') await new Promise<void>((resolve) => (store = resolve));
		return 'stored';
	};
	const old = stream.connect(DRAINS);
	await old.open();
	say(stream.server.peer, messageFrame('slow'));
	await until(() => stream.received.length === 1);
	const [peer] = stream.server.peers;
	await old.giveWayTo(stream.connect());
	say(peer!, messageFrame('late'));
	store();
	await until(() => acknowledged().length === 2);
	expect(acknowledged().sort()).toEqual(['late', 'slow']);
	await until(() => stream.server.openPeers.length === 1);
	expect([old.state.status, stream.protocol.asked.length]).toEqual(['stopped', 2]);
});

describe('A connection of the same app that shall take the place', () => {
	const refuse = async (): Promise<never> => {
		throw new ConnectionFailure('badCredentials', 'the secret is wrong', 'Mend it.');
	};

	test('and is refused is no news: the app is connected, and whoever asked for it is told', async () => {
		const old = stream.connect();
		await old.open();
		stream.protocol.gateway = refuse;
		await expect(old.giveWayTo(stream.connect())).rejects.toThrow('the secret is wrong');
		expect(stream.lines).toEqual(['info Test Chat app-1: connected']);
		old.close();
		expect(stream.lines.at(-1)).toBe('info Test Chat app-1: closed');
	});

	test('is news where there was none before (control)', async () => {
		stream.protocol.gateway = refuse;
		await expect(stream.connect().open()).rejects.toThrow('the secret is wrong');
		expect(stream.lines).toEqual([expect.stringMatching(/not connected: the secret is wrong/)]);
	});

	test('is news when it has the place, also where the platform is away by then', async () => {
		const old = stream.connect();
		await old.open();
		await old.giveWayTo(stream.connect());
		const [second] = [stream.connection];
		stream.protocol.gateway = async () => await Promise.reject(unreachable('nobody answers'));
		await second.giveWayTo(stream.connect());
		expect(stream.lines).toEqual([
			'info Test Chat app-1: connected',
			'info Test Chat app-1: connected',
			expect.stringMatching(/not connected: nobody answers/),
		]);
	});
});

describe('The way to a connection', () => {
	test('whose handshake is refused is asked about at once: then a person learns the reason', async () => {
		stream.server.refuseWith = 403;
		const gateway = stream.protocol.gateway;
		stream.protocol.gateway = async () => {
			if (stream.protocol.asked.length === 1) return await gateway();
			throw new ConnectionFailure('tooMany', 'too many connections', 'End one.');
		};
		await expect(stream.connect().open()).rejects.toMatchObject({ failureClass: 'tooMany' });
		expect(stream.protocol.asked).toHaveLength(2);
	});

	test.each([
		['refuses the handshake', () => void (stream.server.refuseWith = 403)],
		['answers HTML', () => void (stream.server.refuseWith = 200)],
		['takes the socket and says nothing', () => void (stream.server.isSilent = true)],
		['does not confirm', () => void (stream.server.onFrame = () => undefined)],
		['cuts the socket', () => void (stream.server.onFrame = (_frame, peer) => peer.terminate())],
		[
			'has no gateway',
			() => {
				stream.protocol.gateway = async () => {
					throw unreachable('Test Chat is away');
				};
			},
		],
		[
			'has a gateway that never answers',
			() => {
				stream.protocol.gateway = async () => await new Promise(() => undefined);
			},
		],
		[
			'names an address that is none',
			() => {
				stream.protocol.gateway = async () => ({ url: 'verySecretTicket' });
			},
		],
	])(
		'where the platform %s: opening succeeds, it goes on trying, and no ticket is shown',
		async (_how, fail) => {
			fail();
			await stream.connect({ ...QUICK, attemptMs: 400 }).open();
			await until(() => stream.protocol.asked.length >= 3);
			const { failure } = stream.connection.state;
			expect(['waiting', 'connecting']).toContain(stream.connection.state.status);
			expect(failure?.failureClass).toBe('unreachable');
			expect(`${failure?.stack} ${stream.lines.join()}`).not.toContain('verySecretTicket');
			// A failure that lasts is one line.
			expect(stream.lines.filter((line) => line.startsWith('info')).length).toBeLessThanOrEqual(2);
		},
	);

	test('that is under way when it is closed ends at once', async () => {
		stream.server.isSilent = true;
		const opened = stream.connect().open();
		await until(() => stream.server.sockets.size === 1);
		stream.connection.close();
		await opened;
		await until(() => stream.server.sockets.size === 0);
		expect(stream.connection.state.status).toBe('stopped');
	});
});

describe('Bad input', () => {
	const ten = 10 * 1024 * 1024;

	test.each<[string, string | Buffer]>([
		['10 MB of text', 'x'.repeat(ten)],
		['10 MB of bytes', Buffer.alloc(ten)],
		['a message of more than 1 MB', JSON.stringify({ kind: 'message', id: 'x'.repeat(ten / 8) })],
		['bytes where text is due', Buffer.from('{"kind":"message","id":"m"}')],
		['HTML', '<!DOCTYPE html><html>verySecretTicket</html>'],
		['nothing', ''],
		['no bytes', Buffer.alloc(0)],
		['half a frame', '{"kind":"mess'],
	])('%s is refused, counted and logged; the connection stays', async (_what, frame) => {
		await stream.connect(CONNECTION_TIMING).open();
		for (let count = 0; count < 3; count++) stream.server.peer.send(frame);
		say(stream.server.peer, messageFrame('after'));
		await until(() => acknowledged().includes('after'));
		expect(stream.received).toEqual(['after']);
		expect([stream.connection.state.refusedFrames, stream.connection.state.status]).toEqual([
			3,
			'connected',
		]);
		const warnings = stream.lines.filter((line) => line.startsWith('warn'));
		expect(warnings).toEqual([
			expect.stringMatching(/refused 1 frame\(s\), the last one: (malformed|tooLarge)$/),
		]);
	});

	test('Pings are answered; a flood of them ends the connection, and another one is opened', async () => {
		await stream.connect(CONNECTION_TIMING).open();
		for (let count = 0; count < 100; count++) say(stream.server.peer, { kind: 'ping' });
		await until(
			() => stream.server.frames.filter((frame) => frame.includes('pong')).length === 100,
		);
		expect(stream.connection.state.status).toBe('connected');
		for (let count = 0; count < 700; count++) say(stream.server.peer, { kind: 'ping' });
		await until(() => stream.states.length === 4);
		expect(stream.states).toEqual(['connected', 'waiting', 'connecting', 'connected']);
		expect(stream.lines.join()).toContain('floods the connection');
	});

	test('A peer that reads nothing is left', async () => {
		await stream.connect(CONNECTION_TIMING).open();
		const [frozen] = stream.server.sockets;
		frozen!.pause();
		const asks = Array.from({ length: 40 }, (_, index) =>
			stream.connection.ask(`id ${index}`, 'x'.repeat(1024 * 1024), 60_000),
		);
		const results = await Promise.allSettled(asks);
		expect(results.every(({ status }) => status === 'rejected')).toBe(true);
		expect(stream.lines.join()).toContain('does not read what is sent');
		frozen!.destroy();
	});

	test('More messages than can wait for their outcome shall come again', async () => {
		stream.outcome = async () => await new Promise(() => undefined);
		await stream.connect(CONNECTION_TIMING).open();
		for (let count = 0; count < 5_010; count++) say(stream.server.peer, messageFrame(`m${count}`));
		await until(() => acknowledged().length === 10);
		expect(stream.received).toHaveLength(5_000);
		expect(stream.server.frames.filter((frame) => frame.includes('"later"'))).toHaveLength(10);
	});
});

describe('A defect of ours', () => {
	test.each([
		['in reading a frame', () => say(stream.server.peer, { kind: 'bug' })],
		[
			'behind the connection',
			() => {
				stream.outcome = async ({ messageId }) => {
					if (messageId === 'bad') return (undefined as unknown as string).trim() as 'stored';
					return 'stored';
				};
				say(stream.server.peer, messageFrame('bad'));
			},
		],
	])(
		'%s is logged with its stack; the message is not acknowledged, and the connection stays',
		async (_where, meet) => {
			await stream.connect().open();
			meet();
			say(stream.server.peer, messageFrame('good'));
			await until(() => acknowledged().includes('good'));
			expect(acknowledged()).toEqual(['good']);
			expect(stream.lines.filter((line) => line.startsWith('error'))).toEqual([
				expect.stringMatching(/Test Chat app-1: a defect: TypeError: .*\n\s+at /),
			]);
			expect(stream.connection.state.status).toBe('connected');
		},
	);

	test('in greeting is logged with its stack, and does not end the process', async () => {
		stream.protocol.greeting = undefined as unknown as string[];
		await stream.connect({ ...QUICK, attemptMs: 400 }).open();
		await until(() => stream.protocol.asked.length >= 2);
		expect(stream.lines[0]).toMatch(/^error .*TypeError: .*\n\s+at /);
	});

	test('in asking the gateway is logged with its stack, and tried again', async () => {
		stream.protocol.gateway = async () => (undefined as unknown as { url: { url: string } }).url;
		await stream.connect().open();
		await until(() => stream.protocol.asked.length >= 2);
		expect(stream.lines[0]).toMatch(/^error .*TypeError: .*\n\s+at /);
		expect(stream.connection.state.failure?.message).toContain('defect');
	});
});

test('Hundreds of reconnects leave neither memory, timers nor sockets behind', async () => {
	setFlagsFromString('--expose-gc');
	const collect = runInNewContext('gc') as () => void;
	const heapKb = async (): Promise<number> => {
		// The engine lets go of what it has compiled only after some collections.
		for (let round = 0; round < 4; round++) {
			await pause(50);
			collect();
		}
		return process.memoryUsage().heapUsed / 1024;
	};
	const timers = (): number =>
		process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
	const reconnect = async (times: number): Promise<void> => {
		const goal = stream.connection.state.reconnects + times;
		while (stream.connection.state.reconnects < goal) {
			const { peer } = stream.server;
			peer.terminate();
			await until(
				() => stream.server.peer !== peer && stream.connection.state.status === 'connected',
			);
			stream.server.peers.splice(0, stream.server.peers.length - 1);
			stream.server.frames.length = 0;
		}
	};
	const MOST_KB = 1_500;
	await stream.connect({ ...QUICK, steadyMs: 0 }).open();
	const few = timers() + 2;
	await reconnect(50);
	const before = await heapKb();
	await reconnect(300);
	const after = await heapKb();
	expect(after - before).toBeLessThan(MOST_KB);
	expect(timers()).toBeLessThanOrEqual(few);
	await until(() => stream.server.sockets.size === 1);

	// As many sockets that are kept would show, with all that listens to them.
	const kept = Array.from({ length: 300 }, () => new WebSocket(stream.server.url));
	await until(() => kept.every(({ readyState }) => readyState === WebSocket.OPEN));
	expect((await heapKb()) - after).toBeGreaterThan(MOST_KB);
	for (const each of kept) each.close();

	const open = timers();
	stream.connection.close();
	await until(() => timers() < open && stream.server.sockets.size === 0);
});
