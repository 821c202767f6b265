import type { IExecuteFunctions } from 'n8n-workflow';
import { classifyNetwork, httpCode } from '../../../protocol/errors';
import { readText } from './readText';
import { networkCode } from './transport';

/**
 * Somebody's page as text, all of it within a time and a size: n8n's own time limit begins anew with every
 * byte that comes, and for the size it has none. Where there is none `failure` says why, without the address.
 */
export async function readPage(
	ctx: IExecuteFunctions,
	url: string,
	{ timeoutMs, maxBytes }: { timeoutMs: number; maxBytes: number },
): Promise<{ text: string } | { failure: string }> {
	const deadline = AbortSignal.timeout(timeoutMs);
	const cancelled = ctx.getExecutionCancelSignal();
	try {
		const { statusCode, body } = (await ctx.helpers.httpRequest({
			url,
			headers: { accept: 'text/plain' },
			encoding: 'stream',
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			abortSignal: AbortSignal.any(cancelled ? [deadline, cancelled] : [deadline]),
		})) as { statusCode: number; body: AsyncIterable<Buffer> };
		const text = await readText(body, statusCode === 200 ? maxBytes : 0);
		if (statusCode !== 200) return { failure: httpCode(statusCode) };
		if (text === undefined) return { failure: `The page is larger than ${maxBytes / 1e6} MB` };
		return { text };
	} catch (error) {
		if (deadline.aborted) return { failure: `No whole answer within ${timeoutMs / 1000} s` };
		const { message, code } = classifyNetwork(networkCode(error));
		return { failure: `${message} (${code})` };
	}
}
