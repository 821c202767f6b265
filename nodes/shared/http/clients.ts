import { expected } from '../../../core/common/defects';
import { LeastRecentlyUsed, MAX_CREDENTIALS } from '../../../core/common/leastRecentlyUsed';
import type { ApiRequest, Caller } from './apiRequest';
import { FetchError, fetched, type BegunAnswer, type HttpRequest } from './fetched';
import { readText } from './readText';

/*
 * The two ways in which a request of a node leaves. n8n's own helper makes a new connection for each; the
 * language's `fetch` keeps them open (HTTP's keep-alive), and knows nothing of what n8n guards.
 */

/** Much more than any model says, with the frame of a stream around each of its words. */
export const MAX_TEXT_BYTES = 16e6;

/** An answer as a whole; its text is undefined where it is larger than `MAX_TEXT_BYTES`. */
export interface TextAnswer extends Omit<BegunAnswer, 'body'> {
	text: string | undefined;
}

/**
 * Makes a request, and reads its answer.
 * @throws Error with the `code` of Node's network layer
 */
export type HttpClient = (ctx: Caller, request: HttpRequest) => Promise<TextAnswer>;

/** By n8n's helper: a new connection, with n8n's proxies and its SSRF protection. */
export const byHelper: HttpClient = async (ctx, { signal, ...request }) => {
	const answer = (await ctx.helpers.httpRequest({
		...request,
		json: true,
		encoding: 'stream',
		// n8n's begins anew with each byte, and some models send blanks: `signal` is the limit.
		timeout: 0,
		abortSignal: signal,
		disableFollowRedirect: true,
		returnFullResponse: true,
		ignoreHttpStatusErrors: true,
	})) as Omit<BegunAnswer, 'status'> & { statusCode: number };
	const { statusCode: status, headers, body } = answer;
	return { status, headers, text: await readText(body, MAX_TEXT_BYTES) };
};

/**
 * The server had closed the kept connection that a request was sent by, at that very moment: it has never seen the
 * request, as far as can be known.
 */
export class StaleConnection extends Error {
	constructor(readonly code: string) {
		super(code);
	}
}

/** Requests under way to one origin, each on a connection of its own: those beyond go by n8n's helper. */
const MAX_KEPT = 256;

/**
 * By a connection that is kept open while it is idle (`idleMs`). The server may close it while a request is on its
 * way: so it is for requests that may be repeated then.
 * @throws StaleConnection
 */
export const keptOpen: HttpClient = async (ctx, request) => {
	const { origin } = URL.canParse(request.url) ? new URL(request.url) : { origin: '' };
	const kept = keptTo(origin);
	if (kept.underWay >= MAX_KEPT) return await byHelper(ctx, request);
	const isNew = kept.idle === 0 || performance.now() > kept.idleUntil;
	kept.idle = isNew ? 0 : kept.idle - 1;
	kept.underWay += 1;
	try {
		const sentAt = performance.now();
		const answer = await fetched(request).catch((error: unknown) => {
			const { code, isUnsent } = expected(error, FetchError);
			if (isUnsent) return undefined;
			throw isNew || !isStale(code, request.signal, sentAt) ? error : new StaleConnection(code);
		});
		if (!answer) return await byHelper(ctx, request);
		const { status, headers, body } = answer;
		const text = await readText(body, MAX_TEXT_BYTES);
		const ms = text === undefined ? 0 : idleMs(headers);
		if (ms > 0) {
			kept.idle += 1;
			kept.idleUntil = Math.max(kept.idleUntil, performance.now() + ms);
		}
		return { status, headers, text };
	} finally {
		kept.underWay -= 1;
	}
};

/** The connections to one origin. */
interface Kept {
	underWay: number;
	/** So many at most are open and idle: the next requests take them. With none, a request has a new one. */
	idle: number;
	/** By `performance.now()`: then the last of them is closed. */
	idleUntil: number;
}

const origins = new LeastRecentlyUsed<Kept>(MAX_CREDENTIALS);

function keptTo(origin: string): Kept {
	const known = origins.get(origin);
	if (known) return known;
	const kept: Kept = { underWay: 0, idle: 0, idleUntil: 0 };
	origins.set(origin, kept);
	return kept;
}

/** So long before the server would close it, by what it says, `fetch` closes an idle connection. */
const MARGIN_MS = 2_000;

/** For how long `fetch` keeps a connection idle: less than the server says, within its bound, or by default. */
function idleMs(headers: Record<string, unknown>): number {
	if (/\bclose\b/i.test(String(headers.connection))) return 0;
	const said = /timeout=(\d+)/.exec(String(headers['keep-alive']))?.[1];
	return said === undefined ? 4_000 : Math.min(Number(said) * 1000 - MARGIN_MS, 600_000);
}

/** A connection that the server has closed breaks at once: what breaks later was taken, and would be paid twice. */
const STALE_MS = 2_000;
/** It breaks in one of these ways. An answer that cannot be read is one: whoever gives it has the request. */
const STALE_CODES: readonly string[] = ['ECONNRESET', 'ECONNABORTED', 'EPIPE'];

function isStale(code: string, { aborted }: AbortSignal, sentAt: number): boolean {
	const isLate = aborted || performance.now() - sentAt > STALE_MS;
	return !isLate && STALE_CODES.includes(code);
}

/** The longest silence of a server that `fetch` bears. */
const MAX_SILENCE_MS = 300_000;

/** The way of a request: kept open where its credential says so, and nothing that n8n guards is lost. */
export function clientFor(
	ctx: Caller,
	{ credential, idempotent, safe, options: { timeout = 0 } }: ApiRequest,
): HttpClient {
	const isRepeatable = idempotent === true || safe === true;
	const mayKeep = credential.keepAlive === true && isRepeatable && timeout < MAX_SILENCE_MS;
	return mayKeep && !guardsEgress(ctx) ? keptOpen : byHelper;
}

/** Whether n8n's SSRF protection is on: the filter for nodes is then another one than that of no protection. */
function guardsEgress({ helpers }: Caller): boolean {
	// An older n8n has no such function, and may have the protection.
	const filter = helpers.getSecureEgressFilter?.();
	return filter === undefined || filter !== helpers.getSecureEgressFilter('unsafe');
}
