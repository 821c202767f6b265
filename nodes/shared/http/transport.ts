import type { IDataObject } from 'n8n-workflow';
import { throwDefect } from '../../../core/common/defects';
import { Limits, type Excess } from '../../../core/delivery/limits';
import { classifyNetwork, failure, type Answer, type Failure } from '../../../protocol/errors';
import { parseJson } from '../../../protocol/fields';
import type { TokenRules } from '../../../protocol/token';
import { RequestError, failureOf } from '../errors';
import type { ApiRequest, Caller } from './apiRequest';
import type { TokenSource } from './authenticate';
import { byHelper, clientFor, MAX_TEXT_BYTES, StaleConnection, type HttpClient } from './clients';
import { LimitLine } from './limitLine';
import { tooLarge } from './readText';
import { redact, secretsIn } from './secrets';
import { missingToken, readToken, tokenRequest, withToken } from './tokenRequest';
import { accessToken, credentialKey, forgetToken, type AccessToken } from './tokens';

/** One for the process: a message of any execution counts. */
const limits = new Limits();
const line = new LimitLine(limits);

/** A platform answers within seconds; a model has its own limit. */
const DEFAULT_TIMEOUT_MS = 15_000;

/**
 * Makes one HTTP request of a node, by one of the two ways of `clients.ts`: with `readPage` the only place that
 * does (`fetchJson` makes those of credentials, `exchange` those by which bots are made, whose answers are no
 * errors), and the only one that makes a `RequestError`. Where the platform
 * says that the access token has ended (it may end it early), a new one is fetched and the request made once more;
 * never twice.
 * @returns the parsed body
 * @throws RequestError; with the code `localRateLimit` where a platform's limit would have been exceeded, and
 * nothing was sent
 */
export async function request(ctx: Caller, call: ApiRequest): Promise<IDataObject> {
	const { token, credential } = call;
	if (!token) return await exchange(ctx, call);
	const key = credentialKey(credential);
	const fetchNew = async () => await fetchToken(ctx, call, token);
	const value = await accessToken(key, fetchNew);
	return await exchange(ctx, carrying(call, token, value)).catch(async (error) => {
		if (failureOf(error)?.class !== 'tokenExpired') throw error;
		await forgetToken(key, value);
		return await exchange(ctx, carrying(call, token, await accessToken(key, fetchNew)));
	});
}

/**
 * Fetches the access token of a credential where there is none, for the requests that will carry it.
 * @throws RequestError
 */
export async function fetchTokenAhead(
	ctx: Caller,
	{ token, ...call }: TokenSource & Pick<ApiRequest, 'credential'>,
): Promise<void> {
	await accessToken(credentialKey(call.credential), async () => await fetchToken(ctx, call, token));
}

/**
 * One request and its answer; sent once more, never twice, where the outcome is unknown and nobody pays or reads it
 * twice: the server has never seen it, or it is carried out once however often it is sent.
 */
async function exchange(ctx: Caller, call: ApiRequest): Promise<IDataObject> {
	const excess = call.limit && (await line.charge(call.limit, cancelSignal(ctx, call)));
	if (excess) throw errorOf(ctx, call, overLimit(excess));
	const first = await send(ctx, call, clientFor(ctx, call));
	let { answer } = first;
	let refusal = failureIn(call, answer);
	// Where the limit forbids the repetition the outcome stays unknown: the first may have been carried out.
	if (
		first.isStale ||
		(refusal?.class === 'unknownOutcome' && call.idempotent && chargeAgain(call))
	) {
		({ answer } = await send(ctx, call, byHelper));
		refusal = failureIn(call, answer);
	}
	if (!refusal) return (('body' in answer && answer.body) || {}) as IDataObject;
	if (refusal.class === 'rateLimited' && call.limit) {
		limits.heed(call.limit.charges, refusal, performance.now());
	}
	throw errorOf(ctx, call, refusal);
}

/** Others wait for the same token: it is fetched to the end whatever becomes of this execution. */
async function fetchToken(
	ctx: Caller,
	{ service, classify, credential, itemIndex }: Omit<ApiRequest, 'options' | 'token'>,
	rules: TokenRules,
): Promise<AccessToken> {
	const { method, url, values } = tokenRequest(credential, rules);
	const answer = await exchange(ctx, {
		service,
		options: { method, url, ...(method === 'GET' ? { qs: values } : { body: values }) },
		classify,
		judge: (body) => missingToken(body, rules),
		credential,
		itemIndex,
		idempotent: true,
		shared: true,
	});
	return readToken(answer, rules);
}

/** A request with its token, which is a secret as well. */
function carrying(call: ApiRequest, { place }: TokenRules, token: string): ApiRequest {
	return {
		...call,
		options: withToken(call.options, place, token),
		credential: { ...call.credential, accessToken: token },
	};
}

/** @returns whether the limits let the request through once more, and it was charged */
function chargeAgain({ limit }: ApiRequest): boolean {
	return !limit || !limits.charge(limit.charges, limit.priority, performance.now());
}

function overLimit(excess: Excess): Failure {
	const waitMs = Math.ceil(excess.waitMs);
	const cure = `Nothing was sent. Send again in ${Math.ceil(waitMs / 1000)} s, or let a delivery queue do it.`;
	return failure(['rateLimited', cure, waitMs], 'localRateLimit', `The limit is ${excess.name}`);
}

function failureIn(call: ApiRequest, answer: Answer | Failure): Failure | undefined {
	if ('class' in answer) return answer;
	return call.classify(answer) ?? call.judge?.((answer.body ?? {}) as IDataObject);
}

/** What came of sending a request. */
interface Sent {
	answer: Answer | Failure;
	/** Whether the server has never seen it. */
	isStale?: boolean;
}

async function send(ctx: Caller, call: ApiRequest, client: HttpClient): Promise<Sent> {
	const { timeout = DEFAULT_TIMEOUT_MS, ...options } = call.options;
	const { readBody = (text) => parseJson(text) ?? text } = call;
	const deadline = AbortSignal.timeout(timeout);
	const cancelled = cancelSignal(ctx, call);
	const signal = AbortSignal.any(cancelled ? [deadline, cancelled] : [deadline]);
	try {
		const { status, headers, text } = await client(ctx, { ...options, signal });
		if (text === undefined) return { answer: tooLarge(MAX_TEXT_BYTES) };
		return { answer: { status, headers, body: readBody(text) } };
	} catch (error) {
		// Only the code is kept: the error of the HTTP client holds the whole request, secrets included.
		const answer = classifyNetwork(deadline.aborted ? 'ETIMEDOUT' : networkCode(error));
		return { answer, isStale: error instanceof StaleConnection };
	}
}

/** Aborted when the execution is cancelled that a request is for. */
function cancelSignal(ctx: Caller, { shared }: ApiRequest): AbortSignal | undefined {
	return 'getExecutionCancelSignal' in ctx && !shared ? ctx.getExecutionCancelSignal() : undefined;
}

/** Only what the language throws is a bug of ours: whatever else the HTTP client throws is about the network. */
export function networkCode(error: unknown): string {
	throwDefect(error);
	const { code, cause } = error as { code?: unknown; cause?: { code?: unknown } };
	return String(code ?? cause?.code ?? 'ECONNABORTED');
}

const MAX_MESSAGE = 300;

type Failed = Pick<ApiRequest, 'service' | 'credential' | 'itemIndex'> &
	Partial<Pick<ApiRequest, 'options'>>;

/** The error of a request that has failed, also of one that went another way than HTTP. */
export function errorOf(ctx: Caller, failed: Failed, refusal: Failure): RequestError {
	const { service, credential, options = {}, itemIndex } = failed;
	// Cut after the secrets are out: half a secret would not be recognised.
	const message = redact(refusal.message, secretsIn(credential, options)).slice(0, MAX_MESSAGE);
	return new RequestError({ node: ctx.getNode(), service, itemIndex }, { ...refusal, message });
}
