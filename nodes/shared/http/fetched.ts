import type { IDataObject, IHttpRequestOptions } from 'n8n-workflow';

/** One HTTP request, whichever way it goes. */
export interface HttpRequest
	extends Pick<IHttpRequestOptions, 'method' | 'url' | 'qs' | 'headers'> {
	/** Sent as JSON. */
	body?: IDataObject;
	/** Ends it, the reading of its answer included. */
	signal: AbortSignal;
}

/** The beginning of an answer. */
export interface BegunAnswer {
	status: number;
	/** Names in lower case. */
	headers: Record<string, unknown>;
	body: AsyncIterable<Uint8Array>;
}

/** Why the language's `fetch` brought no answer, or not the whole of it. */
export class FetchError extends Error {
	/** @param code as Node's own network layer gives it: `ECONNRESET` */
	constructor(readonly code: string) {
		super(code);
	}
}

/** What n8n's helper says of itself where nobody has configured anything else. */
const USER_AGENT = 'n8n';

/**
 * Makes a request with the `fetch` of the language, which keeps its connections open for the next one. Redirects
 * are not followed: what the request carries would go along.
 * @throws FetchError, also while the body is read
 */
export async function fetched(request: HttpRequest): Promise<BegunAnswer> {
	const { method = 'GET', url, qs, headers, body, signal } = request;
	const given = Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]);
	const init: RequestInit = {
		method,
		headers: {
			accept: 'application/json',
			'user-agent': USER_AGENT,
			...(body && { 'content-type': 'application/json' }),
			...Object.fromEntries(given),
		},
		...(body && { body: JSON.stringify(body) }),
		redirect: 'manual',
		signal,
	};
	const response = await fetch(withQuery(url, qs), init).catch((error) => fail(error, signal));
	return {
		status: response.status,
		headers: headersOf(response),
		body: chunksOf(response, signal),
	};
}

function withQuery(url: string, qs: HttpRequest['qs']): string {
	if (!qs || !URL.canParse(url)) return url;
	const whole = new URL(url);
	const query = new URLSearchParams(qs as Record<string, string>).toString();
	whole.search = [whole.search.slice(1), query].filter(Boolean).join('&');
	return whole.href;
}

function headersOf({ headers }: Response): Record<string, string> {
	const found: Record<string, string> = {};
	headers.forEach((value, name) => (found[name] = value));
	return found;
}

async function* chunksOf({ body }: Response, signal: AbortSignal): AsyncIterable<Uint8Array> {
	if (!body) return;
	try {
		// Node's streams are iterable; the browser's, after which it is typed, are not everywhere.
		yield* body as unknown as AsyncIterable<Uint8Array>;
	} catch (error) {
		fail(error, signal);
	}
}

function fail(error: unknown, signal: AbortSignal): never {
	throw new FetchError(codeOf(error, signal));
}

/** Codes that `fetch` has of its own for what Node's network layer calls otherwise. */
const CODES: Readonly<Record<string, string>> = {
	UND_ERR_SOCKET: 'ECONNRESET',
	UND_ERR_CONNECT_TIMEOUT: 'ETIMEDOUT',
};

/** Only the code is kept: the message of a wrong URL holds the URL, with the secret in its query. */
function codeOf(error: unknown, { aborted, reason }: AbortSignal): string {
	if (aborted) return (reason as Error).name === 'TimeoutError' ? 'ETIMEDOUT' : 'ERR_CANCELED';
	const { cause } = error as { cause?: { code?: unknown } };
	const code = String(cause?.code ?? 'ECONNABORTED');
	return CODES[code] ?? code;
}
