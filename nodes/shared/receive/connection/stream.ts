import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import {
	ConnectionFailure,
	EarlierUnanswered,
	NothingSaid,
	type ConnectionFailureClass,
} from '../../../../core/connection/failure';
import type { ConnectionWishes } from '../../../../core/connection/timing';
import type { DecodedMessage } from '../../../../protocol/message';

export {
	ConnectionFailure,
	EarlierUnanswered,
	NothingSaid,
	type ConnectionFailureClass,
	type ConnectionWishes,
};

/*
 * What passes between a long connection and each platform's folder: the platform says how its connection is
 * spoken, `connection.ts` keeps it alive. A session never touches a socket, a timer or a clock.
 */

/** What stands in one WebSocket message: text or bytes. */
export type WireFrame = string | Uint8Array;

/** What the triggers of an app want to receive: the union of their parameters. */
export type Kinds = ReadonlySet<DecodedMessage['kind']>;

/** Where a socket is opened. The URL holds a ticket: it is a secret, good for one connection. */
export interface Endpoint extends ConnectionWishes {
	url: string;
}

/** What became of a message: its execution is stored, or it shall come again. */
export type StreamOutcome = 'stored' | 'later';

/** What a frame means. */
export type Meaning =
	/** From now on messages come by this connection. */
	| { kind: 'ready' }
	/** It lives; a pong may carry new wishes. */
	| ({ kind: 'alive' } & ConnectionWishes)
	/** Sent back at once: the answer to a ping, a frame of an unknown topic. */
	| { kind: 'answer'; frame: WireFrame }
	| {
			kind: 'message';
			message: DecodedMessage;
			/** The frame that tells the platform of the outcome; undefined where it waits for none. */
			acknowledge(outcome: StreamOutcome, tookMs: number): WireFrame | undefined;
	  }
	/** The answer to a frame of ours that `Connection.ask` has sent. */
	| { kind: 'reply'; id: string; code: number; text: string; body?: unknown }
	/** The platform ends this connection soon: another one is opened first. */
	| { kind: 'leaving'; reason: string }
	/** The platform has ended it for a reason that an attempt at once would not change. */
	| { kind: 'ended'; failure: ConnectionFailure };

/** One socket's conversation with the platform. */
export interface StreamSession {
	/** Sent as soon as the socket is open. */
	readonly greeting: readonly WireFrame[];
	/** Whether messages come as soon as the socket is open; else a frame says so. */
	readonly isReadyAtOpen: boolean;
	/** A ping that the platform answers; undefined where it knows none. */
	ping?(): WireFrame;
	/** @throws Refused for what is no frame of the platform: it is counted, and the connection stays */
	read(frame: WireFrame, nowMs: number): Meaning[];
}

/** How the long connection of one kind of bot is spoken: all that differs between the platforms. */
export interface StreamProtocol {
	/** Name of the credential type. */
	readonly credential: string;
	/** The platform as people know it, for messages. */
	readonly service: string;
	/** Tells the app from all others of the platform; undefined where the credential names none. */
	appOf(credential: ICredentialDataDecryptedObject): string | undefined;
	/** What is missing in a credential for connecting, in words; undefined where nothing is. */
	missing(credential: ICredentialDataDecryptedObject): string | undefined;
	/** Whether `locate` tells the platform the kinds: for other ones, another connection is opened. */
	readonly locatesByKinds: boolean;
	/**
	 * Asks the platform where to connect: one request at most, with a fresh ticket each time.
	 * @throws ConnectionFailure
	 */
	locate(credential: ICredentialDataDecryptedObject, kinds: Kinds): Promise<Endpoint>;
	/** Begins the conversation on a socket to that endpoint. */
	session(endpoint: Endpoint, credential: ICredentialDataDecryptedObject): StreamSession;
}
