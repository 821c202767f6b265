import { isRetryable } from '../../../protocol/errors';
import { classify } from '../../../protocol/model/errors';

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
		['a refusal without an error', { code: 500, message: 'no', data: null }],
	])('takes %s inside HTTP 200 for no answer of a model', (_, body) => {
		expect(classify(answer(200, body))).toMatchObject({
			class: 'unclassified',
			cure: expect.stringContaining('Base URL'),
		});
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
