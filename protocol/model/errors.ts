import {
	classifyStatus,
	failure,
	httpCode,
	lookUp,
	retryAfterMs,
	type Answer,
	type Failure,
	type KnownFailure,
} from '../errors';
import { asFields, asList, asText, type Fields } from '../fields';
import { signsIn, statusIn, type Signs } from './errorSigns';

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
const ENDED: KnownFailure = [
	'temporary',
	'The provider ended the answer with an error: ask again in a moment.',
];
const STREAM: KnownFailure = [
	'badRequest',
	'This model only streams, or does so while it thinks, and refused that as well: set the option Extra Body to {"enable_thinking": false}, or choose another model.',
];
const OWN_WORDS: KnownFailure = [
	'unclassified',
	'The provider reports an error in words of its own: its documentation explains them.',
];
const FOREIGN: KnownFailure = [
	'unclassified',
	'This is no answer of a model API: check Base URL (it often ends in /v1) and proxies in between.',
];

type Words = ReadonlyArray<readonly [pattern: RegExp, known: KnownFailure]>;

/*
 * Words in codes and types. Providers agree on little: a used-up balance comes as 402, 403 or 429, so the word
 * counts before the status. The first match counts.
 */
const CODES: Words = [
	// Qwen's rate limit is called Throttling.RateQuota.
	[/throttl/i, RATE],
	[/quota|balance|arrear|billing|payment/i, BALANCE],
	[/data_?inspection|content_?(?:filter|policy)|sensitive|moderation|risk/i, BLOCKED],
	[/context_length|too_long|max_tokens|string_above_max/i, LENGTH],
	[/model_not_found|model_?not_?exist|invalid_model/i, MODEL],
	[/(?:rate|request)_?limit|too_?many|\b[tr]pm/i, RATE],
	[/overload|engine_busy|server_?busy|unavailable/i, BUSY],
	[/auth|api_?key|iam_token|permission_?denied|invalid_token/i, KEY],
];

/** Numbers that providers send as codes: Zhipu's four digits, SiliconFlow's five. */
const NUMBERS: Words = [
	[/^100[0-4]$/, KEY],
	[/^111[0-9]$/, BALANCE],
	[/^1261$/, LENGTH],
	[/^1211$/, MODEL],
	[/^1301$/, BLOCKED],
	[/^130[2-5]$/, RATE],
	[/^30001$/, BALANCE],
	[/^505\d\d$/, BUSY],
];

/** What providers say where their codes say nothing. */
const MESSAGES: Words = [
	[
		/(?:rate|request).?limit|too many requests|throttl|(?:requests|tokens) per (?:min|day|sec)|\b[tr]pm\b|限流|频率|过于频繁/i,
		RATE,
	],
	[
		/insufficient.{0,20}(?:balance|quota|fund|credit)|(?:balance|quota|credits?)\b.{0,30}(?:insufficient|exhausted|exceeded|not enough|used up|too low)|exceeded your.{0,20}quota|in arrears|余额|欠费|额度/i,
		BALANCE,
	],
	[/content.{0,10}(?:filter|policy|moderation)|inappropriate|敏感|违规|不合规/i, BLOCKED],
	[
		/context.{0,10}length|maximum context|(?:prompt|input|context) .{0,30}(?:too long|exceeds?)|too many (?:input )?tokens|超长|长度超/i,
		LENGTH,
	],
	[
		/\bmodel\b.{0,80}(?:not (?:found|exist)|n[o']t exist|unknown)|(?:no such|unknown) model|模型.{0,20}不存在/i,
		MODEL,
	],
	[
		/(?:invalid|incorrect|wrong|missing|expired).{0,20}(?:api.?key|\btoken\b|credential)|unauthori[sz]ed|not authenticated|authentication|api.?key.{0,30}(?:invalid|incorrect|wrong|expired)|无效的(?:令牌|密钥)/i,
		KEY,
	],
	[/overload|too busy|server.{0,10}busy|unavailable|try again later|繁忙|过载|稍后/i, BUSY],
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

/** How providers call an answer that they could not end: Zhipu's and DeepSeek's words beside `error`. */
const FAILED_FINISH =
	/^(?:\w{0,20}error|fail(?:ed|ure)?|time_?out|abort(?:ed)?|cancell?ed|insufficient_system_resource)$/i;

/** What a provider's answer says. Undefined: success. */
export function classify({ status, body, headers }: Answer): Failure | undefined {
	const fields = asFields(body);
	const choice = asFields(asList(fields.choices)[0]);
	const ofMiniMax = asText(asFields(fields.base_resp).status_code);
	const finish = asText(choice.finish_reason);
	const hasFailed = FAILED_FINISH.test(finish) || isError(choice.error);
	const isSuccess = status >= 200 && status < 300;
	const isRefused = hasFailed || isError(fields.error) || !['', '0'].includes(ofMiniMax);
	if (isSuccess && isAnswer(body) && !isRefused) return undefined;

	const signs = signsIn([choice.error, body]);
	const unknown = hasFailed ? ENDED : isRefused ? OWN_WORDS : FOREIGN;
	const ofStatus = isSuccess ? unknown : statusFailure(status);
	// The words of a proxy's page mean nothing.
	const isPage = typeof body === 'string' && (isSuccess || body.trimStart().startsWith('<'));
	const known = lookUp(MINIMAX, ofMiniMax) ?? (isPage ? undefined : knownIn(signs)) ?? ofStatus;
	const code = signs.codes[0] ?? (hasFailed && finish ? finish : httpCode(status));
	const message = signs.messages[0] ?? '';
	const isPlain = known[0] === 'badRequest' || known === OWN_WORDS;
	const asked = isPlain && asksForStream({ message }) ? STREAM : known;
	return failure([asked[0], asked[1], retryAfterMs(headers) ?? asked[2]], code, message);
}

/** Whether a refusal says that the model has to be asked for a stream. */
export const asksForStream = ({ message }: Pick<Failure, 'message'>): boolean =>
	/\bstream|\bSSE\b|流式/i.test(message);

function knownIn({ codes, messages }: Signs): KnownFailure | undefined {
	const status = statusIn(codes) ?? statusIn(messages);
	return (
		codes.map((code) => match(NUMBERS, code)).find(Boolean) ??
		match(CODES, codes.join(' ')) ??
		match(MESSAGES, messages.join(' ')) ??
		(status === undefined ? undefined : statusFailure(status))
	);
}

const match = (table: Words, text: string): KnownFailure | undefined =>
	table.find(([pattern]) => pattern.test(text))?.[1];

const statusFailure = (status: number): KnownFailure =>
	status === 401 || status === 403 ? KEY : status === 402 ? BALANCE : classifyStatus(status);

/** A completion, or a list of models, which some servers send bare: neither beside a code, nor a list of errors. */
function isAnswer(body: unknown): boolean {
	if (Array.isArray(body)) return !body.some((one) => isError(asFields(one).error));
	const { choices, data, code } = asFields(body);
	if ((choices ?? null) !== null) return true;
	return Array.isArray(data) && ['', '0', '200'].includes(asText(code));
}

/** Some servers send an empty `error` beside an answer. */
function isError(error: unknown): boolean {
	if (typeof error !== 'object' || error === null) return Boolean(error);
	return Object.values(error as Fields).some(
		(value) => !['', '0', 0, null].includes(value as never),
	);
}
