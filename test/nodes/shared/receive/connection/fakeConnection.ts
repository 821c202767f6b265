import type { ConnectionState } from '../../../../../nodes/shared/receive/connection/connectionReport';
import {
	ConnectionFailure,
	type Kinds,
	type StreamOutcome,
	type StreamProtocol,
} from '../../../../../nodes/shared/receive/connection/stream';
import type { DecodedMessage } from '../../../../../protocol/message';

/*
 * A connection without a network: it opens as the test says, and brings what the test gives it. It stands in place of
 * the real class where the tests are about who shares it.
 */

interface Options {
	protocol: StreamProtocol;
	credential: Record<string, unknown>;
	kinds: Kinds;
	receive(message: DecodedMessage): Promise<StreamOutcome>;
}

export class Connection {
	/** All of the test, oldest first. */
	static all: Connection[] = [];
	/** How the next ones open. */
	static opens: (connection: Connection) => Promise<void> = async () => {};

	static reset(): void {
		Connection.all = [];
		Connection.opens = async () => {};
	}

	/** Those that have not been closed. */
	static get open(): Connection[] {
		return Connection.all.filter(({ isClosed }) => !isClosed);
	}

	isClosed = false;
	kinds: Kinds;
	/** How often other subscriptions were wanted. */
	wants = 0;
	state: ConnectionState = { status: 'connected', since: 1, reconnects: 0, refusedFrames: 0 };

	constructor(readonly options: Options) {
		this.kinds = options.kinds;
		Connection.all.push(this);
	}

	async open(): Promise<void> {
		await Connection.opens(this).catch((error) => {
			this.isClosed = true;
			throw error;
		});
	}

	async giveWayTo(next: Connection): Promise<void> {
		await next.open();
		this.close();
	}

	want(kinds: Kinds): void {
		this.kinds = kinds;
		this.wants += 1;
	}

	close(): void {
		this.isClosed = true;
	}

	async bring(message: Partial<DecodedMessage>): Promise<StreamOutcome> {
		return await this.options.receive(message as DecodedMessage);
	}

	/** From now on it is away, for this reason. */
	fail(failure: ConnectionFailure): void {
		this.state = { ...this.state, status: 'waiting', failure };
	}
}

export const wrongSecret = new ConnectionFailure(
	'badCredentials',
	'Fake: the secret is wrong (40001)',
	'Correct Secret in the credential.',
);
export const replaced = new ConnectionFailure(
	'replaced',
	'Fake: another connection has taken the place of this one',
	'End the other program.',
);
export const away = new ConnectionFailure(
	'unreachable',
	'Fake: nobody answers',
	'Look at the network.',
);

/** A protocol that nobody speaks: its credential has the fields `app` and `secret`. */
export const fakeProtocol = {
	credential: 'dingTalkAppApi',
	service: 'Fake',
	appOf: ({ app }) => (app ? String(app) : undefined),
	missing: ({ app, secret }) =>
		!app
			? 'fill in App in the credential'
			: !secret
				? 'fill in Secret in the credential'
				: undefined,
} as StreamProtocol;
