import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { WebSocketServer, type RawData, type WebSocket as Peer } from 'ws';
import { CONNECTION_TIMING, type ConnectionTiming } from '../../../../../core/connection/timing';
import type { DecodedMessage } from '../../../../../protocol/message';
import { Refused } from '../../../../../protocol/verify';
import {
	ConnectionFailure,
	type Meaning,
	type StreamProtocol,
	type StreamSession,
} from '../../../../../nodes/shared/receive/connection/stream';

/* A platform of the tests' own: its frames are JSON, `{ "kind": … }`, its servers real WebSockets. */

/** Short waits. What the machine may need time for is as long as in earnest: it may be busy. */
export const QUICK: ConnectionTiming = {
	...CONNECTION_TIMING,
	drainMs: 100,
	steadyMs: 100,
	backoffMs: [10, 20, 40, 80, 160, 320, 600],
};

export class StreamServer {
	readonly peers: Peer[] = [];
	/** What came, as text. */
	readonly frames: string[] = [];
	/** Sockets that are open. */
	readonly sockets = new Set<Socket>();
	/** Refuses handshakes with this status. */
	refuseWith?: number;
	/** Takes handshakes and says nothing. */
	isSilent = false;
	onFrame: (frame: string, peer: Peer) => void = () => undefined;
	port = 0;
	private server!: Server;
	static async start(): Promise<StreamServer> {
		const made = new StreamServer();
		await made.listen(0);
		return made;
	}

	get url(): string {
		return `ws://127.0.0.1:${this.port}/?ticket=verySecretTicket`;
	}

	/** The one that connected last. */
	get peer(): Peer {
		return this.peers.at(-1)!;
	}

	get openPeers(): Peer[] {
		return this.peers.filter(({ readyState }) => readyState === 1);
	}

	async listen(port: number): Promise<void> {
		this.server = createServer();
		this.server.on('connection', (socket) => {
			this.sockets.add(socket);
			socket.on('close', () => this.sockets.delete(socket));
			socket.on('error', () => undefined);
		});
		const peers = new WebSocketServer({ noServer: true, maxPayload: 64 * 1024 * 1024 });
		this.server.on('upgrade', (request, socket, head) => {
			// An HTTP server leaves its side open until it is told.
			if (this.isSilent) return void socket.resume().on('end', () => socket.end());
			if (this.refuseWith) {
				socket.end(`HTTP/1.1 ${this.refuseWith} No\r\nContent-Length: 0\r\n\r\n`);
				return;
			}
			peers.handleUpgrade(request, socket, head, (peer) => {
				this.peers.push(peer);
				peer.on('error', () => undefined);
				peer.on('message', (data: RawData) => {
					this.frames.push(String(data));
					this.onFrame(String(data), peer);
				});
			});
		});
		await new Promise<void>((resolve) => this.server.listen(port, '127.0.0.1', resolve));
		this.port = (this.server.address() as AddressInfo).port;
	}

	/** Cuts all sockets, and listens no more. */
	async stop(): Promise<void> {
		const closed = new Promise((resolve) => this.server.close(resolve));
		for (const socket of this.sockets) socket.destroy();
		await closed;
	}
}

/** Says a thing of the tests' platform. */
export const say = (peer: Peer, frame: object): void => peer.send(JSON.stringify(frame));

export const messageFrame = (id: string): object => ({ kind: 'message', id });

/** Speaks the tests' platform. What its gateway says is the test's. */
export class TestProtocol implements StreamProtocol {
	readonly credential = 'testApi';
	readonly service = 'Test Chat';
	locatesByKinds = true;
	/** Kinds that it was asked for, one set for each question. */
	readonly asked: string[][] = [];
	gateway: () => Promise<Awaited<ReturnType<StreamProtocol['locate']>>>;
	canPing = true;
	isReadyAtOpen = false;
	greeting: string[] = ['{"kind":"hello"}'];

	constructor(server: { readonly url: string }) {
		this.gateway = async () => ({ url: server.url });
	}

	appOf(): string {
		return 'app-1';
	}

	missing(): undefined {
		return undefined;
	}

	async locate(
		_credential: unknown,
		kinds: ReadonlySet<string>,
	): ReturnType<StreamProtocol['locate']> {
		this.asked.push([...kinds].sort());
		return await this.gateway();
	}

	session(): StreamSession {
		return {
			greeting: this.greeting,
			isReadyAtOpen: this.isReadyAtOpen,
			...(this.canPing ? { ping: () => '{"kind":"ping"}' } : {}),
			read: (frame) => readFrame(frame),
		};
	}
}

function readFrame(frame: string | Uint8Array): Meaning[] {
	if (typeof frame !== 'string') throw new Refused('malformed');
	const fields = parsed(frame);
	if (fields.kind === 'bug') return (undefined as unknown as Meaning[]).slice();
	if (fields.kind === 'message') return [messageMeaning(fields.id)];
	if (fields.kind === 'ended') {
		const { failureClass } = fields;
		const failure = new ConnectionFailure(failureClass, `said ${failureClass}`, 'Mend it.');
		return [{ kind: 'ended', failure }];
	}
	if (fields.kind === 'ping') return [{ kind: 'answer', frame: '{"kind":"pong"}' }];
	if (['ready', 'alive', 'reply', 'leaving'].includes(fields.kind)) return [fields as Meaning];
	return [];
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any
function parsed(frame: string): any {
	try {
		return JSON.parse(frame);
	} catch {
		throw new Refused('malformed');
	}
}

const messageMeaning = (id: string): Meaning => ({
	kind: 'message',
	message: { kind: 'message', messageId: id } as DecodedMessage,
	acknowledge: (outcome) => JSON.stringify({ kind: 'ack', id, outcome }),
});
