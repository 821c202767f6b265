import type { IDataObject } from 'n8n-workflow';
import { expected } from '../../../core/common/defects';
import { classifyNetwork, type Answer, type Failure } from '../../../protocol/errors';
import { parseJson } from '../../../protocol/fields';
import { FetchError, fetched } from './fetched';
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

/** Makes a request outside a node. */
export async function fetchJson(request: FetchedRequest): Promise<Answer | Failure> {
	const { method, url, values = {}, headers } = request;
	const signal = AbortSignal.timeout(TIMEOUT_MS);
	try {
		const { status, body } = await fetched({
			method,
			url,
			headers,
			...(method === 'GET' ? { qs: values } : { body: values }),
			signal,
		});
		const text = await readText(body, MAX_BYTES);
		if (text === undefined) return tooLarge(MAX_BYTES);
		return { status, headers: {}, body: parseJson(text) ?? text };
	} catch (error) {
		return classifyNetwork(expected(error, FetchError).code);
	}
}
