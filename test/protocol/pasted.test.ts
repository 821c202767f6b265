import { authorization } from '../../protocol/model/auth';
import { baseUrlOf } from '../../protocol/model/providers';
import { pastedKey, pastedUrl, urlBelow } from '../../protocol/pasted';

describe('An address as people paste it', () => {
	it.each([
		['https://host/v1'],
		['https://host/v1/'],
		['https://host/v1//'],
		['https://host/v1/chat/completions'],
		['https://host/v1/chat/completions/'],
		['https://host/v1/completions'],
		['https://host/v1/models'],
		['https://host/v1/CHAT/Completions'],
		['https://host/v1/chat/completions/chat/completions'],
		['https://host/v1\u200b'],
		['\ufeffhttps://host/v1'],
		['https://ho\u00adst/v1'],
		['https://host/\nv1'],
		['\thttps://host/v1 \r\n'],
		['\u00a0https://host/v1\u3000'],
		['"https://host/v1"'],
		["'https://host/v1',"],
		['`https://host/v1`'],
		['“https://host/v1”'],
		['<https://host/v1>'],
		['[host](https://host/v1)'],
		['base_url=https://host/v1'],
		['OPENAI_BASE_URL="https://host/v1"'],
		['Base URL: https://host/v1'],
		['curl https://host/v1/chat/completions'],
		['host/v1'],
		['https://https://host/v1'],
		['https：//host/v1'],
		['https://host/v1#quickstart'],
	])('%j', (pasted) => {
		expect(baseUrlOf('custom', pasted)).toBe('https://host/v1');
	});

	it('has no scheme on a machine of one’s own', () => {
		expect(pastedUrl('localhost:11434/v1')).toBe('http://localhost:11434/v1');
		expect(pastedUrl('192.168.1.7:8000')).toBe('http://192.168.1.7:8000');
		expect(pastedUrl('http://localhost/')).toBe('http://localhost');
	});

	it('keeps what belongs to it', () => {
		const azure = 'https://x.azure.com/openai/deployments/chat?api-version=2024';
		const base = baseUrlOf('custom', azure.replace('?', '/chat/completions?'));
		expect(urlBelow(base, '/chat/completions')).toBe(azure.replace('?', '/chat/completions?'));
		expect(pastedUrl('wss://openws.work.weixin.qq.com')).toBe('wss://openws.work.weixin.qq.com');
		expect(baseUrlOf('custom', 'https://chat/v1')).toBe('https://chat/v1');
	});

	it.each([[''], [' \u200b\n'], ['""']])('is its provider’s where it is blank: %j', (pasted) => {
		expect(baseUrlOf('moonshot', pasted)).toBe('https://api.moonshot.cn/v1');
		expect(() => baseUrlOf('custom', pasted)).toThrow('Base URL');
	});
});

describe('A key as people paste it', () => {
	it.each([
		['sk-1'],
		[' sk-1\n'],
		['Bearer sk-1'],
		['bearer  sk-1'],
		['Bearer: sk-1'],
		['Bearer Bearer sk-1'],
		['Authorization: Bearer sk-1'],
		['-H "Authorization: Bearer sk-1" -d'],
		['"Authorization": "Bearer sk-1"'],
		['"sk-1"'],
		["'sk-1',"],
		['“sk-1”'],
		['`sk-1`'],
		['sk-\n1'],
		['Authorization: Bearer sk-\n1'],
		['sk-\r\n  1'],
		['\ufeffsk-1\u200b'],
		['sk-\u00ad1'],
		['\u00a0sk-1\u3000'],
		['api_key=sk-1'],
		['API Key: sk-1'],
		['API Key：sk-1'],
		['export DEEPSEEK_API_KEY="sk-1"'],
		['"api_key": "sk-1",'],
	])('%j', (apiKey) => {
		expect(authorization({ apiKey }, 0)).toEqual({ Authorization: 'Bearer sk-1' });
	});

	it.each([['bce-v3/ALTAK-x/y'], ['id.secret'], ['a_b-c=='], ['token'], ['bearer-1']])(
		'stays as it is: %s',
		(key) => expect(pastedKey(key)).toBe(key),
	);

	it('is left out where it is blank, and refused where it cannot be one', () => {
		for (const apiKey of ['', ' \u200b', '""', undefined]) {
			expect(authorization({ apiKey }, 0)).toEqual({});
		}
		for (const apiKey of ['sk-…', '密钥', 'sk-1\u0416']) {
			expect(() => authorization({ apiKey }, 0)).toThrow('API Key');
		}
	});
});
