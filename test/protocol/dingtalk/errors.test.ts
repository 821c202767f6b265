import { classify, classifyRobot, notSent } from '../../../protocol/dingtalk/errors';
import { isRetryable, type FailureClass } from '../../../protocol/errors';

const answer = (body: unknown, status = 200) => classify({ status, headers: {}, body });

test.each([
	['errcode 0', { errcode: 0, errmsg: 'ok' }],
	['errcode "0"', { errcode: '0' }],
	['no code', { processQueryKey: 'x' }],
])('An answer with %s is a success', (_, body) => expect(answer(body)).toBeUndefined());

test.each([
	['a page of a proxy', '<html>Sign in</html>'],
	['no body', ''],
	['nothing at all', undefined],
	['null', null],
	['a list', []],
])('An answer with %s is not DingTalk’s', (_, body) => {
	expect(answer(body)).toMatchObject({
		class: 'unclassified',
		code: 'HTTP 200',
		cure: expect.stringContaining('proxy'),
	});
});

test.each([
	['nothing', {}],
	['words of a gateway', { code: 500, msg: 'gateway blocked' }],
	['no errcode', { errmsg: 'ok' }],
])('A robot’s address that answers %s is not DingTalk’s', (_, body) => {
	const said = classifyRobot({ status: 200, headers: {}, body });
	expect(said).toMatchObject({ class: 'unclassified', cure: expect.stringContaining('proxy') });
	// The app’s messages have keys.
	expect(answer(body) ?? notSent(body)).toMatchObject({ class: 'unclassified' });
});

test('A success has what only DingTalk says, and its status', () => {
	expect(classifyRobot({ status: 200, headers: {}, body: { errcode: 0 } })).toBeUndefined();
	expect(notSent({ processQueryKey: 'x' })).toBeUndefined();
	expect(answer({ errcode: 0 }, 502)).toMatchObject({ class: 'temporary' });
	expect(answer({ code: 'ok', processQueryKey: 'x' })).toMatchObject({ class: 'unclassified' });
});

const LINK = 'link:请参考本接口对应文档查看获取具体要求;';
test.each([
	['keywords not in content', '关键词'],
	[`description:关键词不匹配;solution:请联系群管理员查看此机器人的关键词;${LINK}`, '关键词'],
	['invalid timestamp', 'clock'],
	['sign expired', 'clock'],
	[`description:机器人发送签名过期;solution:签名生成时间和发送时间请保持在以内;${LINK}`, 'clock'],
	['时间戳无效', 'clock'],
	['sign not match', 'SEC'],
	[`description:机器人发送签名不匹配;solution:请确认签名和生成签名的时间戳;${LINK}`, 'SEC'],
	['签名不匹配', 'SEC'],
	['ip 1.2.3.4 not in whitelist', 'address'],
	[`description:来源IP不在白名单;solution:请确认;${LINK}`, 'address'],
	['IP地址不在范围内', 'address'],
])('What the robot’s security says, %s, leads to its own cure', (errmsg, cure) => {
	const cures = ['关键词', 'clock', 'SEC', 'address'];
	const failure = answer({ errcode: 310000, errmsg })!;
	expect(cures.filter((word) => failure.cure.includes(word))).toEqual([cure]);
});

test('Unknown words of the robot’s security lead to a cure that names all causes', () => {
	const { cure } = answer({ errcode: 310000, errmsg: 'description:不允许;solution:x' })!;
	for (const cause of ['关键词', 'clock', '加签密钥', 'address']) expect(cure).toContain(cause);
});

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
