import { sleep, type ICredentialDataDecryptedObject, type Logger } from 'n8n-workflow';
import { LeastRecentlyUsed } from '../../../../core/common/leastRecentlyUsed';
import type { DecodedMessage } from '../../../../protocol/message';
import { Cancelled } from '../../errors';
import { credentialKey } from '../../http/tokens';
import { Connection } from './connection';
import type { ConnectionState } from './connectionReport';
import { OUTLIVE_MS, Seat } from './seat';
import { isStarting, untilStarted } from './starting';
import type { Kinds, StreamOutcome, StreamProtocol } from './stream';
import { TestRun, type Wanted } from './testRun';

/** What a connection is made of, as somebody who wants it has it. */
export interface Access {
	protocol: StreamProtocol;
	/** Names an app. */
	credential: ICredentialDataDecryptedObject;
	log: Pick<Logger, 'info' | 'warn' | 'error'>;
}

/** An app's connection as it looks from outside. */
export interface SharedConnectionState extends ConnectionState {
	/** The platform. */
	service: string;
	/** The app's id there. */
	app: string;
	/** How many triggers it serves. */
	triggers: number;
}

/** More than somebody tries by hand while a platform may deliver again. */
const MAX_TESTED = 1_000;

const keyOf = ({ kind, conversationId, messageId }: DecodedMessage): string =>
	JSON.stringify([kind, conversationId, messageId]);

/** The connection of one app, and who gets its messages. It ends when nobody does any more. */
export class SharedConnection {
	connection?: Connection;
	/** Of the connection's credential. */
	private key?: string;
	private kinds: Kinds = new Set();
	private readonly seats = new Map<string, Seat>();
	private readonly testRuns = new Set<TestRun>();
	/** What test runs have taken: the platform may bring it once more. */
	private readonly tested = new LeastRecentlyUsed<true>(MAX_TESTED);
	/** Ends when nobody changes the connection. */
	private turn: Promise<unknown> = Promise.resolve();

	constructor(
		private readonly service: string,
		private readonly id: string,
		private readonly onEnd: () => void,
	) {}

	/** The seat of a trigger. */
	seat(id: string, onGone: () => void): Seat {
		const known = this.seats.get(id);
		if (known) return known;
		const seat = new Seat(() => {
			this.seats.delete(id);
			onGone();
			this.want();
			this.endIfEmpty();
		});
		this.seats.set(id, seat);
		return seat;
	}

	/**
	 * Sees to it that there is a connection with this credential that brings what everybody wants.
	 * @throws ConnectionFailure where a person must act; the connection that was there stays
	 */
	async connect(access: Access): Promise<void> {
		const turn = this.turn.then(async () => await this.change(access));
		this.turn = turn.catch(() => undefined);
		await turn;
	}

	/** The next message that is wanted, for the caller alone. */
	async next(access: Access, wanted: Wanted, signal?: AbortSignal): Promise<DecodedMessage> {
		if (signal?.aborted) throw new Cancelled();
		const testRun = new TestRun(wanted);
		this.testRuns.add(testRun);
		try {
			return await testRun.message(this.connectNow(access), signal);
		} finally {
			this.testRuns.delete(testRun);
			void sleep(OUTLIVE_MS).then(() => this.endIfEmpty());
		}
	}

	/** To a test run, else to all triggers. It is stored when all of them have stored it. */
	private async receive(message: DecodedMessage): Promise<StreamOutcome> {
		if (await this.isForTestRun(message)) return 'stored';
		if (isStarting()) await untilStarted();
		const seats = [...this.seats.values()];
		const taken = await Promise.all(seats.map(async (seat) => await seat.take(message)));
		// Where a test run alone listens, what it does not want is dropped.
		if (taken.every((each) => each === undefined))
			return this.testRuns.size > 0 ? 'stored' : 'later';
		return taken.includes(false) ? 'later' : 'stored';
	}

	private async isForTestRun(message: DecodedMessage): Promise<boolean> {
		const key = keyOf(message);
		if (this.tested.get(key)) return true;
		for (const testRun of this.testRuns) {
			if (!testRun.wanted.wants(message)) continue;
			this.testRuns.delete(testRun);
			if (!(await testRun.take(message))) continue;
			this.tested.set(key, true);
			return true;
		}
		return false;
	}

	state(): SharedConnectionState | undefined {
		const { service, id: app, connection, seats } = this;
		return connection && { ...connection.state, service, app, triggers: seats.size };
	}

	/** Somebody waits in front of the editor: a platform that is away is told at once. */
	private async connectNow(access: Access): Promise<void> {
		await this.connect(access);
		const state = this.connection?.state;
		if (state?.failure && state.status !== 'connected') throw state.failure;
	}

	private async change({ protocol, credential, log }: Access): Promise<void> {
		const key = credentialKey(credential);
		if (this.key === key && this.connection && !isStuck(this.connection.state)) {
			return this.want();
		}
		const kinds = this.wanted();
		const receive = this.receive.bind(this);
		const connection = new Connection({ protocol, credential, kinds, receive, log });
		await (this.connection ? this.connection.giveWayTo(connection) : connection.open());
		Object.assign(this, { connection, key, kinds });
		this.want();
	}

	private wanted(): Kinds {
		const tested = [...this.testRuns].map(({ wanted }) => wanted);
		const everybody = [...this.seats.values(), ...tested];
		return new Set(everybody.flatMap(({ kinds }) => [...kinds]));
	}

	/** Those who want something are others now, or want something else. */
	want(): void {
		const kinds = this.wanted();
		const isSame =
			kinds.size === this.kinds.size && [...kinds].every((kind) => this.kinds.has(kind));
		if (isSame || kinds.size === 0) return;
		this.kinds = kinds;
		this.connection?.want(kinds);
	}

	/** After whoever changes the connection: an app that comes back meanwhile must not open a second one. */
	private endIfEmpty(): void {
		this.turn = this.turn.then(() => {
			if (this.seats.size + this.testRuns.size > 0) return;
			this.connection?.close();
			this.connection = undefined;
			this.onEnd();
		});
	}
}

/** Nothing that goes on by itself brings this connection back. */
function isStuck({ status, failure }: ConnectionState): boolean {
	return status !== 'connected' && failure?.needsPerson === true;
}
