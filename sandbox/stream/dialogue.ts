import type { UserMessage } from '../messages.ts';
import type { Wire } from './connection.ts';

/** What became of a message that was sent by a connection. */
export interface StreamAnswer {
	/** The frame, readable. */
	sent: string;
	/** 200 when the platform counts it as acknowledged, else the code of the answer; 0: there was none. */
	status: number;
	/** The acknowledgement, readable. */
	answer: string;
	refused?: string;
}

/** The platform's side of one connection. */
export interface StreamDialogue {
	/** Whether this message may come by this connection: it is authenticated and subscribed to it. */
	takes(message: UserMessage): boolean;
	/**
	 * Sends the message and judges what the bot answers. Never rejects.
	 * @param waitMs for an acknowledgement; left out: the platform's patience
	 */
	deliver(message: UserMessage, waitMs?: number): Promise<StreamAnswer>;
	/** A frame of the bot. @throws an Error in words where it is none */
	receive(frame: Wire): void;
	/** Ends the connection as the platform does when it needs to. */
	announceDisconnect(): void;
	/** The platform's own ping, where it sends any. */
	ping?(): Wire;
	/** The connection is over: nothing more is waited for. */
	ended(): void;
}
