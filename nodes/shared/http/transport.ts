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
import type { Priority } from '../../../core/delivery/delivery';
import { classifyNetwork, failure, type Answer, type Failure } from '../../../protocol/errors';
import { type Charge } from '../../../protocol/limits';
import { Limits } from '../../../core/delivery/limits';

/** The n8n contexts that requests are made from. */
export type Caller = IExecuteFunctions | ILoadOptionsFunctions | IWebhookFunctions | IHookFunctions;

export interface ApiRequest {
	/** As people know it, for messages: `DingTalk`. */
	service: string;
	/** A `timeout` is for the whole of it: n8n's begins anew with each byte, and some models send blanks. */
	options: IHttpRequestOptions;
	/** Undefined where the answer is a success. Platforms report errors inside HTTP 200. */
	classify(answer: Answer): Failure | undefined;
	/** Its secrets are struck out of whatever the other side says. */
	credential: ICredentialDataDecryptedObject;
	itemIndex?: number;
	/** Carried out once however often it is sent: repeated where the outcome is unknown. */
	idempotent?: boolean;
	/** Others wait for it as well: it goes on when this execution is cancelled. */
	shared?: boolean;
	/** What it counts towards, every time that it is made. */
	limit?: Limit;
}

export interface Limit {
	charges: readonly Charge[];
	priority: Priority;
}

/** One for the process: a message of any execution counts. */
const limits = new Limits();

/** A platform answers within seconds; a model has its own limit. */
const DEFAULT_TIMEOUT_MS = 15_000;

/**
 * Makes one HTTP request: the only place of the package that does, and the only one that builds API errors.
 * @returns the parsed body
 * @throws NodeApiError whose `failureOf` tells class, code and cure; with the code `localRateLimit` where a
 * platform's limit would have been exceeded, and nothing was sent
 */
export async function request(ctx: Caller, call: ApiRequest): Promise<IDataObject> {
	const excess = overLimit(call);
	if (excess) throw apiError(ctx.getNode(), call, excess);
	let answer = await send(ctx, call);
	let refusal = failureIn(call, answer);
	// Where the limit forbids the repetition the outcome stays unknown: the first may have been carried out.
	if (refusal?.class === 'unknownOutcome' && call.idempotent && !overLimit(call)) {
		answer = await send(ctx, call);
		refusal = failureIn(call, answer);
	}
	if (!refusal) return (('body' in answer && answer.body) || {}) as IDataObject;
	if (refusal.class === 'rateLimited' && call.limit) {
		limits.heed(call.limit.charges, refusal, performance.now());
	}
	throw apiError(ctx.getNode(), call, refusal);
}

/** Charges a request to its limits. */
function overLimit({ limit }: ApiRequest): Failure | undefined {
	const excess = limit && limits.charge(limit.charges, limit.priority, performance.now());
	if (!excess) return undefined;
	const waitMs = Math.ceil(excess.waitMs);
	const cure = `Nothing was sent. Send again in ${Math.ceil(waitMs / 1000)} s, or let a delivery queue do it.`;
	return failure(['rateLimited', cure, waitMs], 'localRateLimit', `The limit is ${excess.name}`);
}

function failureIn(call: ApiRequest, answer: Answer | Failure): Failure | undefined {
	return 'class' in answer ? answer : call.classify(answer);
}

async function send(ctx: Caller, call: ApiRequest): Promise<Answer | Failure> {
	const { timeout } = call.options;
	const deadline = timeout === undefined ? [] : [AbortSignal.timeout(timeout)];
	const cancelled =
		'getExecutionCancelSignal' in ctx && !call.shared ? ctx.getExecutionCancelSignal() : undefined;
	try {
		const response = (await ctx.helpers.httpRequest({
			json: true,
			timeout: DEFAULT_TIMEOUT_MS,
			disableFollowRedirect: true,
			...call.options,
			abortSignal: AbortSignal.any(cancelled ? [...deadline, cancelled] : deadline),
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
		})) as { statusCode: number; headers: IDataObject; body: unknown };
		return { status: response.statusCode, headers: response.headers ?? {}, body: response.body };
	} catch (error) {
		// Only the code is kept: the error of the HTTP client holds the whole request, secrets included.
		return classifyNetwork(deadline[0]?.aborted ? 'ETIMEDOUT' : networkCode(error));
	}
}

function networkCode(error: unknown): string {
	const { code, cause } = error as { code?: unknown; cause?: { code?: unknown } };
	return String(code ?? cause?.code ?? 'ECONNABORTED');
}

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
		const chunks: Buffer[] = [];
		let size = 0;
		// Leaving the loop ends the connection.
		for await (const chunk of body) {
			size += chunk.length;
			if (statusCode !== 200 || size > maxBytes) break;
			chunks.push(chunk);
		}
		if (statusCode !== 200) return { failure: `HTTP ${statusCode}` };
		if (size > maxBytes) return { failure: `The page is larger than ${maxBytes / 1e6} MB` };
		return { text: Buffer.concat(chunks).toString('utf8') };
	} catch (error) {
		if (deadline.aborted) return { failure: `No whole answer within ${timeoutMs / 1000} s` };
		const { message, code } = classifyNetwork(networkCode(error));
		return { failure: `${message} (${code})` };
	}
}

function apiError(node: INode, call: ApiRequest, refusal: Failure): NodeApiError {
	// Cut after the secrets are out: half a secret would not be recognised.
	const said = redact(refusal.message, secretsIn(call)).slice(0, MAX_MESSAGE);
	const message = `${call.service}: ${said || refusal.code} (${refusal.code})`;
	const error = new NodeApiError(node, { message, code: refusal.code } as JsonObject, {
		message,
		description: refusal.cure,
		itemIndex: call.itemIndex,
	});
	// n8n puts a sentence of its own, without the service's name, in place of a network code.
	error.message = message;
	error.context.failure = { ...refusal, message: said };
	return error;
}

/** What went wrong with a request; undefined for errors that no request made. */
export function failureOf(error: unknown): Failure | undefined {
	const context = (error as { context?: { failure?: Failure } } | undefined)?.context;
	return context?.failure;
}

const MAX_MESSAGE = 300;

/** Fields of credentials that are no secrets: struck out, they would spoil ordinary words. */
const PUBLIC_FIELDS: ReadonlySet<string> = new Set([
	'agentId',
	'appId',
	'authScheme',
	'baseUrl',
	'botId',
	'clientId',
	'corpId',
	'oapiBaseUrl',
	'provider',
	'robotCode',
	'websocketUrl',
]);

/** What must not be repeated: the credential's secrets, and the tokens that were sent in headers. */
export function secretsIn({
	credential,
	options,
}: Pick<ApiRequest, 'credential' | 'options'>): string[] {
	const values = Object.entries(credential)
		.filter(([field]) => !PUBLIC_FIELDS.has(field))
		.map(([, value]) => value);
	const sent = Object.values(options.headers ?? {}).map((value) =>
		typeof value === 'string' ? value.replace(/^Bearer /, '') : '',
	);
	return [...values, ...sent].flatMap((value) =>
		typeof value === 'string' ? secretsOf(value) : [],
	);
}

/** Strikes secrets out of a text; the longest first, because one may be part of another. */
export function redact(text: string, secrets: string[]): string {
	return [...secrets]
		.sort((a, b) => b.length - a.length)
		.reduce((clean, secret) => clean.split(secret).join('***'), text);
}

/** A URL holds its secrets in the query and the last path segment; any other value is one itself. */
function secretsOf(value: string): string[] {
	if (!/^\w+:\/\//.test(value)) return value.length >= 6 ? [value] : [];
	if (!URL.canParse(value)) return [value];
	const url = new URL(value);
	const last = url.pathname.split('/').pop() ?? '';
	return [...url.searchParams.values(), last].filter((part) => part.length >= 12);
}
