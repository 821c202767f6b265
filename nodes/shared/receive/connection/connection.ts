import { sleep, type Logger } from 'n8n-workflow';
import { CONNECTION_TIMING, type ConnectionTiming } from '../../../../core/connection/timing';
import { Upkeep } from '../../../../core/connection/upkeep';
import type { UpkeepEvent } from '../../../../core/connection/upkeepEvents';
import { ConnectionReport, type ConnectionState } from './connectionReport';
import { StreamLinks, type LinkOptions } from './links';
import type { StreamReply } from './pendingRequests';
import type { ConnectionFailure, Kinds, WireFrame } from './stream';

interface ConnectionOptions extends LinkOptions {
	log: Pick<Logger, 'info' | 'warn' | 'error'>;
	timing?: ConnectionTiming;
}

const REPLY_MS = 5_000;

/**
 * The long connection of one app, kept alive until it is closed: carries out what `Upkeep` decides, in one loop
 * that sleeps until the next deadline.
 */
export class Connection {
	private readonly upkeep: Upkeep;
	private readonly report: ConnectionReport;
	private readonly links: StreamLinks;
	private rest?: { until: number; over: AbortController };
	private settleOpen?: (failure?: ConnectionFailure) => void;

	constructor(private readonly options: ConnectionOptions) {
		const { protocol, credential, log, timing = CONNECTION_TIMING } = options;
		const { service } = protocol;
		this.upkeep = new Upkeep(service, timing, Math.random);
		this.report = new ConnectionReport(`${service} ${protocol.appOf(credential) ?? ''}`, log);
		this.links = new StreamLinks(options, this.report, (event) => this.tell(event));
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
		if (failure) throw failure;
	}

	/**
	 * Opens another connection of the app. What is on its way by this one still comes; then it ends.
	 * @throws ConnectionFailure where a person must act: this one stays
	 */
	async giveWayTo(next: Connection): Promise<void> {
		this.report.pause();
		next.report.pause();
		let isOpen = false;
		try {
			await next.open();
			isOpen = true;
		} finally {
			(isOpen ? next : this).report.resume();
		}
		this.tell({ kind: 'retire' });
	}

	/** Other subscriptions: where the platform's gateway takes them, a connection for them is opened first. */
	want(kinds: Kinds): void {
		const isMore = [...kinds].some((kind) => !this.links.kinds.has(kind));
		this.links.kinds = kinds;
		if (isMore && this.options.protocol.locatesByKinds) this.tell({ kind: 'renew' });
	}

	/**
	 * Sends a frame of ours and waits for what the platform says to it; one after the other for each id.
	 * @throws ConnectionFailure `unreachable` where it is not connected; `NothingSaid` where nothing is said in time;
	 * `EarlierUnanswered` where nothing was said to an earlier frame of that id
	 */
	async ask(id: string, frame: WireFrame, timeoutMs = REPLY_MS): Promise<StreamReply> {
		return await this.links.requests.ask({
			id,
			link: () => this.upkeep.servingLink,
			send: (link) => this.links.send(link, frame),
			timeoutMs,
		});
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

	/** Whatever fails here is a defect: a socket's event that throws would end the process. */
	private tell(event: UpkeepEvent): void {
		try {
			this.handle(event);
			this.settle();
			const { status, failure, deadline } = this.upkeep;
			if (this.rest && (deadline ?? 0) < this.rest.until) this.rest.over.abort();
			this.report.note(status, failure);
		} catch (error) {
			this.report.defect(error);
		}
	}

	private handle(event: UpkeepEvent): void {
		const actions = this.upkeep.handle(event, performance.now());
		for (const action of actions) this.links.carryOut(action);
	}

	/** What opening waits for is known. */
	private settle(): void {
		const { settleOpen, upkeep } = this;
		const { status, failure } = upkeep;
		if (!settleOpen || status === 'connecting') return;
		this.settleOpen = undefined;
		const refusal = failure?.needsPerson ? failure : undefined;
		if (refusal) this.handle({ kind: 'stop' });
		settleOpen(refusal);
	}
}
