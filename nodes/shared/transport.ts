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
	/** Its secrets are struck out of whatever the other side says. */
	credential: ICredentialDataDecryptedObject;
	itemIndex?: number;
	/** Carried out once however often it is sent: repeated where the outcome is unknown. */
	idempotent?: boolean;
	/** Others wait for it as well: it goes on when this execution is cancelled. */
	shared?: boolean;
}

/** A platform answers within seconds; a model has its own limit. */
const DEFAULT_TIMEOUT_MS = 15_000;

/**
 * Makes one HTTP request: the only place of the package that does, and the only one that builds API errors.
 * @returns the parsed body
 * @throws NodeApiError whose `failureOf` tells class, code and cure
 */
export async function request(ctx: Caller, call: ApiRequest): Promise<IDataObject> {
	let answer = await send(ctx, call);
	let failure = failureIn(call, answer);
	if (failure?.class === 'unknownOutcome' && call.idempotent) {
		answer = await send(ctx, call);
		failure = failureIn(call, answer);
	}
	if (!failure) return (('body' in answer && answer.body) || {}) as IDataObject;
	throw apiError(ctx.getNode(), call, failure);
}

function failureIn(call: ApiRequest, answer: Answer | Failure): Failure | undefined {
	return 'class' in answer ? answer : call.classify(answer);
}

async function send(ctx: Caller, call: ApiRequest): Promise<Answer | Failure> {
	const abortSignal =
		'getExecutionCancelSignal' in ctx && !call.shared ? ctx.getExecutionCancelSignal() : undefined;
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
	// Cut after the secrets are out: half a secret would not be recognised.
	const said = redact(failure.message, secretsIn(call)).slice(0, MAX_MESSAGE);
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
