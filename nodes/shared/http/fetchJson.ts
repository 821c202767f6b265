import type { IDataObject } from 'n8n-workflow';
import { classifyNetwork, type Answer, type Failure } from '../../../protocol/errors';
import { parseJson } from '../../../protocol/fields';
import { readText, tooLarge } from './readText';

/*
 * Requests of credentials: n8n gives an `authenticate` function nothing to make requests with, and a test nothing
 * that is not deprecated. The `fetch` of the language knows nothing of n8n's proxies.
 */

export interface FetchedRequest {
	method: 'GET' | 'POST';
	url: string;
	/** In the query of a GET, else in the body. */
	values?: IDataObject;
	headers?: Record<string, string>;
}

const TIMEOUT_MS = 15_000;
/** More than the longest list of models. */
const MAX_BYTES = 4e6;

/** Makes a request outside a node. Redirects are not followed: what the request carries would go along. */
export async function fetchJson(request: FetchedRequest): Promise<Answer | Failure> {
	const { method, url, values = {}, headers = {} } = request;
	const query = new URLSearchParams(values as Record<string, string>).toString();
	const isGet = method === 'GET';
	try {
		const response = await fetch(isGet && query ? `${url}?${query}` : url, {
			method,
			headers: { ...headers, ...(!isGet && { 'content-type': 'application/json' }) },
			...(!isGet && { body: JSON.stringify(values) }),
			redirect: 'manual',
			signal: AbortSignal.timeout(TIMEOUT_MS),
		});
		// Node's streams are iterable; the browser's, after which it is typed, are not everywhere.
		const body = response.body as unknown as AsyncIterable<Uint8Array> | null;
		const text = body ? await readText(body, MAX_BYTES) : '';
		if (text === undefined) return tooLarge(MAX_BYTES);
		return { status: response.status, headers: {}, body: parseJson(text) ?? text };
	} catch (error) {
		// Only the code is kept: the message of a wrong URL holds the URL, with the secret in its query.
		return classifyNetwork(codeOf(error));
	}
}

function codeOf(error: unknown): string {
	const { name, code, cause } = error as Error & { code?: string; cause?: { code?: string } };
	if (name === 'TimeoutError') return 'ETIMEDOUT';
	return String(cause?.code ?? (typeof code === 'string' ? code : 'ECONNABORTED'));
}
