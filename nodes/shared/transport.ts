import {
	NodeApiError,
	type ICredentialDataDecryptedObject,
	type IDataObject,
	type IExecuteFunctions,
	type IHookFunctions,
	type IHttpRequestOptions,
	type ILoadOptionsFunctions,
	type INode,
	type IWebhookFunctions,
	type JsonObject,
} from 'n8n-workflow';
import { classifyNetwork, type Answer, type Failure } from '../../protocol/errors';

/** The n8n contexts that requests are made from. */
export type Caller = IExecuteFunctions | ILoadOptionsFunctions | IWebhookFunctions | IHookFunctions;

export interface ApiRequest {
	/** As people know it, for messages: `DingTalk`. */
	service: string;
	options: IHttpRequestOptions;
	/** Undefined where the answer is a success. Platforms report errors inside HTTP 200. */
	classify(answer: Answer): Failure | undefined;
	/** Its values are struck out of whatever the other side says. */
	credential: ICredentialDataDecryptedObject;
	itemIndex?: number;
}

/** A platform answers within seconds; a model has its own limit. */
const DEFAULT_TIMEOUT_MS = 15_000;

/**
 * Makes one HTTP request: the only place of the package that does, and the only one that builds API errors.
 * @returns the parsed body
 * @throws NodeApiError whose `failureOf` tells class, code and cure
 */
export async function request(ctx: Caller, call: ApiRequest): Promise<IDataObject> {
	const answer = await send(ctx, call);
	const failure = 'class' in answer ? answer : call.classify(answer);
	if (!failure) return (('body' in answer && answer.body) || {}) as IDataObject;
	throw apiError(ctx.getNode(), call, failure);
}

async function send(ctx: Caller, call: ApiRequest): Promise<Answer | Failure> {
	const abortSignal =
		'getExecutionCancelSignal' in ctx ? ctx.getExecutionCancelSignal() : undefined;
	try {
		const response = (await ctx.helpers.httpRequest({
			json: true,
			timeout: DEFAULT_TIMEOUT_MS,
			disableFollowRedirect: true,
			...call.options,
			...(abortSignal && { abortSignal }),
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
		})) as { statusCode: number; headers: IDataObject; body: unknown };
		return { status: response.statusCode, headers: response.headers ?? {}, body: response.body };
	} catch (error) {
		// Only the code is kept: the error of the HTTP client holds the whole request, secrets included.
		const code = (error as { code?: unknown; cause?: { code?: unknown } }).code;
		const inner = (error as { cause?: { code?: unknown } }).cause?.code;
		return classifyNetwork(String(code ?? inner ?? 'ECONNABORTED'));
	}
}

function apiError(node: INode, call: ApiRequest, failure: Failure): NodeApiError {
	const said = redact(failure.message, call.credential);
	const message = `${call.service}: ${said || failure.code} (${failure.code})`;
	const error = new NodeApiError(node, { message, code: failure.code } as JsonObject, {
		message,
		description: failure.cure,
		itemIndex: call.itemIndex,
	});
	// n8n puts a sentence of its own, without the service's name, in place of a network code.
	error.message = message;
	error.context.failure = { ...failure, message: said };
	return error;
}

/** What went wrong with a request; undefined for errors that no request made. */
export function failureOf(error: unknown): Failure | undefined {
	const context = (error as { context?: { failure?: Failure } } | undefined)?.context;
	return context?.failure;
}

/** Strikes the values of a credential out of a text. */
export function redact(text: string, credential: ICredentialDataDecryptedObject): string {
	let clean = text;
	for (const value of Object.values(credential)) {
		if (typeof value !== 'string') continue;
		for (const secret of secretsOf(value)) clean = clean.split(secret).join('***');
	}
	return clean;
}

/** A URL holds its secrets in the query and the last path segment; any other value is one itself. */
function secretsOf(value: string): string[] {
	if (!/^\w+:\/\//.test(value)) return value.length >= 6 ? [value] : [];
	try {
		const url = new URL(value);
		const last = url.pathname.split('/').pop() ?? '';
		return [...url.searchParams.values(), last].filter((part) => part.length >= 12);
	} catch {
		return [];
	}
}
