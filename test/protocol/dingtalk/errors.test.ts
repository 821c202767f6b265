import { classify } from '../../../protocol/dingtalk/errors';
import { isRetryable, type FailureClass } from '../../../protocol/errors';

const answer = (body: unknown, status = 200) => classify({ status, headers: {}, body });

test.each([
	['errcode 0', { errcode: 0, errmsg: 'ok' }],
	['errcode "0"', { errcode: '0' }],
	['no code', { processQueryKey: 'x' }],
	['no body', ''],
])('An answer with %s is a success', (_, body) => expect(answer(body)).toBeUndefined());

const oldApi: Array<[number | string, string, FailureClass]> = [
	[-1, 'system busy', 'temporary'],
	[42001, 'access_token expired', 'tokenExpired'],
	[40014, 'invalid access_token', 'tokenExpired'],
	[40035, 'bad parameter', 'badRequest'],
	[60011, 'no permission', 'permissionDenied'],
	[60020, 'ip not in whitelist', 'permissionDenied'],
	[90018, 'qps', 'rateLimited'],
	[90002, 'too fast', 'rateLimited'],
	[90030, 'quota', 'quotaExhausted'],
	[130101, 'send too fast', 'rateLimited'],
	[300001, 'token is not exist', 'targetGone'],
	[400101, 'robot gone', 'targetGone'],
	[430101, 'blocked', 'contentRejected'],
	[310000, 'keywords not in content', 'contentRejected'],
	[310000, 'invalid timestamp', 'badCredentials'],
	[310000, 'sign not match', 'badCredentials'],
	[310000, 'ip 1.2.3.4 not in whitelist', 'permissionDenied'],
	[987654, 'nobody knows', 'unclassified'],
];
test.each(oldApi)('Code %p (%s) within HTTP 200 is %s', (errcode, errmsg, failureClass) => {
	const failure = answer({ errcode, errmsg });
	expect(failure).toMatchObject({ class: failureClass, code: String(errcode), message: errmsg });
	expect(failure!.cure).not.toBe('');
});

test('A wrapped code is the one inside', () => {
	const body = { errcode: 88, sub_code: '40014', sub_msg: 'invalid access_token', errmsg: 'ding' };
	expect(answer(body)).toMatchObject({ class: 'tokenExpired', code: '40014' });
});

const newApi: Array<[number, string, FailureClass]> = [
	[400, 'InvalidAuthentication', 'tokenExpired'],
	[400, 'invalidClientIdOrSecret', 'badCredentials'],
	[403, 'Forbidden.AccessDenied.AccessTokenPermissionDenied', 'permissionDenied'],
	[403, 'Forbidden.AccessDenied.QpsLimitForApi', 'rateLimited'],
	[400, 'staffId.notExisted', 'targetGone'],
	[400, 'batch.toolarge', 'tooLong'],
	[503, 'ServiceUnavailable', 'temporary'],
	[500, 'something.new', 'temporary'],
];
test.each(newApi)('HTTP %p %s is %s', (status, code, failureClass) => {
	expect(answer({ code, message: 'm' }, status)).toMatchObject({ class: failureClass, code });
});

test('A bare 401 means the token, and a blocked address waits five minutes', () => {
	expect(answer('', 401)).toMatchObject({ class: 'tokenExpired' });
	expect(answer({ punish: 'deny', status: 1111 })).toMatchObject({
		class: 'rateLimited',
		retryAfterMs: 300_000,
	});
});

test('Only what can work later is tried again', () => {
	const retried = oldApi.filter(([, , failureClass]) => isRetryable(failureClass));
	expect([...new Set(retried.map(([, , name]) => name))].sort()).toEqual([
		'rateLimited',
		'temporary',
	]);
});
