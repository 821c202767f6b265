import type { Logger } from 'n8n-workflow';
import { defectOf } from '../../../../core/common/defects';
import { strikeSecrets } from '../../../../core/common/redact';
import type { ConnectionFailure } from '../../../../core/connection/failure';
import type { ConnectionStatus } from '../../../../core/connection/upkeep';

/** How one app's long connection stands. Times are ms since 1970. */
export interface ConnectionState {
	status: ConnectionStatus;
	/** Since when it has this status. */
	since: number;
	/** Undefined where it is not connected. A switch without a gap changes nothing. */
	connectedSince?: number;
	/** Since when it is not connected; undefined where it is. */
	awaySince?: number;
	/** How often it was lost and found again. */
	reconnects: number;
	lastMessageAt?: number;
	/** Frames that were none of the platform's, or that nothing could be done about. */
	refusedFrames: number;
	/** The last one, until it is connected again. */
	failure?: ConnectionFailure;
}

/** Refusals are logged no more often than this. */
const REFUSALS_EVERY_MS = 60_000;

/** Knows how a connection stands, and writes each change of it into n8n's log, once. */
export class ConnectionReport {
	readonly state: ConnectionState;
	/** What the log says last of how it stands. */
	private logged?: string;
	private isPaused = false;
	private hasConnected = false;
	/** The link that was last said to leave. */
	private left?: number;
	private refusalsLogged = { at: -Infinity, count: 0 };

	constructor(
		/** The connection, as people know it. */
		private readonly name: string,
		private readonly log: Pick<Logger, 'info' | 'warn' | 'error'>,
	) {
		const now = Date.now();
		this.state = {
			status: 'connecting',
			since: now,
			awaySince: now,
			reconnects: 0,
			refusedFrames: 0,
		};
	}

	note(status: ConnectionStatus, failure: ConnectionFailure | undefined): void {
		const { state } = this;
		if (status === state.status && failure === state.failure) return;
		const now = Date.now();
		if (status !== state.status) state.since = now;
		state.status = status;
		state.failure = failure;
		if (status === 'connected') this.noteConnected(now);
		else this.noteAway(now);
		this.write();
	}

	/**
	 * A connection of the app is to take another one's place, by which some platforms end that one: until it is
	 * known which of them stays, how each of them stands is no news.
	 */
	pause(): void {
		this.isPaused = true;
	}

	/** This one stays. */
	resume(): void {
		this.isPaused = false;
		this.write();
	}

	private noteConnected(now: number): void {
		if (this.hasConnected) this.state.reconnects += 1;
		this.hasConnected = true;
		this.state.connectedSince = now;
		this.state.awaySince = undefined;
	}

	private noteAway(now: number): void {
		this.state.connectedSince = undefined;
		this.state.awaySince ??= now;
	}

	/** A failure that lasts is one line, however often it is met. */
	private write(): void {
		if (this.isPaused) return;
		const { status, failure } = this.state;
		const text = lineOf(status, failure);
		if (text === undefined || text === this.logged) return;
		this.logged = text;
		this.log.info(strikeSecrets(`${this.name}: ${text}`));
	}

	/**
	 * The platform will end the connection: another one takes its place first.
	 * @param reason in a line, without secrets
	 */
	leaving(link: number, reason: string): void {
		if (link === this.left) return;
		this.left = link;
		this.log.info(`${this.name}: the platform moves the connection (${reason})`);
	}

	/** @param why in a few words, without anything of the frame */
	refused(why: string): void {
		this.state.refusedFrames += 1;
		const { at, count } = this.refusalsLogged;
		const now = performance.now();
		if (now - at < REFUSALS_EVERY_MS) return;
		const frames = this.state.refusedFrames - count;
		this.refusalsLogged = { at: now, count: this.state.refusedFrames };
		this.log.warn(`${this.name}: refused ${frames} frame(s), the last one: ${why}`);
	}

	/** A bug of ours: the stack stands in the message, as n8n prints nothing else by default. */
	defect(error: unknown): void {
		const { stack, message } = defectOf(this.name, error);
		this.log.error(strikeSecrets(`${this.name}: a defect: ${stack || message}`));
	}
}

function lineOf(status: ConnectionStatus, failure?: ConnectionFailure): string | undefined {
	if (status === 'connected') return 'connected';
	if (status === 'stopped' && !failure?.needsPerson) return 'closed';
	if (!failure) return undefined;
	const isSlow = status !== 'stopped' && failure.needsPerson;
	const next = isSlow ? ' It is tried again every few minutes.' : '';
	return `not connected: ${failure.message}. ${failure.cure}${next}`;
}
