import { Connection } from '../../../../nodes/shared/receive/connection';
import type { StreamOutcome } from '../../../../nodes/shared/receive/stream';
import type { ConnectionTiming } from '../../../../core/connection/timing';
import type { DecodedMessage } from '../../../../protocol/message';
import { QUICK, StreamServer, TestProtocol, say } from './streamServer';

/** A server, and what a connection to it receives, tells and logs: made anew for each test. */
export interface StreamCase {
	server: StreamServer;
	protocol: TestProtocol;
	connection: Connection;
	received: string[];
	states: string[];
	/** The log: level, text. */
	lines: string[];
	/** What becomes of a message. */
	outcome(message: DecodedMessage): Promise<StreamOutcome>;
	connect(timing?: ConnectionTiming): Connection;
}

/** Every test of the file gets a fresh one. */
export function streamCase(): StreamCase {
	const stream = {} as StreamCase;
	beforeEach(async () => Object.assign(stream, await makeCase(stream)));
	afterEach(async () => {
		stream.connection.close();
		await stream.server.stop();
	});
	return stream;
}

async function makeCase(stream: StreamCase): Promise<Partial<StreamCase>> {
	const server = await StreamServer.start();
	server.onFrame = (frame, peer) => {
		if (frame === '{"kind":"hello"}') say(peer, { kind: 'ready' });
		if (frame === '{"kind":"ping"}') say(peer, { kind: 'alive' });
	};
	return {
		server,
		protocol: new TestProtocol(server),
		received: [],
		states: [],
		lines: [],
		outcome: async () => 'stored',
		connect: (timing = QUICK) => (stream.connection = connectionOf(stream, timing)),
	};
}

function connectionOf(stream: StreamCase, timing: ConnectionTiming): Connection {
	const { protocol, received, states, lines } = stream;
	const note = (level: string) => (text: string) => void lines.push(`${level} ${text}`);
	return new Connection({
		protocol,
		credential: {},
		kinds: new Set(['message']),
		listener: {
			receive: async (message) => {
				received.push(message.messageId);
				return await stream.outcome(message);
			},
			changed: ({ status }) => void states.push(status),
		},
		log: { info: note('info'), warn: note('warn'), error: note('error') },
		timing,
	});
}

/** Waits until something is so; the test fails by its own time limit where it never is. */
export async function until(condition: () => boolean): Promise<void> {
	while (!condition()) await pause(5);
}

export const pause = async (ms: number): Promise<void> =>
	await new Promise((resolve) => setTimeout(resolve, ms));
