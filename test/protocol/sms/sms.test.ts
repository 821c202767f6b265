import fc from 'fast-check';
import { BadSms, MAX_VARIABLE_LENGTH, fitVariable, smsQuery } from '../../../protocol/sms/message';
import { classify } from '../../../protocol/sms/errors';
import { signCall } from '../../../protocol/sms/sign';
import { canonicalRequest, sign } from '../../../sandbox/sms';

describe('the signature', () => {
	/** From Alibaba Cloud's documentation, V3 版本请求体&签名机制, 固定参数示例. */
	const documented = {
		method: 'POST' as const,
		host: 'ecs.cn-shanghai.aliyuncs.com',
		action: 'RunInstances',
		version: '2014-05-26',
		query: {
			RegionId: 'cn-shanghai',
			ImageId: 'win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd',
		},
		date: '2023-10-26T10:22:32Z',
		nonce: '3156853299f313e23d1673dc12e1703d',
	};
	const keys = { accessKeyId: 'YourAccessKeyId', accessKeySecret: 'YourAccessKeySecret' };
	const known = '06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0';

	it('is the documented one', () => {
		const { query, headers } = signCall(documented, keys);
		expect(query).toBe(
			'ImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd&RegionId=cn-shanghai',
		);
		expect(headers.authorization).toBe(
			`ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,Signature=${known}`,
		);
	});

	it('is the documented one on the gateway’s side too', () => {
		const { query, headers } = signCall(documented, keys);
		const call = {
			method: 'POST',
			query: new URLSearchParams(query),
			headers: { host: documented.host, ...headers },
		};
		expect(sign(canonicalRequest(call, Buffer.alloc(0)), keys.accessKeySecret)).toBe(known);
	});

	it('is the same on both sides for any text', () => {
		const names = fc.stringMatching(/^[A-Za-z][A-Za-z0-9]{0,9}$/);
		const parameters = fc.dictionary(names, fc.string({ unit: 'grapheme' }));
		fc.assert(
			fc.property(parameters, (values) => {
				const query = { ...values, Text: "空格 + * ~ ! ' ( ) / ? & = %" };
				const signed = signCall({ ...documented, query }, keys);
				const call = {
					method: 'POST',
					query: new URLSearchParams(signed.query),
					headers: { host: documented.host, ...signed.headers },
				};
				const expected = sign(canonicalRequest(call, Buffer.alloc(0)), keys.accessKeySecret);
				expect(signed.headers.authorization).toMatch(new RegExp(`Signature=${expected}$`));
			}),
		);
	});
});

describe('a message', () => {
	const message = {
		phoneNumbers: '13800138000，+8613900139000; 13700137000',
		signName: ' 某公司 ',
		templateCode: 'SMS_1',
		variables: { title: 'CPU 91% > 85%' },
	};

	it('becomes the parameters of SendSms', () => {
		expect(smsQuery(message)).toEqual({
			PhoneNumbers: '13800138000,13900139000,13700137000',
			SignName: '某公司',
			TemplateCode: 'SMS_1',
			TemplateParam: '{"title":"CPU 91% > 85%"}',
		});
		expect(smsQuery({ ...message, variables: {} })).not.toHaveProperty('TemplateParam');
	});

	it.each([
		[{ phoneNumbers: ' , ' }, 'no phone number'],
		[{ phoneNumbers: '13800138000, Li-Qiang' }, 'Phone number 2 of 2'],
		[{ phoneNumbers: Array(101).fill('13800138000').join() }, 'at most 100'],
		[{ signName: ' ' }, '短信签名'],
		[{ templateCode: '' }, '模板'],
	])('that lacks something is not sent: %j', (fields, words) => {
		expect(() => smsQuery({ ...message, ...fields })).toThrow(words);
		expect(() => smsQuery({ ...message, ...fields })).toThrow(BadSms);
	});
});

describe('a variable', () => {
	it.each([
		['web-1 (10.0.0.5:9100): CPU 91.5%', 'web-1 (10·0·0·5:9100): CPU 91.5%'],
		['see https://n8n.example.com/alerts', 'see n8n·example·com/alerts'],
		['one\n\ntwo【x】', 'one two x'],
		['', '-'],
		[' \n', '-'],
		['好'.repeat(40), `${'好'.repeat(34)}…`],
		['a'.repeat(100_000), `${'a'.repeat(34)}…`],
	])('%j becomes %j', (text, expected) => {
		expect(fitVariable(text)).toBe(expected);
	});

	it('never is longer than the gateway takes, or empty', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'grapheme', maxLength: 100 }), (text) => {
				const { length } = [...fitVariable(text)];
				expect(length).toBeGreaterThan(0);
				expect(length).toBeLessThanOrEqual(MAX_VARIABLE_LENGTH);
			}),
		);
	});
});

describe('an answer', () => {
	it.each([
		[200, { Code: 'OK' }, undefined],
		[200, { Code: 'isv.BUSINESS_LIMIT_CONTROL' }, 'quotaExhausted'],
		[200, { Code: 'isv.AMOUNT_NOT_ENOUGH' }, 'quotaExhausted'],
		[200, { Code: 'isv.SMS_TEMPLATE_ILLEGAL' }, 'badRequest'],
		[404, { Code: 'InvalidAccessKeyId.NotFound' }, 'badCredentials'],
		[400, { Code: 'SignatureDoesNotMatch' }, 'badCredentials'],
		[503, { Code: 'ServiceUnavailable' }, 'temporary'],
		[502, '<html>', 'temporary'],
		[200, '<html>', 'unclassified'],
		[500, { Code: 'OK' }, 'temporary'],
		[200, { Code: 'toString' }, 'unclassified'],
	])('%i %j is %s', (status, body, expected) => {
		expect(classify({ status, headers: {}, body })?.class).toBe(expected);
	});
});
