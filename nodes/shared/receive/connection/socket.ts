import { MAX_BODY_BYTES, Refused, type RefusalReason } from '../../../../protocol/verify';
import type { Endpoint, Meaning, StreamSession, WireFrame } from './stream';

/** What a connection hears from one of its sockets. Nothing comes after `lost` or `end`. */
export interface SocketListener {
	opened(socket: { canPing: boolean; isReady: boolean }): void;
	/** Something has come, whatever it is. */
	heard(): void;
	/** @param bytes of its frame */
	meant(meaning: Meaning, bytes: number): void;
	refused(reason: RefusalReason): void;
	/** A bug of ours, which would end the process: what it met stays unanswered. */
	defect(error: unknown): void;
	/** @param why what the other side did, in words */
	lost(why: string): void;
}

/** More than this is not waiting to go out where somebody reads at the other end. */
const MAX_UNSENT_BYTES = 8 * 1024 * 1024;

/**
 * One WebSocket and the conversation on it. Node's WebSocket shows neither the headers of a refused handshake
 * nor pings of the WebSocket protocol.
 */
export class StreamSocket {
	private readonly webSocket: WebSocket;
	private isOpen = false;

	/** @throws SyntaxError where the address is none of a WebSocket */
	constructor(
		endpoint: Endpoint,
		private readonly session: StreamSession,
		private listener: SocketListener | undefined,
	) {
		this.webSocket = new WebSocket(endpoint.url);
		this.webSocket.binaryType = 'arraybuffer';
		this.webSocket.onopen = () => this.greet();
		this.webSocket.onmessage = ({ data }) => this.take(data as string | ArrayBuffer);
		this.webSocket.onclose = ({ code, reason }) => this.close(`code ${code} ${reason}`.trim());
	}

	ping(): void {
		const frame = this.session.ping?.();
		if (frame !== undefined) this.send(frame);
	}

	/** @returns whether it is on its way; where the socket has ended, it goes nowhere */
	send(frame: WireFrame): boolean {
		if (!this.listener || this.webSocket.readyState !== WebSocket.OPEN) return false;
		this.webSocket.send(frame);
		if (this.webSocket.bufferedAmount > MAX_UNSENT_BYTES) {
			this.listener.lost('does not read what is sent');
		}
		return true;
	}

	/** Hears nothing more of it. A peer that is frozen keeps the socket until the system gives it up. */
	end(): void {
		this.listener = undefined;
		this.webSocket.onopen = this.webSocket.onmessage = this.webSocket.onclose = null;
		this.webSocket.close();
	}

	private close(why: string): void {
		const done = this.isOpen ? 'ended the connection' : 'refused the connection';
		this.listener?.lost(`${done} (${why})`);
	}

	private greet(): void {
		this.isOpen = true;
		const { ping, isReadyAtOpen, greeting } = this.session;
		try {
			for (const frame of greeting) this.send(frame);
			this.listener?.opened({ canPing: ping !== undefined, isReady: isReadyAtOpen });
		} catch (error) {
			this.listener?.defect(error);
		}
	}

	private take(data: string | ArrayBuffer): void {
		const { listener } = this;
		if (!listener) return;
		listener.heard();
		const frame = typeof data === 'string' ? data : new Uint8Array(data);
		const bytes = typeof frame === 'string' ? Buffer.byteLength(frame) : frame.byteLength;
		try {
			if (bytes > MAX_BODY_BYTES) throw new Refused('tooLarge');
			for (const meaning of this.session.read(frame, Date.now())) listener.meant(meaning, bytes);
		} catch (error) {
			if (error instanceof Refused) listener.refused(error.reason);
			else listener.defect(error);
		}
	}
}
