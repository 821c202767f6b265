import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { Connection } from '../../../../../nodes/shared/receive/connection/connection';
import { ConnectionReport } from '../../../../../nodes/shared/receive/connection/connectionReport';
import type { StreamOutcome } from '../../../../../nodes/shared/receive/connection/stream';
import type { ConnectionTiming } from '../../../../../core/connection/timing';
import type { DecodedMessage } from '../../../../../protocol/message';
import { QUICK, StreamServer, TestProtocol, say } from './streamServer';

/** A server, and what a connection to it receives, tells and logs: made anew for each test. */
export interface StreamCase {
	server: StreamServer;
	protocol: TestProtocol;
	connection: Connection;
	received: string[];
	/** What its status has become, in turn. */
	states: string[];
	/** The log: level, text. */
	lines: string[];
	/** What becomes of a message. */
	outcome(message: DecodedMessage): Promise<StreamOutcome>;
	credential: ICredentialDataDecryptedObject;
	connect(timing?: ConnectionTiming): Connection;
}

/** Every test of the file gets a fresh one. */
export function streamCase(): StreamCase {
	const stream = {} as StreamCase;
	beforeEach(async () => Object.assign(stream, await makeCase(stream)));
	afterEach(async () => {
		stream.connection.close();
		ConnectionReport.prototype.note = note;
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
		states: watchStates(),
		lines: [],
		outcome: async () => 'stored',
		credential: {},
		connect: (timing = QUICK) => (stream.connection = connectionOf(stream, timing)),
	};
}

const { note } = ConnectionReport.prototype;

function watchStates(): string[] {
	const states: string[] = [];
	// A mock would keep whatever it was called with.
	ConnectionReport.prototype.note = function (status, failure) {
		if (status !== this.state.status) states.push(status);
		note.call(this, status, failure);
	};
	return states;
}

function connectionOf(stream: StreamCase, timing: ConnectionTiming): Connection {
	const { protocol, credential, received, lines } = stream;
	const logAt = (level: string) => (text: string) => void lines.push(`${level} ${text}`);
	return new Connection({
		protocol,
		credential,
		kinds: new Set(['message']),
		receive: async (message) => {
			received.push(message.messageId);
			return await stream.outcome(message);
		},
		log: { info: logAt('info'), warn: logAt('warn'), error: logAt('error') },
		timing,
	});
}
