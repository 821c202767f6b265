import type { Duplex } from 'node:stream';

import type { SimulatedPlatform, UserMessage } from '../messages.ts';
import type { StreamConnection } from './connection.ts';
import type { StreamDialogue } from './dialogue.ts';

interface Live {
	connection: StreamConnection;
	dialogue: StreamDialogue;
}

export type Connections = ReturnType<typeof createConnections>;

/** The connections that are open, of all platforms. */
export function createConnections() {
	const live = new Set<Live>();
	const sockets = new Set<Duplex>();
	let opened: Partial<Record<SimulatedPlatform, number>> = {};

	const of = (service: string) =>
		[...live].filter(({ connection }) => connection.server.service === service);

	return {
		/** A socket that wants to become a connection: it ends at the latest with the next reset. */
		adopt(socket: Duplex) {
			sockets.add(socket);
			socket.once('close', () => sockets.delete(socket));
		},
		add(entry: Live) {
			const { service } = entry.connection.server;
			opened[service] = (opened[service] ?? 0) + 1;
			live.add(entry);
			return () => live.delete(entry);
		},
		of,
		/** One of those by which the message may go, any of them: the platforms deal them out. */
		choose(message: UserMessage): Live | undefined {
			const fit = of(message.platform).filter(
				({ connection, dialogue }) => connection.isOpen && dialogue.takes(message),
			);
			return fit[Math.floor(Math.random() * fit.length)];
		},
		/** How many were opened since the last reset. */
		opened: (service: SimulatedPlatform) => opened[service] ?? 0,
		list: () => ({
			connections: [...live].map(({ connection }) => ({
				id: connection.id,
				service: connection.server.service,
				path: connection.path,
				who: connection.who,
				since: connection.since,
				received: connection.received,
				sent: connection.sent,
				frozen: connection.frozen,
			})),
			opened,
		}),
		/** Ends all sockets. */
		reset() {
			for (const socket of sockets) socket.destroy();
			opened = {};
		},
	};
}
