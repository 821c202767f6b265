import { decide, liveGrants, type GrantDecision, type FoundRows } from './decide';
import { MAX_GRANTS } from './grants';
import type { ExchangeRequest, TokenRequest } from './request';
import { isRecent } from './standing';

/** A look-up that takes longer is given up on by whoever waits for it. */
const LOOK_UP_MS = 5000;

interface LookUp {
	done: Promise<void>;
	ended: AbortController;
}

/**
 * Keys that proved themselves a moment ago. A client that exchanges its key again and again would have the same
 * row looked up each time; only what is granted has to be written each time. While a key is looked up for one
 * request, others with the same key and secret wait for that: under load they would else all be looked up, for
 * as long as the first one takes, which gets longer with each of them.
 */
export class ProvedKeys {
	private readonly known = new Map<string, { row: unknown; room: number; since: number }>();
	private readonly lookUps = new Map<string, LookUp>();

	/** @param sleep ms; what it gives is rejected where the signal is given before */
	constructor(private readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>) {}

	/**
	 * What is granted by memory; undefined for what the tables have to decide, every refusal among it. Whoever
	 * asked the tables says so with `lookedUp`.
	 * @param clock ms since 1970
	 */
	async decide(request: TokenRequest, clock: () => number): Promise<GrantDecision | undefined> {
		if (request.kind !== 'exchange') return undefined;
		for (;;) {
			const decision = this.byMemory(request, clock());
			if (decision) return decision;
			const other = this.lookUps.get(nameOf(request));
			if (!other) break;
			await other.done;
		}
		const ended = new AbortController();
		const done = this.sleep(LOOK_UP_MS, ended.signal).catch(() => {});
		const lookUp = { done, ended };
		this.lookUps.set(nameOf(request), lookUp);
		void done.then(() => this.end(request, lookUp));
		return undefined;
	}

	/** @param granted the tables as they were just read, where they granted it */
	lookedUp(request: TokenRequest, granted: FoundRows | undefined, now: number): void {
		if (request.kind !== 'exchange') return;
		for (const [id, { since }] of this.known) if (!isRecent(since, now)) this.known.delete(id);
		if (granted) {
			const room = MAX_GRANTS - liveGrants(granted.grants, now) - 1;
			this.known.set(request.keyId, { row: granted.key, room, since: now });
		}
		this.end(request);
	}

	private byMemory(request: ExchangeRequest, now: number): GrantDecision | undefined {
		const known = this.known.get(request.keyId);
		if (!known || !isRecent(known.since, now) || known.room <= 0) return undefined;
		const decision = decide(request, { key: known.row, grants: [] }, now);
		if (!decision.insert) return undefined;
		known.room--;
		return decision;
	}

	private end(request: ExchangeRequest, lookUp = this.lookUps.get(nameOf(request))): void {
		lookUp?.ended.abort();
		if (this.lookUps.get(nameOf(request)) === lookUp) this.lookUps.delete(nameOf(request));
	}
}

/** With the secret: who guesses one does not keep the owner of the key waiting. */
const nameOf = ({ keyId, secretHash }: ExchangeRequest): string => `${keyId} ${secretHash}`;
