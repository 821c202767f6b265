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

export type Ledger = ReturnType<typeof createLedger>;

/** Keeps the last entries; finding a message's does not scan the others. */
export function createLedger(mask: Mask) {
	let entries: LedgerEntry[] = [];
	let byMessage = new Map<string, LedgerEntry[]>();
	let nextSeq = 1;
	const listeners = new Set<(entry: LedgerEntry) => void>();

	const keysOf = (entry: LedgerEntry) => new Set([entry.messageId, entry.replyTo]);

	const hide = (exchange: Exchange | undefined): Exchange | undefined =>
		exchange && {
			...(exchange.headers && { headers: mask.headers(exchange.headers) }),
			...(exchange.query && { query: mask.text(exchange.query) }),
			...(exchange.body && { body: cap(mask.text(exchange.body)) }),
		};

	const trim = () => {
		for (const entry of entries.splice(0, CAPACITY / 10)) {
			for (const key of keysOf(entry)) if (key) byMessage.delete(key);
		}
	};

	return {
		record(entry: Omit<LedgerEntry, 'seq' | 'at'> & { at?: string }): LedgerEntry {
			const kept: LedgerEntry = {
				seq: nextSeq++,
				at: new Date().toISOString(),
				...entry,
				path: mask.text(entry.path),
				request: hide(entry.request),
				response: hide(entry.response),
			};
			entries.push(kept);
			for (const key of keysOf(kept)) {
				if (!key) continue;
				const list = byMessage.get(key);
				if (list) list.push(kept);
				else byMessage.set(key, [kept]);
			}
			if (entries.length > CAPACITY) trim();
			for (const listener of listeners) listener(kept);
			return kept;
		},
		find(query: LedgerQuery) {
			const pool = query.messageId ? (byMessage.get(query.messageId) ?? []) : entries;
			const first = pool[0]?.seq ?? 0;
			const start = query.messageId ? 0 : Math.max(0, (query.since ?? 0) - first);
			const found = pool
				.slice(start)
				.filter(
					(entry) =>
						entry.seq >= (query.since ?? 0) &&
						(!query.direction || entry.direction === query.direction) &&
						(!query.service || entry.service === query.service) &&
						(!query.kind || entry.kind === query.kind),
				);
			return { entries: found, next: nextSeq };
		},
		listen(listener: (entry: LedgerEntry) => void) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		reset() {
			entries = [];
			byMessage = new Map();
		},
	};
}
