import type { Random } from '../common/backoff';
import { type ConnectionFailure, unreachable } from './failure';
import { Flood } from './flood';
import { Liveness } from './liveness';
import { retryInMs } from './retry';
import type { ConnectionTiming, ConnectionWishes } from './timing';

/**
 * What has happened. A `link` is the number of one try to connect, and of the socket that came of it.
 * Whatever is told of a link that has ended changes nothing.
 */
export type UpkeepEvent =
	| { kind: 'start' | 'due' | 'stop' }
	/** What the connection was opened for has changed: another one is wanted. */
	| { kind: 'renew' }
	/** The platform has said where to connect. */
	| { kind: 'located'; link: number; wishes: ConnectionWishes }
	| { kind: 'opened'; link: number; canPing: boolean; isReady: boolean }
	/** `nuisance`: a frame that brings nothing. `leaving`: the platform will end it soon. */
	| { kind: 'ready' | 'heard' | 'sent' | 'nuisance' | 'leaving'; link: number }
	| { kind: 'wished'; link: number; wishes: ConnectionWishes }
	/** It could not be made, or has ended. */
	| { kind: 'lost'; link: number; failure: ConnectionFailure };

/** What is to be done about a link. To end one that is gone already does nothing. */
export interface UpkeepAction {
	kind: 'locate' | 'open' | 'ping' | 'end';
	link: number;
}

export type ConnectionStatus = 'connecting' | 'connected' | 'waiting' | 'stopped';

interface Link {
	id: number;
	flood: Flood;
}

/** A connection that is being made. */
interface Opening extends Link {
	phase: 'asking' | 'opening' | 'greeting';
	/** The end of patience. */
	until: number;
	/** What it is opened for has changed since the gateway was asked. */
	isOutdated: boolean;
	liveness: Liveness;
}

/** The connection that messages come by. */
interface Serving extends Link {
	liveness: Liveness;
	/** It has been ready for long enough to be no failed attempt. */
	isSteady: boolean;
	readyAt: number;
	/** Why another one shall take its place. */
	doubt?: 'silent' | 'leaving' | 'outdated';
}

/** What stands still in each phase of an opening. */
const PHASES: Readonly<Record<Opening['phase'], string>> = {
	asking: 'said where to connect',
	opening: 'opened the connection',
	greeting: 'confirmed the connection',
};

/**
 * Keeps one app's connection alive: told what happens, it says what to do. It never has more than one
 * connection that serves, one that is being made, and one that drains: the last serving one, for a moment.
 */
export class Upkeep {
	private opening?: Opening;
	private serving?: Serving;
	private draining?: Link & { until: number };
	private retryAt?: number;
	private links = 0;
	/** In a row, without a connection that was steady between them. */
	private failures = 0;
	/** A refused handshake of this row was asked about. */
	private isExplained = false;
	private isStopped = false;
	private wishes: ConnectionWishes = {};
	private lastFailure?: ConnectionFailure;

	constructor(
		/** Of the platform, as people know it. */
		private readonly service: string,
		private readonly timing: ConnectionTiming,
		private readonly random: Random,
	) {}

	get status(): ConnectionStatus {
		if (this.isStopped) return 'stopped';
		if (this.serving && !(this.lastFailure && this.serving.doubt === 'silent')) return 'connected';
		return this.opening ? 'connecting' : 'waiting';
	}

	/** Why it is not connected; undefined where it is, or where nothing has failed yet. */
	get failure(): ConnectionFailure | undefined {
		return this.status === 'connected' ? undefined : this.lastFailure;
	}

	/** The link that messages come by. */
	get servingLink(): number | undefined {
		return this.serving?.id;
	}

	/** When the next `due` has to be told; undefined when it is stopped. */
	get deadline(): number | undefined {
		if (this.isStopped) return undefined;
		const { serving, timing } = this;
		const times = [this.opening?.until, this.draining?.until, this.retryAt];
		if (serving && !serving.isSteady) times.push(serving.readyAt + timing.steadyMs);
		// Where no ping can tell more, an attempt or the wait for it stands for the doubt.
		if (serving && (serving.liveness.canPing || !serving.doubt))
			times.push(serving.liveness.dueAt());
		const known = times.filter((time) => time !== undefined);
		return known.length > 0 ? Math.min(...known) : undefined;
	}

	/** @param nowMs of a clock that never goes back */
	handle(event: UpkeepEvent, nowMs: number): UpkeepAction[] {
		if (this.isStopped) return [];
		if (event.kind === 'stop') return this.stop();
		this.settle(nowMs);
		// First what has happened: a pong that waited as long as its deadline is an answer all the same.
		const actions = this.react(event, nowMs);
		return [...actions, ...(this.isStopped ? [] : this.due(nowMs))];
	}

	private settle(nowMs: number): void {
		const { serving } = this;
		if (!serving || serving.isSteady || nowMs < serving.readyAt + this.timing.steadyMs) return;
		serving.isSteady = true;
		this.failures = 0;
		this.isExplained = false;
	}

	private react(event: UpkeepEvent, nowMs: number): UpkeepAction[] {
		if (event.kind === 'start') return this.begin(nowMs);
		if (event.kind === 'renew') return this.renew(nowMs);
		if (!('link' in event)) return [];
		if (event.kind === 'lost') return this.lose(event.link, event.failure, nowMs);
		if (event.kind === 'nuisance') return this.annoy(event.link, nowMs);
		if (event.link === this.opening?.id) return this.advance(this.opening, event, nowMs);
		if (event.link === this.serving?.id) return this.hear(this.serving, event, nowMs);
		return [];
	}

	private due(nowMs: number): UpkeepAction[] {
		const { opening, draining } = this;
		const actions: UpkeepAction[] = [];
		if (draining && draining.until <= nowMs) actions.push(...this.endDraining());
		if (opening && opening.until <= nowMs) {
			const seconds = Math.round(this.timing.attemptMs / 1000);
			const late = `${this.service} has not ${PHASES[opening.phase]} within ${seconds} s`;
			actions.push(...this.lose(opening.id, unreachable(late), nowMs));
		}
		actions.push(...this.listen(nowMs));
		if (this.retryAt !== undefined && this.retryAt <= nowMs) actions.push(...this.begin(nowMs));
		return actions;
	}

	/** Asks the platform where to connect. */
	private begin(nowMs: number): UpkeepAction[] {
		if (this.opening) return [];
		this.retryAt = undefined;
		const id = ++this.links;
		this.opening = {
			id,
			flood: new Flood(this.timing.flood),
			phase: 'asking',
			until: nowMs + this.timing.attemptMs,
			isOutdated: false,
			liveness: new Liveness(nowMs, this.timing, false),
		};
		return [{ kind: 'locate', link: id }];
	}

	private advance(opening: Opening, event: UpkeepEvent, nowMs: number): UpkeepAction[] {
		if (event.kind === 'located' && opening.phase === 'asking') {
			opening.phase = 'opening';
			this.wishes = event.wishes;
			return [{ kind: 'open', link: opening.id }];
		}
		if (event.kind === 'opened' && opening.phase === 'opening') {
			opening.phase = 'greeting';
			opening.liveness = new Liveness(nowMs, this.timing, event.canPing);
			return event.isReady ? this.serve(opening, nowMs) : [];
		}
		if (event.kind === 'wished') this.wishes = { ...this.wishes, ...event.wishes };
		return event.kind === 'ready' && opening.phase === 'greeting' ? this.serve(opening, nowMs) : [];
	}

	/** The new connection is ready; the one before it drains. */
	private serve({ id, flood, liveness, isOutdated }: Opening, nowMs: number): UpkeepAction[] {
		const actions = this.endDraining();
		if (this.serving) this.draining = { ...this.serving, until: nowMs + this.timing.drainMs };
		liveness.heard(nowMs);
		liveness.wish(this.wishes);
		this.serving = { id, flood, liveness, isSteady: false, readyAt: nowMs };
		this.opening = undefined;
		this.lastFailure = undefined;
		return isOutdated ? [...actions, ...this.doubt(this.serving, 'outdated', nowMs)] : actions;
	}

	private hear(serving: Serving, event: UpkeepEvent, nowMs: number): UpkeepAction[] {
		if (event.kind === 'sent') serving.liveness.sent(nowMs);
		if (event.kind === 'heard') this.believe(serving, nowMs);
		if (event.kind === 'leaving') return this.doubt(serving, 'leaving', nowMs);
		if (event.kind === 'wished') {
			this.wishes = { ...this.wishes, ...event.wishes };
			serving.liveness.wish(this.wishes);
		}
		return [];
	}

	private believe(serving: Serving, nowMs: number): void {
		serving.liveness.heard(nowMs);
		if (serving.doubt !== 'silent') return;
		serving.doubt = undefined;
		this.lastFailure = undefined;
	}

	/** Another connection shall take its place: at once where it was steady, else after a wait. */
	private doubt(
		serving: Serving,
		why: NonNullable<Serving['doubt']>,
		nowMs: number,
	): UpkeepAction[] {
		serving.doubt = why;
		if (this.opening || this.retryAt !== undefined) return [];
		if (serving.isSteady) return this.begin(nowMs);
		this.wait({ failureClass: 'unreachable' }, nowMs);
		return [];
	}

	private renew(nowMs: number): UpkeepAction[] {
		if (this.opening && this.opening.phase !== 'asking') this.opening.isOutdated = true;
		return this.serving ? this.doubt(this.serving, 'outdated', nowMs) : [];
	}

	/** Looks after the silence of the serving connection. */
	private listen(nowMs: number): UpkeepAction[] {
		const { serving } = this;
		const step = serving?.liveness.step(nowMs);
		if (!serving || !step) return [];
		if (step === 'ping') return [{ kind: 'ping', link: serving.id }];
		if (step === 'doubtful') {
			return serving.doubt ? [] : this.doubt(serving, 'silent', nowMs);
		}
		const seconds = Math.round(this.timing.answerMs / 1000);
		const frozen = unreachable(`${this.service} has not answered a ping within ${seconds} s`);
		return this.lose(serving.id, frozen, nowMs, serving.isSteady);
	}

	private annoy(link: number, nowMs: number): UpkeepAction[] {
		const of = [this.opening, this.serving, this.draining].find((each) => each?.id === link);
		if (!of?.flood.add(nowMs)) return [];
		return this.lose(link, unreachable(`${this.service} floods the connection`), nowMs);
	}

	/** @param atOnce no wait before the next attempt */
	private lose(
		link: number,
		failure: ConnectionFailure,
		nowMs: number,
		atOnce = false,
	): UpkeepAction[] {
		const actions: UpkeepAction[] = [{ kind: 'end', link }];
		if (link === this.draining?.id) this.draining = undefined;
		else if (link === this.opening?.id) actions.push(...this.fail(this.opening, failure, nowMs));
		else if (link === this.serving?.id) {
			actions.push(...this.drop(failure, nowMs, atOnce));
		}
		return actions;
	}

	/** The attempt has failed. */
	private fail(opening: Opening, failure: ConnectionFailure, nowMs: number): UpkeepAction[] {
		this.opening = undefined;
		if (failure.failureClass === 'replaced') return this.stop(failure);
		const isRefused = opening.phase === 'opening' && nowMs < opening.until;
		if (isRefused && !this.isExplained) {
			// A socket does not say why its handshake was refused: the gateway may.
			this.isExplained = true;
			this.lastFailure = failure;
			return this.begin(nowMs);
		}
		// An old connection that has spoken again is as good as a new one.
		const isNeeded = !this.serving || this.serving.doubt !== undefined;
		if (!isNeeded && failure.failureClass === 'unreachable') return [];
		this.lastFailure = failure;
		this.wait(failure, nowMs);
		return [];
	}

	/** The serving connection has ended. */
	private drop(failure: ConnectionFailure, nowMs: number, atOnce: boolean): UpkeepAction[] {
		const { opening } = this;
		this.serving = undefined;
		if (failure.failureClass === 'replaced') {
			// Where only one may be, our own next one takes the place of the last.
			return opening?.phase === 'greeting' ? [] : this.stop(failure);
		}
		this.lastFailure = failure;
		if (opening || this.retryAt !== undefined) return [];
		if (atOnce) return this.begin(nowMs);
		this.wait(failure, nowMs);
		return [];
	}

	private wait(
		failure: Pick<ConnectionFailure, 'failureClass' | 'retryAfterMs'>,
		nowMs: number,
	): void {
		this.failures += 1;
		const { timing, wishes, random } = this;
		this.retryAt = nowMs + retryInMs(failure, this.failures, { timing, wishes, random });
	}

	private endDraining(): UpkeepAction[] {
		const { draining } = this;
		this.draining = undefined;
		return draining ? [{ kind: 'end', link: draining.id }] : [];
	}

	/** @param failure why it never connects again by itself; undefined where we want that */
	private stop(failure?: ConnectionFailure): UpkeepAction[] {
		const links = [this.opening, this.serving, this.draining].filter((each) => each !== undefined);
		this.opening = this.serving = this.draining = this.retryAt = undefined;
		this.isStopped = true;
		this.lastFailure = failure;
		return links.map(({ id }) => ({ kind: 'end', link: id }));
	}
}
