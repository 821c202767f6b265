import {
	beginRequest,
	pollRequest,
	readBegun,
	readPolled,
	registrationDefaults as settings,
} from '../../../protocol/wecom/registration';
import { ok } from '../registrations';

test('Codes and questions are in the query', () => {
	const url = 'https://work.weixin.qq.com/ai/qc';
	expect([
		beginRequest({ ...settings, source: 'a&b' }),
		pollRequest(settings, { deviceCode: 'd&1' }),
	]).toEqual([
		{ method: 'GET', url: `${url}/generate?source=a%26b&plat=0`, headers: {} },
		{ method: 'GET', url: `${url}/query_result?scode=d%261`, headers: {} },
	]);
});

test('A refusal keeps WeCom’s own words', () => {
	expect(() => readBegun(ok({ errcode: 40_058, errmsg: 'invalid source' }), settings)).toThrow(
		'No code to scan: refused (invalid source (40058))',
	);
	expect(() => readBegun(ok({ errcode: 0, data: {} }), settings)).toThrow('unreadable');
});

const bot_info = { botid: 'aib1', secret: 'S-1' };

test.each([
	[200, { data: { status: 'wait' } }, { status: 'waiting' }],
	[200, { data: { status: 'scanned', bot_info } }, { status: 'waiting' }],
	[200, { data: null }, { status: 'waiting' }],
	[200, {}, { status: 'waiting' }],
	[404, { data: { status: 'success', bot_info } }, { status: 'unreachable', reason: 'HTTP 404' }],
	[
		200,
		{ errcode: 40_058, errmsg: 'invalid scode' },
		{ status: 'failed', reason: 'invalid scode (40058)', mayPass: true },
	],
	[200, { errcode: 0, data: { status: 'init' } }, { status: 'waiting' }],
	[
		200,
		{ data: { status: 'success' } },
		{ status: 'failed', reason: 'the answer has no credentials', mayPass: true },
	],
])('%i with %j is %j', (status, body, answer) => {
	expect(readPolled({ status, body }, settings)).toMatchObject(answer);
});
