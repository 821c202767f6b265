import {
	beginRequest,
	initRequest,
	pollRequest,
	readBegun,
	readNonce,
	readPolled,
	registrationDefaults as settings,
} from '../../../protocol/dingtalk/registration';
import { ok } from '../registrations';

/* As https://open.dingtalk.com/document/development/creat-dingtalk-application-scan-process has it. */

test('A code costs two requests, and each question one', () => {
	const headers = { 'content-type': 'application/json' };
	const url = 'https://oapi.dingtalk.com/app/registration';
	const question = { deviceCode: 'd"1' };
	expect([
		initRequest(settings),
		initRequest({ ...settings, source: 'A', registrationUrl: 'http://127.0.0.1:9000/' }),
		beginRequest(settings, 'n"1'),
		pollRequest(settings, question),
	]).toEqual([
		{ method: 'POST', url: `${url}/init`, headers, body: '{}' },
		{
			method: 'POST',
			url: 'http://127.0.0.1:9000/app/registration/init',
			headers,
			body: '{"source":"A"}',
		},
		{ method: 'POST', url: `${url}/begin`, headers, body: '{"nonce":"n\\"1"}' },
		{ method: 'POST', url: `${url}/poll`, headers, body: '{"device_code":"d\\"1"}' },
	]);
});

test('A nonce is read; DingTalk’s own words are kept where there is none', () => {
	expect(readNonce(ok({ errcode: 0, errmsg: 'ok', nonce: 'nr_1', expires_in: 300 }))).toBe('nr_1');
	expect(() => readNonce(ok({ errcode: 0 }))).toThrow('No code to scan: unreadable');
	expect(() => readNonce(ok({ errcode: 40_035, errmsg: '不合法的参数' }))).toThrow(
		'No code to scan: refused (不合法的参数 (40035))',
	);
	expect(() => readNonce(ok({ nonce: 'nr_1' }))).toThrow('refused ((no errcode))');
	expect(() => readBegun(ok({ errcode: 1, errmsg: 'used' }), settings)).toThrow('used (1)');
});

test.each([
	[{ errcode: 0, status: 'WAITING' }, { status: 'waiting' }],
	[{ errcode: 0, status: 'SCANNED' }, { status: 'waiting' }],
	[
		{ errcode: 0, status: 'FAIL', fail_reason: '用户拒绝授权' },
		{ status: 'failed', reason: '用户拒绝授权', mayPass: true },
	],
	[
		{ errcode: 0, status: 'EXPIRED' },
		{ status: 'expired', mayPass: true },
	],
	[
		{ errcode: -1, errmsg: '系统繁忙', status: 'SUCCESS' },
		{ status: 'failed', reason: '系统繁忙 (-1)', mayPass: true },
	],
	[
		{ errcode: 0, status: 'SUCCESS', client_id: 'ding1' },
		{ status: 'failed', reason: 'the answer has no credentials', mayPass: true },
	],
])('%j is %j', (body, answer) => {
	expect(readPolled(ok(body), settings)).toEqual(answer);
});
