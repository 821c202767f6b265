import type { Duplex } from 'node:stream';

import type { SimulatedPlatform, UserMessage } from '../messages.ts';
import type { StreamConnection } from './connection.ts';
import type { StreamDialogue } from './dialogue.ts';

interface Live {
	connection: StreamConnection;
	dialogue: StreamDialogue;
}

/** The connections that are open, of all platforms. */
export class Connections {
	private readonly live = new Set<Live>();
	private readonly sockets = new Set<Duplex>();
	private openings: Partial<Record<SimulatedPlatform, number>> = {};

	/** A socket that wants to become a connection: it ends at the latest with the next reset. */
	adopt(socket: Duplex) {
		this.sockets.add(socket);
		socket.once('close', () => this.sockets.delete(socket));
	}

	/** Returns what takes it out again. */
	add(entry: Live): () => void {
		const { service } = entry.connection;
		this.openings[service] = this.opened(service) + 1;
		this.live.add(entry);
		return () => this.live.delete(entry);
	}

	of(service: string): Live[] {
		return [...this.live].filter(({ connection }) => connection.service === service);
	}

	/** One of those by which the message may go, any of them: the platforms deal them out. */
	choose(message: UserMessage): Live | undefined {
		const fit = this.of(message.platform).filter(
			({ connection, dialogue }) => connection.isOpen && dialogue.takes(message),
		);
		return fit[Math.floor(Math.random() * fit.length)];
	}

	/** How many were opened since the last reset. */
	opened(service: SimulatedPlatform): number {
		return this.openings[service] ?? 0;
	}

	list() {
		const connections = [...this.live].map(({ connection }) => connection.shown());
		return { connections, opened: this.openings };
	}

	/** Ends all sockets. */
	reset() {
		for (const socket of this.sockets) socket.destroy();
		this.openings = {};
	}
}
