/** Why there is no connection, by what has to happen. */
export type ConnectionFailureClass =
	/** Nobody answers, or the platform is unwell: tried again soon, with back-off. */
	| 'unreachable'
	/** Wrong id or secret, a missing permission: a person must mend it; tried again slowly. */
	| 'badCredentials'
	/** The platform allows no more connections of this app; tried again slowly. */
	| 'tooMany'
	/** Another client has taken the place (WeCom allows one): never fought for. */
	| 'replaced';

/** Why there is no connection. Its message names the platform's own code, and holds no secret. */
export class ConnectionFailure extends Error {
	/** The platform's own wish, where it has one. */
	retryAfterMs?: number;

	constructor(
		readonly failureClass: ConnectionFailureClass,
		message: string,
		/** What a person can do about it. */
		readonly cure: string,
	) {
		super(message);
		this.name = 'ConnectionFailure';
	}

	/** Whether somebody has to act before another attempt can succeed. */
	get needsPerson(): boolean {
		return this.failureClass !== 'unreachable';
	}
}

const UNREACHABLE =
	'It is tried again by itself. Where it lasts, check the network, the firewall and the proxy of this machine.';

/** A failure of the network's doing: nobody has to act at once. */
export const unreachable = (message: string): ConnectionFailure =>
	new ConnectionFailure('unreachable', message, UNREACHABLE);

/** A frame of ours went out, and nothing was said to it: it may have been taken. */
export class NothingSaid extends ConnectionFailure {
	constructor(message: string) {
		super('unreachable', message, UNREACHABLE);
	}
}

/** A frame of ours did not go out: a word about it could not be told from one about an earlier frame. */
export class EarlierUnanswered extends ConnectionFailure {
	constructor(message: string) {
		super('unreachable', message, UNREACHABLE);
	}
}
