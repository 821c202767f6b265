import { sleep, type ICredentialDataDecryptedObject, type Logger } from 'n8n-workflow';
import { excerpt } from '../../../core/common/redact';
import { unreachable } from '../../../core/connection/failure';
import { CONNECTION_TIMING, type ConnectionTiming } from '../../../core/connection/timing';
import { Upkeep, type UpkeepAction, type UpkeepEvent } from '../../../core/connection/upkeep';
import type { DecodedMessage } from '../../../protocol/message';
import { Asks, type StreamReply } from './asks';
import { ConnectionReport, type ConnectionState } from './connectionReport';
import { StreamSocket, type SocketListener } from './socket';
import {
	ConnectionFailure,
	type Gateway,
	type Kinds,
	type Meaning,
	type StreamOutcome,
	type StreamProtocol,
	type WireFrame,
} from './stream';

export interface ConnectionListener {
	/** Resolves when it is known what became of the message; never rejects. */
	receive(message: DecodedMessage): Promise<StreamOutcome>;
	/** Once per change of state. */
	changed(state: ConnectionState): void;
}

export interface ConnectionOptions {
	protocol: StreamProtocol;
	credential: ICredentialDataDecryptedObject;
	kinds: Kinds;
	listener: ConnectionListener;
	log: Pick<Logger, 'info' | 'warn' | 'error'>;
	timing?: ConnectionTiming;
}

type MessageMeaning = Extract<Meaning, { kind: 'message' }>;

/** What waits for its outcome, at most: what comes beyond it shall come again. */
const MAX_PENDING = { messages: 5_000, bytes: 64 * 1024 * 1024 };

const REPLY_MS = 5_000;

/**
 * The long connection of one app, kept alive until it is closed: carries out what `Upkeep` decides, in one loop
 * that sleeps until the next deadline. An acknowledgement goes to the socket that its message came by.
 */
export class Connection {
	private readonly upkeep: Upkeep;
	private readonly asks: Asks;
	private readonly report: ConnectionReport;
	private readonly gateways = new Map<number, Gateway>();
	private readonly sockets = new Map<number, StreamSocket>();
	private kinds: Kinds;
	private readonly pending = { messages: 0, bytes: 0 };
	private rest?: { until: number; over: AbortController };
	private settleOpen?: (failure?: ConnectionFailure) => void;

	constructor(private readonly options: ConnectionOptions) {
		const { protocol, credential, log, timing = CONNECTION_TIMING } = options;
		const { service } = protocol;
		this.upkeep = new Upkeep(service, timing, Math.random);
		this.asks = new Asks(service);
		this.report = new ConnectionReport(`${service} ${protocol.appOf(credential) ?? ''}`, log);
		this.kinds = options.kinds;
	}

	get state(): Readonly<ConnectionState> {
		return { ...this.report.state };
	}

	/**
	 * Resolves when it is ready, or when the network is away: then it goes on trying. Called once.
	 * @throws ConnectionFailure where a person must act: then it is closed
	 */
	async open(): Promise<void> {
		const opened = new Promise<ConnectionFailure | undefined>((settle) => {
			this.settleOpen = settle;
		});
		this.tell({ kind: 'start' });
		void this.run();
		const failure = await opened;
		if (!failure) return;
		this.close();
		throw failure;
	}

	/** Other subscriptions: where the platform's gateway takes them, a connection for them is opened first. */
	want(kinds: Kinds): void {
		const isMore = [...kinds].some((kind) => !this.kinds.has(kind));
		this.kinds = kinds;
		if (isMore && this.options.protocol.locatesByKinds) this.tell({ kind: 'renew' });
	}

	/**
	 * Sends a frame of ours and waits for what the platform says to it; one after the other for each id.
	 * @throws ConnectionFailure `unreachable` where it is not connected, or nothing is said in time
	 */
	async ask(id: string, frame: WireFrame, timeoutMs = REPLY_MS): Promise<StreamReply> {
		const send = (): number | undefined => {
			const link = this.upkeep.servingLink;
			return link !== undefined && this.sockets.get(link)?.send(frame) ? link : undefined;
		};
		return await this.asks.ask(id, send, timeoutMs);
	}

	/** Leaves no timer, no listener and, where the other side still answers, no socket. */
	close(): void {
		this.tell({ kind: 'stop' });
	}

	private async run(): Promise<void> {
		for (;;) {
			const until = this.upkeep.deadline;
			if (until === undefined) return;
			const over = new AbortController();
			this.rest = { until, over };
			await sleep(Math.max(1, until - performance.now()), over.signal).catch(() => undefined);
			this.rest = undefined;
			this.tell({ kind: 'due' });
		}
	}

	private tell(event: UpkeepEvent): void {
		for (const action of this.upkeep.handle(event, performance.now())) this.carryOut(action);
		const { status, failure, deadline } = this.upkeep;
		if (this.report.note(status, failure)) this.tellChange();
		if (this.rest && (deadline === undefined || deadline < this.rest.until)) this.rest.over.abort();
	}

	private tellChange(): void {
		const { state } = this;
		if (state.status !== 'connecting') {
			const isTheirs = state.failure && state.failure.failureClass !== 'unreachable';
			this.settleOpen?.(isTheirs ? state.failure : undefined);
			this.settleOpen = undefined;
		}
		try {
			this.options.listener.changed(state);
		} catch (error) {
			this.report.defect(error);
		}
	}

	private carryOut({ kind, link }: UpkeepAction): void {
		if (kind === 'locate') void this.locate(link);
		if (kind === 'open') this.openSocket(link);
		if (kind === 'ping') this.sockets.get(link)?.ping();
		if (kind === 'end') this.end(link);
	}

	private async locate(link: number): Promise<void> {
		const { protocol, credential } = this.options;
		try {
			const gateway = await protocol.locate(credential, this.kinds);
			this.gateways.set(link, gateway);
			this.tell({ kind: 'located', link, wishes: gateway });
		} catch (error) {
			this.tell({ kind: 'lost', link, failure: this.failureOf(error) });
		} finally {
			this.gateways.delete(link);
		}
	}

	private openSocket(link: number): void {
		const { protocol, credential } = this.options;
		const gateway = this.gateways.get(link);
		if (!gateway) return;
		try {
			const session = protocol.session(gateway, credential);
			this.sockets.set(link, new StreamSocket(gateway, session, this.listenerOf(link)));
		} catch (error) {
			this.tell({ kind: 'lost', link, failure: this.failureOf(error) });
		}
	}

	private end(link: number): void {
		this.sockets.get(link)?.end();
		this.sockets.delete(link);
		this.asks.lost(link);
	}

	private failureOf(error: unknown): ConnectionFailure {
		if (error instanceof ConnectionFailure) return error;
		this.report.defect(error);
		return unreachable(
			'it could not connect through a defect of this package, which the log shows',
		);
	}

	private listenerOf(link: number): SocketListener {
		const { service } = this.options.protocol;
		const tell = (kind: 'heard' | 'sent' | 'nuisance') => this.tell({ kind, link });
		const refused = (why: string): void => {
			this.report.refused(why);
			tell('nuisance');
		};
		return {
			opened: (socket) => this.tell({ kind: 'opened', link, ...socket }),
			heard: () => tell('heard'),
			sent: () => tell('sent'),
			meant: (meaning, bytes) => this.follow(link, meaning, bytes),
			refused,
			defect: (error) => {
				this.report.defect(error);
				refused('a defect');
			},
			lost: (why) => {
				const failure = unreachable(`${service} ended the connection (${excerpt(why, 100)})`);
				this.tell({ kind: 'lost', link, failure });
			},
		};
	}

	private follow(link: number, meaning: Meaning, bytes: number): void {
		if (meaning.kind === 'message') return void this.receive(link, meaning, bytes);
		if (meaning.kind === 'reply' && this.asks.answered(meaning.id, link, meaning)) return;
		if (meaning.kind === 'ended') {
			return this.tell({ kind: 'lost', link, failure: meaning.failure });
		}
		this.tell({ kind: 'nuisance', link });
		if (meaning.kind === 'answer') this.sockets.get(link)?.send(meaning.frame);
		if (meaning.kind === 'ready') this.tell({ kind: 'ready', link });
		if (meaning.kind === 'alive') this.tell({ kind: 'wished', link, wishes: meaning });
		if (meaning.kind === 'leaving') {
			this.report.leaving(link, meaning.reason);
			this.tell({ kind: 'leaving', link });
		}
	}

	private async receive(link: number, meaning: MessageMeaning, bytes: number): Promise<void> {
		const { pending } = this;
		const began = performance.now();
		this.report.state.lastMessageAt = Date.now();
		pending.messages += 1;
		pending.bytes += bytes;
		try {
			const isFull = pending.messages > MAX_PENDING.messages || pending.bytes > MAX_PENDING.bytes;
			if (isFull) this.report.refused('too many messages wait');
			const outcome = isFull ? 'later' : await this.options.listener.receive(meaning.message);
			const tookMs = Math.round(performance.now() - began);
			const frame = meaning.acknowledge(outcome, tookMs);
			if (frame !== undefined) this.sockets.get(link)?.send(frame);
		} catch (error) {
			this.report.defect(error);
		} finally {
			pending.messages -= 1;
			pending.bytes -= bytes;
		}
	}
}
