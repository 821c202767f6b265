import type { Random } from '../common/backoff';
import { unreachable, type ConnectionFailure } from './failure';
import { OpeningLink, ServingLink, type DrainingLink, type LinkDoubt } from './links';
import { Retries } from './retry';
import type { ConnectionTiming } from './timing';
import type { UpkeepAction, UpkeepEvent } from './upkeepEvents';

/** How it stands; `stopped`: it never connects again by itself. */
export type ConnectionStatus = 'connecting' | 'connected' | 'waiting' | 'stopped';

/**
 * Keeps one app's connection alive: told what happens, it says what to do. It never has more than one link that
 * serves, one that opens, and one that drains: the last serving one, for a moment.
 */
export class Upkeep {
	private opening?: OpeningLink;
	private serving?: ServingLink;
	private draining?: DrainingLink;
	private links = 0;
	private isStopped = false;
	private isRetired = false;
	private lastFailure?: ConnectionFailure;
	/** What a person must mend before the planned attempt, whatever is lost meanwhile. */
	private refusal?: ConnectionFailure;
	private readonly retries: Retries;

	constructor(
		/** Of the platform, as people know it. */
		private readonly service: string,
		private readonly timing: ConnectionTiming,
		random: Random,
	) {
		this.retries = new Retries(timing, random);
	}

	get status(): ConnectionStatus {
		if (this.isStopped) return 'stopped';
		const isDoubted = this.lastFailure !== undefined && this.serving?.doubt === 'silent';
		if (this.serving && !isDoubted) return 'connected';
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

	/** When the next `due` has to be told; undefined before the start and after the end. */
	get deadline(): number | undefined {
		const { opening, serving, draining, retries } = this;
		const times = [opening?.until, serving?.dueAt, draining?.until, retries.dueAt];
		const known = times.filter((time) => time !== undefined);
		return known.length > 0 ? Math.min(...known) : undefined;
	}

	/** @param nowMs of a clock that never goes back */
	handle(event: UpkeepEvent, nowMs: number): UpkeepAction[] {
		if (this.isStopped) return [];
		if (event.kind === 'stop') return this.stop();
		if (this.serving?.settle(nowMs)) this.retries.reset();
		// First what has happened: a pong that waited as long as its deadline is an answer all the same.
		const actions = this.react(event, nowMs);
		if (!this.isStopped) actions.push(...this.due(nowMs));
		return this.isRetired && !this.draining ? [...actions, ...this.stop()] : actions;
	}

	private react(event: UpkeepEvent, nowMs: number): UpkeepAction[] {
		if (event.kind === 'start') return this.begin(nowMs);
		if (event.kind === 'renew') return this.renew(nowMs);
		if (event.kind === 'retire') return this.retire(nowMs);
		if (!('link' in event)) return [];
		if (event.kind === 'lost') return this.lose(event.link, event.failure, nowMs);
		if (event.kind === 'nuisance') return this.annoy(event.link, nowMs);
		if (event.link === this.opening?.id) return this.advance(this.opening, event, nowMs);
		if (event.link === this.serving?.id) return this.hear(this.serving, event, nowMs);
		return [];
	}

	private due(nowMs: number): UpkeepAction[] {
		const { opening, draining } = this;
		const actions = draining && draining.until <= nowMs ? this.endDraining() : [];
		if (opening && opening.until <= nowMs) {
			actions.push({ kind: 'end', link: opening.id });
			this.fail(opening.overtime(this.service), nowMs);
		}
		actions.push(...this.listen(nowMs));
		const { dueAt } = this.retries;
		return dueAt !== undefined && dueAt <= nowMs ? [...actions, ...this.begin(nowMs)] : actions;
	}

	/** Asks the platform where to connect. */
	private begin(nowMs: number): UpkeepAction[] {
		this.refusal = this.retries.dueAt = undefined;
		if (this.opening) return [];
		this.opening = new OpeningLink(++this.links, nowMs, this.timing);
		return [{ kind: 'locate', link: this.opening.id }];
	}

	private advance(opening: OpeningLink, event: UpkeepEvent, nowMs: number): UpkeepAction[] {
		if (event.kind === 'located' && opening.phase === 'asking') {
			opening.phase = 'opening';
			opening.wishes = event.wishes;
			this.retries.wish(event.wishes);
			return [{ kind: 'open', link: opening.id }];
		}
		if (event.kind === 'opened' && opening.phase === 'opening') {
			opening.phase = 'greeting';
			opening.canPing = event.canPing;
			return event.isReady ? this.serve(opening, nowMs) : [];
		}
		const isReady = event.kind === 'ready' && opening.phase === 'greeting';
		return isReady ? this.serve(opening, nowMs) : [];
	}

	/** The new link is ready; the one before it drains. */
	private serve(opening: OpeningLink, nowMs: number): UpkeepAction[] {
		const actions = this.drain(nowMs);
		this.serving = new ServingLink(opening, nowMs, this.timing);
		this.opening = undefined;
		this.lastFailure = undefined;
		return opening.isOutdated ? [...actions, ...this.doubt('outdated', nowMs)] : actions;
	}

	private hear(serving: ServingLink, event: UpkeepEvent, nowMs: number): UpkeepAction[] {
		if (event.kind === 'leaving') return this.doubt('leaving', nowMs);
		if (event.kind === 'wished') {
			serving.liveness.wish(event.wishes);
			this.retries.wish(event.wishes);
		}
		if (event.kind === 'heard') {
			serving.liveness.heard(nowMs);
			if (serving.doubt === 'silent') serving.doubt = this.lastFailure = undefined;
		}
		return [];
	}

	/** Another link shall take the serving one's place: at once where that was steady, else after a wait. */
	private doubt(why: LinkDoubt, nowMs: number): UpkeepAction[] {
		if (!this.serving) return [];
		this.serving.doubt = why;
		if (this.opening || this.retries.dueAt !== undefined) return [];
		if (this.serving.isSteady) return this.begin(nowMs);
		this.retries.plan({ failureClass: 'unreachable' }, nowMs);
		return [];
	}

	private renew(nowMs: number): UpkeepAction[] {
		if (this.opening) this.opening.isOutdated = true;
		return this.doubt('outdated', nowMs);
	}

	/** Looks after the silence of the serving link. */
	private listen(nowMs: number): UpkeepAction[] {
		const { serving } = this;
		const step = serving?.liveness.step(nowMs);
		if (!serving || !step) return [];
		if (step === 'ping') return [{ kind: 'ping', link: serving.id }];
		if (step === 'doubtful') return serving.doubt ? [] : this.doubt('silent', nowMs);
		const seconds = Math.round(this.timing.answerMs / 1000);
		const frozen = unreachable(`${this.service} has not answered a ping within ${seconds} s`);
		return [{ kind: 'end', link: serving.id }, ...this.drop(frozen, nowMs, serving.isSteady)];
	}

	private annoy(link: number, nowMs: number): UpkeepAction[] {
		const { opening, serving, draining } = this;
		const flood = [opening, serving, draining].find((each) => each?.id === link)?.flood;
		if (!flood?.add(nowMs)) return [];
		return this.lose(link, unreachable(`${this.service} floods the connection`), nowMs);
	}

	private lose(link: number, failure: ConnectionFailure, nowMs: number): UpkeepAction[] {
		const actions: UpkeepAction[] = [{ kind: 'end', link }];
		if (link === this.draining?.id) return this.endDraining();
		if (link === this.serving?.id) actions.push(...this.drop(failure, nowMs));
		if (link !== this.opening?.id) return actions;
		// A socket does not say why its handshake was refused: the gateway may, if it is asked again.
		const isRefused = this.opening.phase === 'opening';
		return [...actions, ...this.fail(failure, nowMs, isRefused && this.retries.explain())];
	}

	/** The opening link has failed. */
	private fail(failure: ConnectionFailure, nowMs: number, atOnce = false): UpkeepAction[] {
		this.opening = undefined;
		if (failure.failureClass === 'replaced') return this.stop(failure);
		// An old link that has spoken again is as good as a new one.
		const isNeeded = !this.serving || this.serving.doubt !== undefined;
		if (!isNeeded && !failure.needsPerson) return [];
		return this.retry(failure, nowMs, atOnce);
	}

	/** The serving link has ended. */
	private drop(failure: ConnectionFailure, nowMs: number, atOnce = false): UpkeepAction[] {
		this.serving = undefined;
		// Where only one may be, our own next link takes the place of the last.
		const isOurs = this.opening?.phase === 'greeting';
		if (failure.failureClass === 'replaced') return isOurs ? [] : this.stop(failure);
		// The end of ours makes room.
		if (this.refusal?.failureClass === 'tooMany') this.refusal = this.retries.dueAt = undefined;
		return this.retry(failure, nowMs, atOnce);
	}

	private retry(failure: ConnectionFailure, nowMs: number, atOnce: boolean): UpkeepAction[] {
		this.lastFailure = this.refusal ?? failure;
		if (this.opening || this.retries.dueAt !== undefined) return [];
		if (atOnce) return this.begin(nowMs);
		if (failure.needsPerson) this.refusal = failure;
		this.retries.plan(failure, nowMs);
		return [];
	}

	private retire(nowMs: number): UpkeepAction[] {
		const ended: UpkeepAction[] = this.opening ? [{ kind: 'end', link: this.opening.id }] : [];
		const actions = this.serving ? this.drain(nowMs) : [];
		this.opening = this.retries.dueAt = undefined;
		this.isRetired = true;
		return [...ended, ...actions];
	}

	/** The serving link drains in place of the one that drained. */
	private drain(nowMs: number): UpkeepAction[] {
		const actions = this.endDraining();
		if (this.serving) {
			const { id, flood } = this.serving;
			this.draining = { id, flood, until: nowMs + this.timing.drainMs };
			this.serving = undefined;
		}
		return actions;
	}

	private endDraining(): UpkeepAction[] {
		const { draining } = this;
		this.draining = undefined;
		return draining ? [{ kind: 'end', link: draining.id }] : [];
	}

	/** @param failure why it never connects again by itself */
	private stop(failure = this.lastFailure): UpkeepAction[] {
		const links = [this.opening, this.serving, this.draining].filter((each) => each !== undefined);
		this.opening = this.serving = this.draining = this.retries.dueAt = undefined;
		this.isStopped = true;
		this.lastFailure = failure;
		return links.map(({ id }) => ({ kind: 'end', link: id }));
	}
}
