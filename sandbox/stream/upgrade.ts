import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

import { type WebSocket, WebSocketServer } from 'ws';

import { randomBytes } from '../aes.ts';
import type { World } from '../world.ts';
import { StreamConnection, type Wire } from './connection.ts';
import type { HandshakeVerdict, StreamServer } from './server.ts';
import { streamServers } from './servers.ts';

/** No bot sends more in one frame: WeCom's pieces of a file are 512 KiB before base64. */
const MAX_FRAME = 2 * 1024 * 1024;

type Refusal = Extract<HandshakeVerdict, { refused: string }>;
type Begin = Exclude<HandshakeVerdict, Refusal>['begin'];

function refuse(socket: Duplex, { status, headers = {}, body = '' }: Omit<Refusal, 'refused'>) {
	const lines = Object.entries({
		connection: 'close',
		'content-length': String(Buffer.byteLength(body)),
		...headers,
	}).map(([name, value]) => `${name}: ${value}`);
	const head = [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, ...lines].join('\r\n');
	socket.end(`${head}\r\n\r\n${body}`);
}

const wireOf = (data: Buffer, isBinary: boolean): Wire => (isBinary ? data : data.toString('utf8'));

/** Keeps a connection in the world from its handshake to its end. */
function keep(connection: StreamConnection, webSocket: WebSocket, begin: Begin, world: World) {
	const { epoch } = world;
	connection.record({ kind: 'connect', status: 101, note: connection.who });
	const isFrozen = world.streamFaults.entry(connection.service, 'acceptFrozen');
	if (isFrozen) connection.freeze();
	const dialogue = begin(connection);
	const remove = world.connections.add({ connection, dialogue });
	webSocket.on('ping', (data) => connection.pong(data));
	webSocket.on('message', (data: Buffer, isBinary) => {
		connection.received += 1;
		const frame = wireOf(data, isBinary);
		try {
			dialogue.receive(frame);
		} catch (error) {
			const body = isBinary ? `(${data.length} bytes)` : String(frame);
			const refused = (error as Error).message;
			connection.record({ kind: 'frame', status: 400, refused, request: { body } });
		}
	});
	webSocket.on('error', () => connection.drop());
	webSocket.on('close', (code) => {
		remove();
		connection.forget();
		dialogue.ended();
		// What a reset has ended is of no interest to what comes after it.
		if (epoch !== world.epoch) return;
		connection.record({ kind: 'disconnect', status: 0, note: `code ${code}` });
	});
}

/** Asks the platform about a handshake; a refusal stands in the ledger. */
function admit(url: URL, target: StreamServer, world: World): HandshakeVerdict {
	const verdict = target.admit(url, world);
	if (!('refused' in verdict)) return verdict;
	const { status, headers, refused } = verdict;
	world.ledger.record({
		service: target.service,
		direction: 'in',
		kind: 'connect',
		by: 'stream',
		method: 'WS',
		path: url.pathname,
		status,
		ms: 0,
		refused,
		request: { query: url.search },
		response: { headers },
	});
	return verdict;
}

/** Takes WebSockets on the sandbox's port. */
export function serveStreams(server: Server, world: World) {
	const webSockets = new WebSocketServer({
		noServer: true,
		maxPayload: MAX_FRAME,
		perMessageDeflate: false,
		autoPong: false,
	});
	server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
		world.connections.adopt(socket);
		socket.on('error', () => socket.destroy());
		const url = URL.parse(request.url ?? '/', world.origin);
		const target = url && streamServers[url.pathname];
		if (!target) return refuse(socket, { status: 404 });
		const verdict = admit(url, target, world);
		if ('refused' in verdict) return refuse(socket, verdict);
		const { who, botId, begin } = verdict;
		webSockets.handleUpgrade(request, socket, head, (webSocket) => {
			const id = randomBytes(6).toString('hex');
			const identity = { id, service: target.service, path: url.pathname, who, botId };
			const connection = new StreamConnection(identity, { webSocket, socket }, world);
			keep(connection, webSocket, begin, world);
		});
	});
}
