import type { Duplex } from 'node:stream';

import { WebSocket } from 'ws';

import type { Ledger, LedgerEntry } from '../ledger.ts';
import type { SimulatedPlatform } from '../messages.ts';
import type { StreamFaults } from './faults.ts';

/** One WebSocket message: text or bytes. */
export type Wire = string | Buffer;

/** What the ledger says of a frame or of an exchange of two. */
export type FrameNote = Pick<LedgerEntry, 'kind'> &
	Partial<Omit<LedgerEntry, 'seq' | 'service' | 'method' | 'path'>>;

/** The longest that a frame waits for another one to overtake it. */
const REORDER_MS = 2000;

/** One open WebSocket, with the faults that were asked for. */
export class StreamConnection {
	readonly id: string;
	readonly service: SimulatedPlatform;
	readonly path: string;
	readonly who: string;
	/** Whose it is; undefined until the platform knows it. */
	botId: string | undefined;
	/** ISO 8601, the machine's time. */
	readonly since = new Date().toISOString();
	/** Frames of the bot and to it. */
	received = 0;
	sent = 0;
	/** Neither speaks nor hears. */
	frozen = false;
	private readonly webSocket: WebSocket;
	private readonly socket: Duplex;
	private readonly ledger: Ledger;
	private readonly faults: StreamFaults;
	private givenUp = false;
	private held: Wire[] = [];
	private readonly timers = new Set<NodeJS.Timeout>();

	constructor(
		identity: Pick<StreamConnection, 'id' | 'service' | 'path' | 'who' | 'botId'>,
		wire: { webSocket: WebSocket; socket: Duplex },
		{ ledger, streamFaults }: { ledger: Ledger; streamFaults: StreamFaults },
	) {
		this.id = identity.id;
		this.service = identity.service;
		this.path = identity.path;
		this.who = identity.who;
		this.botId = identity.botId;
		this.webSocket = wire.webSocket;
		this.socket = wire.socket;
		this.ledger = ledger;
		this.faults = streamFaults;
	}

	/** Whether the platform counts on it; a frozen one looks open until the platform gives it up. */
	get isOpen(): boolean {
		return !this.givenUp && this.webSocket.readyState === WebSocket.OPEN;
	}

	/** What people see of it. */
	shown() {
		const { id, service, botId, path, who, since, received, sent, frozen } = this;
		return { id, service, botId, path, who, since, received, sent, frozen };
	}

	/** Writes an entry about this connection into the ledger. */
	record(note: FrameNote): LedgerEntry {
		const common = { direction: 'in', status: 200, ms: 0, by: 'stream' } as const;
		const place = { service: this.service, method: 'WS', path: this.path };
		return this.ledger.record({ ...common, ...note, ...place });
	}

	/**
	 * Sends a frame, or what a fault makes of it; the entry of its exchange shows it. False where the bot
	 * surely gets nothing.
	 */
	send(frame: Wire, kind: string): boolean {
		if (!this.isOpen || this.frozen) return false;
		const fault = this.faults.frame(this.service, this.id, kind);
		if (fault) this.record({ direction: 'out', kind: 'fault', status: 0, note: fault.does });
		switch (fault?.does) {
			case 'cut':
				this.cutInside(frame);
				return false;
			case 'delay':
				this.after(fault.delayMs ?? 1000, () => this.write(frame));
				return true;
			case 'reorder':
				this.held.push(frame);
				this.after(REORDER_MS, () => this.release());
				return true;
			case 'duplicate':
				this.write(frame);
				break;
		}
		this.write(frame);
		this.release();
		return true;
	}

	/** Sends a frame that nobody asked for, with an entry of its own. */
	say(frame: Wire, note: FrameNote & { shown?: string }) {
		const { shown, ...rest } = note;
		if (!this.send(frame, note.kind)) rest.note = 'not sent';
		const body = shown ?? (typeof frame === 'string' ? frame : `(${frame.length} bytes)`);
		this.record({ direction: 'out', request: { body }, ...rest });
	}

	/** Runs `run` after that time of the machine, if the connection lives by then. Returns what calls it off. */
	after(ms: number, run: () => void): () => void {
		const timer = setTimeout(() => {
			this.timers.delete(timer);
			if (this.isOpen && !this.frozen) run();
		}, ms);
		this.timers.add(timer);
		return () => {
			clearTimeout(timer);
			this.timers.delete(timer);
		};
	}

	/** From now on nothing is sent and nothing is read, not even a close frame; only the end of TCP is noticed. */
	freeze() {
		this.frozen = true;
		this.socket.removeAllListeners('data');
		this.socket.resume();
	}

	/** The platform ends it with a close frame, which nobody sees of a frozen one. */
	close(code: number, reason: string) {
		if (!this.frozen) this.webSocket.close(code, reason);
		this.givenUp = true;
	}

	/** The platform ends TCP, which nobody sees of a frozen one. */
	end() {
		if (!this.frozen) this.drop();
		this.givenUp = true;
	}

	/** TCP ends without a word, whatever its state. */
	drop() {
		this.webSocket.terminate();
	}

	/** Answers a ping of the WebSocket protocol, which people see nothing of. */
	pong(data: Buffer) {
		if (this.isOpen && !this.frozen) this.webSocket.pong(data);
	}

	protocolPing() {
		if (this.isOpen && !this.frozen) this.webSocket.ping();
	}

	/** The socket has ended: no timer is left. */
	forget() {
		for (const timer of this.timers) clearTimeout(timer);
		this.timers.clear();
	}

	private write(frame: Wire) {
		if (!this.isOpen || this.frozen) return;
		this.sent += 1;
		this.webSocket.send(frame);
	}

	private release() {
		for (const frame of this.held.splice(0)) this.write(frame);
	}

	/** The head of a frame promises all of it, half of it follows, and TCP ends. */
	private cutInside(frame: Wire) {
		const payload = Buffer.from(frame);
		const head = Buffer.alloc(10);
		head[0] = typeof frame === 'string' ? 0x81 : 0x82;
		head[1] = 127;
		head.writeBigUInt64BE(BigInt(payload.length), 2);
		const half = payload.subarray(0, payload.length >> 1);
		this.socket.write(Buffer.concat([head, half]), () => this.drop());
	}
}
