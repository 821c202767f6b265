import type { AddressInfo, Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { SMTPServer } from 'smtp-server';

export interface Mail {
	to: string[];
	text: string;
}

/** A real mail server on this machine; it knows nobody whose address begins with `refused`. */
export async function startMailServer() {
	const mails: Mail[] = [];
	const sockets = new Set<Socket>();
	let hangs = false;
	const smtp = new SMTPServer({
		authOptional: true,
		disabledCommands: ['STARTTLS'],
		onConnect(_session: unknown, done: () => void) {
			// Without this it does not greet.
			if (!hangs) done();
		},
		onRcptTo({ address }: { address: string }, _session: unknown, done: (error?: Error) => void) {
			done(address.startsWith('refused') ? new Error('550 no such mailbox') : undefined);
		},
		onData(
			stream: Readable,
			{ envelope }: { envelope: { rcptTo: Array<{ address: string }> } },
			done: () => void,
		) {
			const chunks: Buffer[] = [];
			stream.on('data', (chunk: Buffer) => chunks.push(chunk));
			stream.on('end', () => {
				const to = envelope.rcptTo.map(({ address }) => address);
				mails.push({ to, text: Buffer.concat(chunks).toString('utf8') });
				done();
			});
		},
	});
	smtp.server.on('connection', (socket) => {
		sockets.add(socket);
		socket.once('close', () => sockets.delete(socket));
	});
	await new Promise<void>((done) => smtp.listen(0, '127.0.0.1', done));
	const { port } = smtp.server.address() as AddressInfo;
	return {
		port,
		mails,
		/** Takes connections, and says nothing. */
		hang(): void {
			hangs = true;
		},
		/** Settles when somebody is connected. */
		async connection(): Promise<void> {
			if (sockets.size > 0) return;
			await new Promise((done) => smtp.server.once('connection', done));
		},
		/** Ends all connections, and takes none. */
		async close(): Promise<void> {
			for (const socket of sockets) socket.destroy();
			await new Promise<void>((done) => smtp.server.close(() => done()));
		},
	};
}
