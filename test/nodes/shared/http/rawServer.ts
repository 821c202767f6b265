import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type Server, type TLSSocket } from 'node:tls';

/** A key and its certificate, which signs itself. */
export interface Identity {
	key: string;
	cert: string;
}

/** @param name as openssl writes it: `IP:127.0.0.1` */
export function identityOf(name: string): Identity {
	const folder = mkdtempSync(join(tmpdir(), 'clawbot-identity-'));
	const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
	const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=x'];
	const files = ['-keyout', key, '-out', cert, '-addext', `subjectAltName=${name}`];
	execFileSync('openssl', [...made, ...files], { stdio: 'ignore' });
	const identity = { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
	rmSync(folder, { recursive: true });
	return identity;
}

/** One connection of a client, as the server has it in its hands. */
export interface Connection {
	write(text: string | Buffer): void;
	/** Closes it, as servers do. */
	end(): void;
	/** Breaks it off. */
	reset(): void;
}

/** A whole answer. */
export function answerOf(body: string | Buffer, status = '200 OK', headers: string[] = []): Buffer {
	const bytes = Buffer.from(body);
	const head = [`HTTP/1.1 ${status}`, ...headers, `content-length: ${bytes.length}`];
	return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), bytes]);
}

/** Bytes of the first whole request in a text; 0 where it is not there yet. */
function lengthOf(text: string): number {
	const head = text.indexOf('\r\n\r\n');
	if (head < 0) return 0;
	const body = Number(/^content-length: (\d+)/im.exec(text.slice(0, head))?.[1] ?? 0);
	return text.length >= head + 4 + body ? head + 4 + body : 0;
}

/** An HTTPS server that has no HTTP of its own: what it does with a connection is the test's. */
export class RawServer {
	/** Connections that came; those that TLS was made on. */
	accepted = 0;
	secured = 0;
	readonly requests: string[] = [];
	/** Connections that are open now. */
	readonly open = new Set<Socket>();
	onAccept: (raw: Socket) => void = () => {};
	onSecure: (connection: Connection) => void = () => {};
	onRequest: (connection: Connection, request: string) => void = (connection) =>
		connection.write(answerOf('{}'));
	private readonly server: Server;

	constructor(identity: Identity) {
		this.server = createServer(identity, (tls) => this.serve(tls));
		this.server.on('connection', (raw) => {
			this.accepted++;
			this.open.add(raw);
			raw.on('close', () => this.open.delete(raw)).on('error', () => {});
			this.onAccept(raw);
		});
		this.server.on('tlsClientError', () => {});
	}

	async listen(): Promise<this> {
		await new Promise<void>((done) => this.server.listen(0, '127.0.0.1', done));
		return this;
	}

	get port(): number {
		return (this.server.address() as AddressInfo).port;
	}

	get origin(): string {
		return `https://127.0.0.1:${this.port}`;
	}

	/** Until no connection is open. */
	async idle(): Promise<void> {
		while (this.open.size > 0) await new Promise((done) => setTimeout(done, 20));
	}

	async close(): Promise<void> {
		for (const raw of this.open) raw.destroy();
		await new Promise((done) => this.server.close(done));
	}

	private serve(tls: TLSSocket): void {
		this.secured++;
		const raw = [...this.open].find(({ remotePort }) => remotePort === tls.remotePort)!;
		const connection: Connection = {
			write: (text) => void tls.write(text),
			end: () => void tls.end(),
			reset: () => void raw.resetAndDestroy(),
		};
		let unread = '';
		tls
			.on('error', () => {})
			.on('data', (chunk: Buffer) => {
				unread += chunk.toString('latin1');
				for (let length = lengthOf(unread); length > 0; length = lengthOf(unread)) {
					const request = unread.slice(0, length);
					unread = unread.slice(length);
					this.requests.push(request);
					this.onRequest(connection, request);
				}
			});
		this.onSecure(connection);
	}
}
