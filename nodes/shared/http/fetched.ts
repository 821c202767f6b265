import type { IDataObject, IHttpRequestOptions } from 'n8n-workflow';
import { throwDefect } from '../../../core/common/defects';

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
	/**
	 * @param code as Node's own network layer gives it: `ECONNRESET`
	 * @param isUnsent whether `fetch` does not make such a request: a name and password in the address, a port that
	 * browsers block
	 */
	constructor(
		readonly code: string,
		readonly isUnsent = false,
	) {
		super(code);
	}
}

/** What n8n's helper says of itself where nobody has configured anything else. */
const USER_AGENT = 'n8n';

/**
 * Makes a request with the `fetch` of the language, which keeps its connections open for the next one. Redirects
 * are not followed: what the request carries would go along.
 * @throws FetchError, also while the body is read; whatever else the language throws is a bug of ours
 */
export async function fetched(request: HttpRequest): Promise<BegunAnswer> {
	const { signal } = request;
	const [url, init] = asFetchHasIt(request);
	const response = await fetch(url, init).catch((error: unknown) => {
		failIfUnsent(url, init);
		return fail(error, signal);
	});
	return {
		status: response.status,
		headers: headersOf(response),
		body: chunksOf(response, signal),
	};
}

function asFetchHasIt({
	method = 'GET',
	url,
	qs,
	headers,
	body,
	signal,
}: HttpRequest): [url: string, init: RequestInit] {
	const given = Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]);
	const init: RequestInit = {
		method,
		headers: {
			accept: 'application/json',
			'user-agent': USER_AGENT,
			...(body && { 'content-type': 'application/json' }),
			...Object.fromEntries(given),
		},
		redirect: 'manual',
		signal,
		...(body && { body: JSON.stringify(body) }),
	};
	return [withQuery(url, qs), init];
}

/**
 * What the language takes against a request without its body is wrong input: an address, a header's value. `fetch`
 * tells that like a bug of ours, so that a request that has failed is made once more, and not sent.
 */
function failIfUnsent(url: string, init: RequestInit): void {
	try {
		new Request(url, { ...init, body: null });
	} catch (error) {
		failUnsent(causeOf(error));
	}
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

function fail(error: unknown, { aborted, reason }: AbortSignal): never {
	if (aborted) {
		const isLate = (reason as Error).name === 'TimeoutError';
		throw new FetchError(isLate ? 'ETIMEDOUT' : 'ERR_CANCELED');
	}
	throwDefect(error);
	const code = causeOf(error);
	// Of a request that it does not make, `fetch` says no more than that.
	if (code === 'Error') failUnsent('ECONNABORTED');
	throw new FetchError(CODES[code] ?? code.replace(/^ERR_SSL_.*/, 'EPROTO'));
}

function failUnsent(code: string): never {
	throw new FetchError(code, true);
}

/** Codes that `fetch` has of its own for what Node's network layer calls otherwise. */
const CODES: Readonly<Record<string, string>> = {
	UND_ERR_SOCKET: 'ECONNRESET',
	UND_ERR_CONNECT_TIMEOUT: 'ETIMEDOUT',
	UND_ERR_HEADERS_OVERFLOW: 'HPE_HEADER_OVERFLOW',
	HTTPParserError: 'HPE_INVALID_CONSTANT',
};

/** What `fetch` says where it takes an answer for none: `100 Continue`, `101 Switching Protocols`. */
const BAD_ANSWERS: readonly unknown[] = ['bad response', 'bad upgrade'];

/**
 * The code of the network's error, or what it is called where it has none. Only that is kept: the message of a
 * wrong URL holds the URL, with the secret in its query.
 */
function causeOf(error: unknown): string {
	const { cause } = error as { cause?: Record<'code' | 'name' | 'message', unknown> };
	if (BAD_ANSWERS.includes(cause?.message)) return 'HPE_INVALID_STATUS';
	return String(cause?.code ?? cause?.name ?? 'ERR_BAD_REQUEST');
}
