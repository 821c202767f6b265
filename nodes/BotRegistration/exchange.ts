import type { IExecuteFunctions, IHttpRequestMethods } from 'n8n-workflow';
import { classifyNetwork, type Failure } from '../../protocol/errors';
import { parseJson } from '../../protocol/fields';
import type { RegistrationResponse } from '../../protocol/registration';
import { readText, tooLarge } from '../shared/http/readText';
import { networkCode } from '../shared/http/transport';

/** A request as it goes out: the body is encoded. */
interface Outgoing {
	method: IHttpRequestMethods;
	url: string;
	headers: Record<string, string>;
	body?: string;
}

/** For the whole of a request, its answer included. */
export interface Bounds {
	timeoutMs: number;
	maxBytes: number;
}

/**
 * Makes one request by n8n's own helper, which knows its proxies and guards; redirects are not followed. Of an error
 * only the code is kept: the helper's holds the whole request.
 */
export async function exchange(
	ctx: IExecuteFunctions,
	request: Outgoing,
	{ timeoutMs, maxBytes }: Bounds,
): Promise<RegistrationResponse | Failure> {
	const deadline = AbortSignal.timeout(timeoutMs);
	try {
		const { statusCode, body } = (await ctx.helpers.httpRequest({
			...request,
			headers: { accept: 'application/json', ...request.headers },
			encoding: 'stream',
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			disableFollowRedirect: true,
			abortSignal: deadline,
		})) as { statusCode: number; body: AsyncIterable<Uint8Array> };
		const text = await readText(body, maxBytes);
		if (text === undefined) return tooLarge(maxBytes);
		return { status: statusCode, body: parseJson(text) ?? text };
	} catch (error) {
		return classifyNetwork(deadline.aborted ? 'ETIMEDOUT' : networkCode(error));
	}
}
