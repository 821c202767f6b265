import type { Mask } from './mask.ts';

export interface Exchange {
	headers?: Record<string, unknown>;
	query?: string;
	body?: string;
}

/** One request that crossed the wire, either way, as the platform saw it. Secrets are masked. */
export interface LedgerEntry {
	seq: number;
	/** When the request left or arrived: ISO 8601, the machine's time, not the shifted clock's. */
	at: string;
	service: string;
	/** `out`: the platform calls the bot. `in`: the bot calls the platform. */
	direction: 'in' | 'out';
	kind: string;
	/** Left out: HTTP. One entry holds a frame and, as its response, the frame that answers it. */
	by?: 'stream';
	/** `WS` for a frame. */
	method: string;
	path: string;
	/** 0 when there was no answer. */
	status: number;
	ms: number;
	/** Out: the user's message. In: the message the bot made. */
	messageId?: string;
	/** The user's message that this one answers. */
	replyTo?: string;
	conversation?: string;
	request?: Exchange;
	response?: Exchange;
	/** Why the platform refused the bot's call, or did not count the delivery as acknowledged. */
	refused?: string;
	/** Visible text of a message the platform accepted, also one in the acknowledgement of a delivery. */
	text?: string;
	/**
	 * Oddities that are no refusal: `duplicate`, `truncated`, `dropped`, `fault`; `abandoned`: the bot went
	 * away before the answer, after `ms`; `forgotten`: not acknowledged, and not delivered again.
	 */
	note?: string;
}

export interface LedgerQuery {
	direction?: string;
	service?: string;
	kind?: string;
	messageId?: string;
	since?: number;
}

/** What a platform does with a message that is not acknowledged when its rules let it deliver no more. */
export const FORGOTTEN = 'forgotten';

const CAPACITY = 50_000;
const BODY_CAP = 16_384;
const cap = (text: string) =>
	text.length > BODY_CAP ? `${text.slice(0, BODY_CAP)}… (${text.length} characters)` : text;

/** Keeps the last entries; finding a message's does not scan the others. */
export class Ledger {
	private readonly mask: Mask;
	private entries: LedgerEntry[] = [];
	private byMessage = new Map<string, LedgerEntry[]>();
	private nextSeq = 1;
	private readonly listeners = new Set<(entry: LedgerEntry) => void>();

	constructor(mask: Mask) {
		this.mask = mask;
	}

	record(entry: Omit<LedgerEntry, 'seq' | 'at'> & { at?: string }): LedgerEntry {
		const kept: LedgerEntry = {
			seq: this.nextSeq++,
			at: new Date().toISOString(),
			...entry,
			path: this.mask.text(entry.path),
			request: this.hide(entry.request),
			response: this.hide(entry.response),
		};
		this.keep(kept);
		for (const listener of this.listeners) listener(kept);
		return kept;
	}

	find(query: LedgerQuery) {
		const pool = query.messageId ? (this.byMessage.get(query.messageId) ?? []) : this.entries;
		const first = pool[0]?.seq ?? 0;
		const start = query.messageId ? 0 : Math.max(0, (query.since ?? 0) - first);
		const entries = pool.slice(start).filter((entry) => fits(entry, query));
		return { entries, next: this.nextSeq };
	}

	/** Returns what ends it. */
	listen(listener: (entry: LedgerEntry) => void): () => void {
		this.listeners.add(listener);
		return () => this.listeners.delete(listener);
	}

	reset() {
		this.entries = [];
		this.byMessage = new Map();
	}

	private keep(entry: LedgerEntry) {
		this.entries.push(entry);
		for (const key of keysOf(entry)) {
			const list = this.byMessage.get(key);
			if (list) list.push(entry);
			else this.byMessage.set(key, [entry]);
		}
		if (this.entries.length > CAPACITY) this.trim();
	}

	private trim() {
		for (const entry of this.entries.splice(0, CAPACITY / 10)) {
			for (const key of keysOf(entry)) this.byMessage.delete(key);
		}
	}

	private hide(exchange: Exchange | undefined): Exchange | undefined {
		if (!exchange) return undefined;
		const { headers, query, body } = exchange;
		return {
			...(headers && { headers: this.mask.headers(headers) }),
			...(query && { query: this.mask.text(query) }),
			...(body && { body: cap(this.mask.text(body)) }),
		};
	}
}

/** The messages that an entry is about. */
const keysOf = ({ messageId, replyTo }: LedgerEntry): Set<string> =>
	new Set([messageId, replyTo].flatMap((id) => id || []));

const fits = (entry: LedgerEntry, { since = 0, direction, service, kind }: LedgerQuery): boolean =>
	entry.seq >= since &&
	(!direction || entry.direction === direction) &&
	(!service || entry.service === service) &&
	(!kind || entry.kind === kind);
