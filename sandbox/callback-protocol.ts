import type { UserMessage } from './messages.ts';
import type { World } from './world.ts';

/** A platform's request, ready to be sent. `headers` and `query` already carry the signature. */
export interface CallbackRequest {
	method: 'GET' | 'POST';
	query: Record<string, string>;
	headers: Record<string, string>;
	body: Buffer;
}

export interface CallbackResponse {
	status: number;
	body: string;
}

/** How one kind of bot gets its callbacks. */
export interface CallbackProtocol {
	/** The platform has no long connections for this kind. */
	isHttpOnly?: true;
	/** The bot must answer within this. */
	deadlineMs: number;
	/** Pauses before each redelivery of what was not acknowledged. */
	redeliverAfterMs: number[];
	/** Whether the platform delivers this one a single time, whatever becomes of it. */
	isSentOnce?(message: UserMessage): boolean;
	/** By a long connection, what is not acknowledged comes again without end: the pause after the list's. */
	streamRepeatMs?: number;
	build(message: UserMessage, world: World): CallbackRequest;
	/** Why the answer is no acknowledgement; shows the user the passive reply that it may hold. */
	judge(
		received: CallbackResponse,
		request: CallbackRequest,
		message: UserMessage,
		world: World,
	): string | undefined;
	/** The console's "save URL" probe, where there is one. */
	probe?(world: World): {
		request: CallbackRequest;
		deadlineMs: number;
		judge(received: CallbackResponse): string | undefined;
	};
}
