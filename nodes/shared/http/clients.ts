import { expected } from '../../../core/common/defects';
import { classifyNetwork } from '../../../protocol/errors';
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

/** Requests under way to one origin, each on a connection of its own: those beyond go by n8n's helper. */
const MAX_KEPT = 256;

/** How many are under way, by origin. */
const underWay = new Map<string, number>();

/**
 * By a connection that is kept open: idle, for 4 seconds, or as long as the server says, up to 10 minutes. The
 * server may have closed it at the very moment: where one breaks at once, before its answer, n8n's helper makes
 * the request once more, on a new one. So it is for requests that may be repeated.
 */
export const keptOpen: HttpClient = async (ctx, request) => {
	const { origin } = URL.canParse(request.url) ? new URL(request.url) : { origin: '' };
	const others = underWay.get(origin) ?? 0;
	if (others >= MAX_KEPT) return await byHelper(ctx, request);
	underWay.set(origin, others + 1);
	try {
		const sentAt = performance.now();
		const answer = await fetched(request).catch((error) => {
			throwLasting(error, request.signal, sentAt);
		});
		if (!answer) return await byHelper(ctx, request);
		const { status, headers, body } = answer;
		return { status, headers, text: await readText(body, MAX_TEXT_BYTES) };
	} finally {
		const left = underWay.get(origin)! - 1;
		if (left > 0) underWay.set(origin, left);
		else underWay.delete(origin);
	}
};

/** A connection that the server has closed breaks at once: what breaks later was taken, and would be paid twice. */
const STALE_MS = 2_000;

/** Throws a failure again that a new connection would not change: all but one that broke at once. */
function throwLasting(error: unknown, signal: AbortSignal, sentAt: number): void {
	const { code } = expected(error, FetchError);
	const isLate = signal.aborted || performance.now() - sentAt > STALE_MS;
	if (isLate || classifyNetwork(code).class !== 'unknownOutcome') throw error;
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
