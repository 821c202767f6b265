import {
	NodeOperationError,
	type ICredentialDataDecryptedObject,
	type IDataObject,
	type IExecuteFunctions,
} from 'n8n-workflow';
import { throwDefect } from '../../../core/common/defects';
import { LeastRecentlyUsed, MAX_CREDENTIALS } from '../../../core/common/leastRecentlyUsed';
import { authorization } from '../../../protocol/model/auth';
import { asksForStream, classify } from '../../../protocol/model/errors';
import { noAnswer } from '../../../protocol/model/noAnswer';
import { baseUrlOf } from '../../../protocol/model/providers';
import {
	chatBody,
	readAnswer,
	type ChatRequest,
	type ModelAnswer,
} from '../../../protocol/model/request';
import { readCompletion } from '../../../protocol/model/stream';
import { urlBelow } from '../../../protocol/pasted';
import { failureOf } from '../errors';
import { credentialKey } from '../http/tokens';
import type { ApiRequest, Caller } from '../http/apiRequest';
import { request } from '../http/transport';

/** Models that answered only as a stream, by credential; asked for one at once from then on. */
const streamOnly = new LeastRecentlyUsed<true>(MAX_CREDENTIALS);

/** Who asks a model. */
export interface Asking {
	ctx: IExecuteFunctions;
	credential: ICredentialDataDecryptedObject;
	itemIndex: number;
	/** How long the answer may take, in ms. */
	timeoutMs: number;
}

/**
 * Asks for a chat completion. A model that only streams says so, and is asked for a stream, which is collected.
 * @throws RequestError; also where the completion holds no answer
 */
export async function chat(asking: Asking, question: ChatRequest): Promise<ModelAnswer> {
	const { credential } = asking;
	const key = JSON.stringify([credentialKey(credential), question.model]);
	if (question.extraBody?.stream === true || streamOnly.get(key)) {
		return await complete(asking, chatBody(question, true));
	}
	const began = performance.now();
	return await complete(asking, chatBody(question, false)).catch(async (error) => {
		const failure = failureOf(error);
		if (failure?.class !== 'badRequest' || !asksForStream(failure)) throw error;
		const timeoutMs = Math.max(1, asking.timeoutMs - (performance.now() - began));
		const answer = await complete({ ...asking, timeoutMs }, chatBody(question, true));
		streamOnly.set(key, true);
		return answer;
	});
}

async function complete(
	{ ctx, credential, itemIndex, timeoutMs }: Asking,
	body: object,
): Promise<ModelAnswer> {
	let answer!: ModelAnswer;
	await callModel(ctx, credential, {
		method: 'POST',
		path: '/chat/completions',
		body: body as IDataObject,
		timeout: Math.ceil(timeoutMs),
		itemIndex,
		readBody: readCompletion,
		judge: (completion) => {
			answer = readAnswer(completion);
			return noAnswer(completion, answer);
		},
	});
	return answer;
}

interface ModelCall extends Pick<ApiRequest, 'itemIndex' | 'judge' | 'readBody'> {
	method: 'GET' | 'POST';
	/** Below the provider's base URL. */
	path: string;
	body?: IDataObject;
	timeout?: number;
}

export async function callModel(
	ctx: Caller,
	credential: ICredentialDataDecryptedObject,
	{ method, path, body, timeout, ...more }: ModelCall,
): Promise<IDataObject> {
	const { url, headers } = addressed(ctx, credential, path);
	return await request(ctx, {
		service: 'Model API',
		options: {
			method,
			url,
			headers,
			...(body && { body }),
			...(timeout !== undefined && { timeout }),
		},
		classify,
		credential,
		safe: true,
		...more,
	});
}

/** @throws NodeOperationError where the credential lacks something */
function addressed(ctx: Caller, credential: ICredentialDataDecryptedObject, path: string) {
	try {
		const base = baseUrlOf(String(credential.provider), String(credential.baseUrl ?? ''));
		return { url: urlBelow(base, path), headers: authorization(credential, Date.now()) };
	} catch (error) {
		throwDefect(error);
		throw new NodeOperationError(ctx.getNode(), (error as Error).message, {
			description: 'Open the ClawBot Model API credential of this node.',
		});
	}
}
