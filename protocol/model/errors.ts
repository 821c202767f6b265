import {
	classifyStatus,
	failure,
	lookUp,
	retryAfterMs,
	type Answer,
	type Failure,
	type KnownFailure,
} from '../errors';
import { asText } from '../fields';

const KEY: KnownFailure = ['badCredentials', 'Check API Key and Base URL in the model credential.'];
const BALANCE: KnownFailure = [
	'quotaExhausted',
	'The account’s balance or quota is used up: top it up.',
];
const RATE: KnownFailure = ['rateLimited', 'The model API is called too fast: wait and ask again.'];
const BLOCKED: KnownFailure = [
	'contentRejected',
	'The provider refused the question or its answer.',
];
const LENGTH: KnownFailure = [
	'tooLong',
	'The conversation is longer than the model takes: shorten it.',
];
const BUSY: KnownFailure = ['temporary', 'The model is overloaded: ask again in a moment.'];
const MODEL: KnownFailure = [
	'badRequest',
	'The provider does not know this model: choose another.',
];

/*
 * Words in `error.code` and `error.type`. Providers agree on little: a used-up balance comes as 402, 403 or
 * 429, so the word counts before the status. The first match counts.
 */
const WORDS: ReadonlyArray<readonly [pattern: RegExp, known: KnownFailure]> = [
	// Qwen's rate limit is called Throttling.RateQuota.
	[/throttl/i, RATE],
	[/quota|balance|arrear|billing|payment/i, BALANCE],
	[/data_?inspection|content_?filter|sensitive|moderation|risk/i, BLOCKED],
	[/context_length|too_long|max_tokens|string_above_max/i, LENGTH],
	[/model_not_found|model_?not_?exist|invalid_model/i, MODEL],
	[/rate_?limit|too_?many|tpm|rpm/i, RATE],
	[/overload|engine_busy|server_busy|unavailable/i, BUSY],
	[/auth|api_?key|iam_token|permission_denied|invalid_token/i, KEY],
];

/** Zhipu's numbers, which it sends as text. */
const ZHIPU: ReadonlyArray<readonly [pattern: RegExp, known: KnownFailure]> = [
	[/^100[0-4]$/, KEY],
	[/^111[0-9]$/, BALANCE],
	[/^1261$/, LENGTH],
	[/^1211$/, MODEL],
	[/^1301$/, BLOCKED],
	[/^130[2-5]$/, RATE],
];

/** MiniMax reports in `base_resp` of an HTTP 200. */
const MINIMAX: Readonly<Record<string, KnownFailure>> = {
	'1000': BUSY,
	'1001': ['unknownOutcome', 'The model ran out of time.'],
	'1002': RATE,
	'1004': KEY,
	'1008': BALANCE,
	'1026': BLOCKED,
	'1027': BLOCKED,
	'1039': LENGTH,
	'2013': ['badRequest', 'Check the model and the fields of the request.'],
};

const FOREIGN: KnownFailure = [
	'unclassified',
	'This is no answer of a model API: check Base URL (it often ends in /v1) and proxies in between.',
];

interface ErrorBody {
	error?: { code?: unknown; type?: unknown; message?: unknown } | string;
	base_resp?: { status_code?: unknown; status_msg?: unknown };
	/** Of a completion. */
	choices?: unknown;
	/** Of the list of models, which some servers send bare. */
	data?: unknown;
	code?: unknown;
	message?: unknown;
}

/** What a provider's answer says. Undefined: success. */
export function classify({ status, body, headers }: Answer): Failure | undefined {
	const fields = (
		typeof body === 'object' && body !== null ? body : { message: body }
	) as ErrorBody;
	const ofMiniMax = fields.base_resp?.status_code;
	if (ofMiniMax !== undefined && asText(ofMiniMax) !== '0') {
		const known = lookUp(MINIMAX, asText(ofMiniMax)) ?? classifyStatus(0);
		return failure(known, asText(ofMiniMax), asText(fields.base_resp?.status_msg));
	}
	const { error } = fields;
	const isSuccess = status >= 200 && status < 300;
	const isAnswer = Array.isArray(body) || (fields.choices ?? fields.data ?? null) !== null;
	if (isSuccess && isAnswer && (error ?? null) === null) return undefined;

	const detail = typeof error === 'object' && error !== null ? error : {};
	const code = asText(detail.code ?? detail.type ?? fields.code) || `HTTP ${status}`;
	const message = asText(
		detail.message ?? (typeof error === 'string' ? error : fields.message) ?? '',
	);
	const words = `${asText(detail.code)} ${asText(detail.type)} ${asText(fields.code)}`;
	const known =
		ZHIPU.find(([pattern]) => pattern.test(code))?.[1] ??
		WORDS.find(([pattern]) => pattern.test(words))?.[1] ??
		(isSuccess ? FOREIGN : status === 401 || status === 403 ? KEY : classifyStatus(status));
	const wait = retryAfterMs(headers);
	return failure([known[0], known[1], wait ?? known[2]], code, message);
}
