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
		['https://host/v1/chat'],
		['https:\\/\\/host\\/v1'],
		['\\"https://host/v1\\"'],
		['https//host/v1'],
		['https:/host/v1'],
		['https;//host/v1'],
		['https://host/v1，谢谢'],
		['https://host/v1/embedding'],
		['https://host/v1/responses/abc'],
		['https://host/v1/chat/'],
		['https://host/v1/chat/completion'],
		['https://host/v1/chat-completions'],
		['https://host/v1/models/gpt-4o'],
		['https://host/v1/messages'],
		['https://host/v1/images/generations'],
		['https://host/v1/audio/transcriptions'],
		['https://host/v1/rerank'],
		['https://host/v1.'],
		['https://host/v1/chat/completions。'],
		['https://host/v1/…'],
		['https://host/v1/*'],
		['https://host/v1%20'],
		['https%3A%2F%2Fhost%2Fv1'],
		['https://host/v1%E2%80%8B'],
		['POST https://host/v1/chat/completions HTTP/1.1'],
		['curl https://host/v1/chat/completions -H "Content-Type: application/json"'],
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
		for (const whole of [
			'https://chat/v1',
			'https://host/chat',
			'https://host/api/v3/bots',
			'https://models/v1/mine',
			'https://host/v1/my-chat',
			'https://host/v1/accounts/a/deployments/chat',
			'https://host/a%20b/v1',
		]) {
			expect(baseUrlOf('custom', whole)).toBe(whole);
		}
	});

	it('may have parts between the version and the call', () => {
		expect(baseUrlOf('custom', 'https://host/api/v3/bots/chat')).toBe('https://host/api/v3/bots');
		const mine = 'https://host/v1/models/mine/chat/completions';
		expect(baseUrlOf('custom', mine)).toBe('https://host/v1/models/mine');
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
		['Token sk-1'],
		['Bearer\\u0020sk-1'],
		['Bearer&nbsp;sk-1'],
		['{"Authorization":"Bearer sk-1"}'],
		['{"api_key": "sk-1"}'],
		['OPENAI_API_KEY=sk-1 # mine'],
		['Access Token: sk-1'],
		['Secret Key: sk-1'],
		['set DEEPSEEK_API_KEY=sk-1'],
		['$env:API_KEY="sk-1"'],
		['token: sk-1'],
		['Authorization: Token sk-1'],
		['Authorization: Token token="sk-1"'],
		['ApiKey sk-1'],
		['Api-Key sk-1'],
		['Key sk-1'],
		['key: sk-1'],
		['x-api-key: sk-1'],
		["curl -H 'x-api-key: sk-1' https://host"],
		["--header 'Authorization: Token sk-1'"],
		['Bearer%20sk-1'],
		['Authorization%3A%20Bearer%20sk-1'],
		['Bearer+sk-1'],
		['Bearer=sk-1'],
		['Bearer <sk-1>'],
		['sk-1%0A'],
		['%22sk-1%22'],
		['sk-1\\n'],
		['密钥：sk-1'],
		['API 密钥: sk-1'],
		['令牌 sk-1'],
	])('%j', (apiKey) => {
		expect(authorization({ apiKey }, 0)).toEqual({ Authorization: 'Bearer sk-1' });
	});

	it.each([
		['bce-v3/ALTAK-x/y'],
		['id.secret'],
		['a_b-c=='],
		['token'],
		['bearer-1'],
		['key'],
		['token-1'],
		['key_1'],
		['a%2Fb+c'],
	])('stays as it is: %s', (key) => expect(pastedKey(key)).toBe(key));

	it('is left out where it is blank, and refused where it cannot be one', () => {
		for (const apiKey of ['', ' \u200b', '""', undefined]) {
			expect(authorization({ apiKey }, 0)).toEqual({});
		}
		for (const apiKey of ['sk-…', '密钥', 'sk-1\u0416']) {
			expect(() => authorization({ apiKey }, 0)).toThrow('API Key');
		}
	});
});
