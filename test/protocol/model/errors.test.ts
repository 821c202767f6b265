import { isRetryable } from '../../../protocol/errors';
import { asksForStream, classify } from '../../../protocol/model/errors';

const answer = (status: number, body: unknown, headers = {}) => ({ status, body, headers });
const openAi = (code: string, message = 'no') => ({ error: { code, message } });
const typed = (type: string) => ({ error: { type, message: 'no' } });

describe('What a provider’s answer means', () => {
	it.each([
		['DeepSeek, wrong key', 401, typed('authentication_error'), 'badCredentials'],
		[
			'DeepSeek, no balance',
			402,
			openAi('invalid_request_error', 'Insufficient Balance'),
			'quotaExhausted',
		],
		['DeepSeek, parameters', 422, openAi('invalid_parameter'), 'badRequest'],
		['DeepSeek, busy', 503, {}, 'temporary'],
		['Qwen, wrong key', 401, openAi('invalid_api_key'), 'badCredentials'],
		['Qwen, in arrears', 400, openAi('Arrearage'), 'quotaExhausted'],
		['Qwen, content', 400, openAi('data_inspection_failed'), 'contentRejected'],
		[
			'Qwen, content, native',
			400,
			{ code: 'DataInspectionFailed', message: 'x' },
			'contentRejected',
		],
		['Qwen, rate, native', 429, { code: 'Throttling.RateQuota', message: 'x' }, 'rateLimited'],
		['Qwen, quota', 429, openAi('insufficient_quota'), 'quotaExhausted'],
		['Zhipu, key', 401, openAi('1002'), 'badCredentials'],
		['Zhipu, arrears', 429, openAi('1113'), 'quotaExhausted'],
		['Zhipu, too long', 400, openAi('1261'), 'tooLong'],
		['Zhipu, content', 400, openAi('1301'), 'contentRejected'],
		['Zhipu, rate', 429, openAi('1302'), 'rateLimited'],
		['Kimi, key', 401, typed('invalid_authentication_error'), 'badCredentials'],
		['Kimi, content', 400, typed('content_filter'), 'contentRejected'],
		['Kimi, quota', 429, typed('exceeded_current_quota_error'), 'quotaExhausted'],
		['Kimi, rate', 429, typed('rate_limit_reached_error'), 'rateLimited'],
		['Kimi, overloaded', 429, typed('engine_overloaded_error'), 'temporary'],
		['Doubao, key', 401, openAi('AuthenticationError'), 'badCredentials'],
		['Doubao, rate', 429, openAi('RateLimitExceeded.EndpointRPMExceeded'), 'rateLimited'],
		['Doubao, overloaded', 429, openAi('ServerOverloaded'), 'temporary'],
		['Doubao, content', 400, openAi('SensitiveContentDetected'), 'contentRejected'],
		['Qianfan, rate', 429, openAi('rpm_rate_limit_exceeded'), 'rateLimited'],
		['Qianfan, key', 401, openAi('invalid_iam_token'), 'badCredentials'],
		[
			'SiliconFlow, parameters',
			400,
			{ code: 20012, message: 'no such model', data: null },
			'badRequest',
		],
		['SiliconFlow, key as plain text', 401, 'Invalid token', 'badCredentials'],
		['SiliconFlow, gateway as plain text', 504, 'Gateway timeout', 'unknownOutcome'],
		['OpenAI, too long', 400, openAi('context_length_exceeded'), 'tooLong'],
		['OpenAI, model', 404, openAi('model_not_found'), 'badRequest'],
		['an error inside HTTP 200', 200, openAi('server_busy'), 'temporary'],
		['a page of a proxy', 502, '<html>', 'temporary'],
		['nothing at all', 500, undefined, 'temporary'],
		['a code like a method of objects', 400, openAi('constructor'), 'badRequest'],
	] as Array<[string, number, unknown, string]>)('%s', (_, status, body, expected) => {
		expect(classify(answer(status, body))?.class).toBe(expected);
	});

	it.each([
		['1002', 'rateLimited'],
		['1004', 'badCredentials'],
		['1008', 'quotaExhausted'],
		['1026', 'contentRejected'],
		['1039', 'tooLong'],
		['2013', 'badRequest'],
		['9999', 'unclassified'],
		['toString', 'unclassified'],
	])('MiniMax %s inside HTTP 200', (code, expected) => {
		const body = { base_resp: { status_code: code, status_msg: 'no' } };
		expect(classify(answer(200, body))).toMatchObject({ class: expected, code });
	});

	it('finds nothing wrong with a completion', () => {
		expect(classify(answer(200, { choices: [{ message: { content: 'hi' } }] }))).toBeUndefined();
		expect(classify(answer(200, { base_resp: { status_code: 0 }, choices: [] }))).toBeUndefined();
		expect(classify(answer(200, { choices: [], error: null }))).toBeUndefined();
	});

	it('finds nothing wrong with a list of models', () => {
		expect(classify(answer(200, { object: 'list', data: [] }))).toBeUndefined();
		expect(classify(answer(200, [{ id: 'm' }]))).toBeUndefined();
	});

	it.each([
		['a page of a proxy', '<html>Sign in</html>'],
		['no body', ''],
		['nothing at all', undefined],
		['null', null],
		['another API', { models: [] }],
	])('takes %s inside HTTP 200 for no answer of a model', (_, body) => {
		expect(classify(answer(200, body))).toMatchObject({
			class: 'unclassified',
			cure: expect.stringContaining('Base URL'),
		});
	});

	it.each([
		['a number', { error: { code: 429, message: 'upstream failed' } }, 'rateLimited', '429'],
		['a number beside data', { code: 429, msg: 'x', data: {} }, 'rateLimited', '429'],
		['a text beside a list', { code: '500', msg: 'upstream', data: [] }, 'temporary', '500'],
		['a list of errors', [{ error: { code: 429, message: 'x' } }], 'rateLimited', '429'],
		['a code in one word', { errorCode: 429, errorMessage: 'x' }, 'rateLimited', '429'],
		['a code below words', { err_code: 429, err_msg: 'too many' }, 'rateLimited', '429'],
		['a code of HTTP', { error: { httpStatus: 429, message: 'x' } }, 'rateLimited', '429'],
		['Tencent, rate', { Response: { Error: { Code: 'RequestLimitExceeded' } } }, 'rateLimited'],
		['Baidu', { error_code: 18, error_msg: 'Open api qps request limit reached' }, 'rateLimited'],
		['FastAPI in other words', { detail: 'Not authenticated' }, 'badCredentials'],
		...['failed', 'timeout', 'abort', 'cancelled', 'server_error', 'upstream_error'].map(
			(reason): [string, unknown, string] => [
				`the end ${reason}`,
				{ choices: [{ finish_reason: reason, message: { content: 'partial' } }] },
				'temporary',
			],
		),
		['a number of a server', { error: { code: 502, message: 'x' } }, 'temporary', '502'],
		['a text', { error: { code: '503', message: 'x' } }, 'temporary', '503'],
		['a text with words', { error: { code: '429 Too Many Requests' } }, 'rateLimited'],
		['a status', { error: { status: 500, message: 'x' } }, 'temporary', '500'],
		['no balance', { error: { code: 402, message: 'x' } }, 'quotaExhausted', '402'],
		['no right', { error: { code: 401, message: 'x' } }, 'badCredentials', '401'],
		[
			'another meaning of 403',
			{ error: { code: 403, message: 'no credits: balance too low' } },
			'quotaExhausted',
		],
		[
			'a number beside its word',
			{ error: { code: 429, type: 'insufficient_quota' } },
			'quotaExhausted',
		],
		['a time-out', { error: { code: 504, message: 'x' } }, 'unknownOutcome'],
		['the top level', { code: 500, message: 'no', data: null }, 'temporary', '500'],
		[
			'the top level, Baidu',
			{ error_code: 18, error_msg: 'Open api qps request limit reached, rate limit' },
			'rateLimited',
		],
		['a text as the error', { error: '429 Too Many Requests' }, 'rateLimited'],
		['a sentence as the error', { error: 'The server is too busy' }, 'temporary'],
		['a list of errors', { errors: [{ code: 429, message: 'x' }] }, 'rateLimited', '429'],
		['an error in an error', { error: { message: 'x', error: { code: 503 } } }, 'temporary', '503'],
		[
			'what a gateway wraps',
			{ error: { message: 'x', metadata: { raw: '{"error":{"code":429}}' } } },
			'rateLimited',
		],
		[
			'JSON in the message',
			{ error: { message: '{"error":{"code":"insufficient_quota"}}' } },
			'quotaExhausted',
		],
		['JSON as the error', { error: '{"code":503,"message":"x"}' }, 'temporary'],
		['words of a status', { error: { message: 'upstream status code: 502' } }, 'temporary'],
		['Tencent', { Response: { Error: { Code: 'AuthFailure', Message: 'x' } } }, 'badCredentials'],
		['FastAPI', { detail: 'Unauthorized' }, 'badCredentials'],
		['Chinese', { error: { message: '账户余额不足，请充值' } }, 'quotaExhausted'],
		[
			'a choice',
			{
				choices: [
					{ finish_reason: 'error', message: { content: 'partial' }, error: { code: 502 } },
				],
			},
			'temporary',
			'502',
		],
		[
			'a choice that is out of money',
			{ choices: [{ error: { code: 402, message: 'x' } }] },
			'quotaExhausted',
			'402',
		],
		[
			'a choice’s words',
			{ choices: [{ error: 'overloaded', message: { content: 'x' } }] },
			'temporary',
		],
		[
			'an end alone',
			{ choices: [{ finish_reason: 'error', message: { content: 'partial' } }] },
			'temporary',
			'error',
		],
		[
			'Zhipu’s end',
			{ choices: [{ finish_reason: 'network_error', message: { content: 'x' } }] },
			'temporary',
		],
		[
			'DeepSeek’s end',
			{ choices: [{ finish_reason: 'insufficient_system_resource', message: {} }] },
			'temporary',
		],
		[
			'an error beside choices',
			{ choices: [{ message: { content: 'x' } }], error: { code: 500 } },
			'temporary',
			'500',
		],
		['words that nobody knows', { error: { message: 'x' } }, 'unclassified', 'HTTP 200'],
	] as Array<[string, unknown, string, string?]>)(
		'reads an error inside HTTP 200: %s',
		(...[, body, expected, code]) => {
			expect(classify(answer(200, body))).toMatchObject({
				class: expected,
				...(code !== undefined && { code }),
			});
		},
	);

	it.each([
		['an empty error', { choices: [{ message: { content: 'x' } }], error: {} }],
		['no error in words', { choices: [{ message: { content: 'x' } }], error: '', code: 0 }],
		['the code of a success', { choices: [{}], error: { code: 0, message: '' }, code: 200 }],
		['an answer about errors', { choices: [{ message: { content: 'error 429' }, error: null }] }],
	])('finds nothing wrong with %s beside an answer', (_, body) => {
		expect(classify(answer(200, body))).toBeUndefined();
	});

	it('does not read a page of a proxy, nor follow an error without end', () => {
		const page = '<html>Service unavailable: rate limit</html>';
		expect(classify(answer(403, page))).toMatchObject({ class: 'badCredentials' });
		let deep: object = { code: 429 };
		for (let depth = 0; depth < 50_000; depth++) deep = { error: deep };
		expect(classify(answer(200, deep))).toMatchObject({ class: 'unclassified' });
	});

	it('tells that a model wants to be asked for a stream, inside HTTP 200 too', () => {
		const failure = classify(
			answer(200, openAi('invalid_parameter_error', 'only stream is taken')),
		);
		expect(failure).toMatchObject({ class: 'badRequest' });
		expect(asksForStream(failure!)).toBe(true);
	});

	it('tells an empty balance from a wrong key, whatever the status', () => {
		const siliconFlow = {
			code: 30001,
			message: 'Sorry, your account balance is insufficient',
			data: null,
		};
		expect(classify(answer(403, siliconFlow))?.class).toBe('quotaExhausted');
		expect(classify(answer(403, { code: 30001 }))?.class).toBe('quotaExhausted');
		expect(classify(answer(403, { message: 'Your credit balance is too low' }))?.class).toBe(
			'quotaExhausted',
		);
		expect(classify(answer(401, openAi('', '余额不足')))?.class).toBe('quotaExhausted');
		expect(classify(answer(403, { code: 20001, message: 'no' }))?.class).toBe('badCredentials');
	});

	it.each([
		[
			'This model only support stream mode, please enable the stream parameter to access the model.',
		],
		['parameter.enable_thinking must be set to false for non-streaming calls'],
		['该模型仅支持流式调用'],
	])('says what to do where a model only streams: %s', (message) => {
		const refusal = classify(answer(400, openAi('invalid_parameter_error', message)))!;
		expect(refusal).toMatchObject({
			class: 'badRequest',
			cure: expect.stringContaining('Extra Body'),
		});
		expect(asksForStream(refusal)).toBe(true);
		expect(asksForStream(classify(answer(400, openAi('invalid_parameter')))!)).toBe(false);
	});

	it('reads Retry-After in seconds and as a date, against the answer’s own clock', () => {
		const wait = (headers: object) => classify(answer(429, {}, headers))?.retryAfterMs;
		expect(wait({ 'retry-after': '7' })).toBe(7000);
		const date = 'Sun, 22 Nov 2026 08:00:00 GMT';
		const later = 'Sun, 22 Nov 2026 08:00:30 GMT';
		expect(wait({ date, 'retry-after': later })).toBe(30_000);
		expect(wait({ 'retry-after': 'soon' })).toBeUndefined();
	});

	it('calls only what waiting can mend retryable', () => {
		expect(isRetryable('rateLimited')).toBe(true);
		expect(isRetryable('temporary')).toBe(true);
		for (const never of [
			'unknownOutcome',
			'quotaExhausted',
			'badCredentials',
			'tokenExpired',
		] as const) {
			expect(isRetryable(never)).toBe(false);
		}
	});
});
