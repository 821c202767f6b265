import CryptoJS from 'crypto-js';
import { authorization } from '../../../protocol/model/auth';
import { baseUrlOf, providers } from '../../../protocol/model/providers';
import { chatBody, readAnswer } from '../../../protocol/model/request';

describe('A question', () => {
	const messages = [{ role: 'user' as const, content: 'hi' }];

	it('holds only what is set', () => {
		expect(chatBody({ model: 'm', messages })).toEqual({ model: 'm', messages, stream: false });
		expect(chatBody({ model: 'm', messages, temperature: 0, maxTokens: 9 })).toEqual({
			model: 'm',
			messages,
			temperature: 0,
			max_tokens: 9,
			stream: false,
		});
	});
});

describe('An answer', () => {
	it('is read with its reasoning, end and usage', () => {
		expect(
			readAnswer({
				model: 'deepseek-reasoner',
				choices: [
					{ message: { content: ' yes \n', reasoning_content: 'hm' }, finish_reason: 'stop' },
				],
				usage: { prompt_tokens: 3, completion_tokens: 5 },
			}),
		).toEqual({
			text: 'yes',
			reasoning: 'hm',
			model: 'deepseek-reasoner',
			finishReason: 'stop',
			usage: { promptTokens: 3, completionTokens: 5 },
		});
	});

	it('may come in parts', () => {
		const content = [{ type: 'text', text: 'a' }, { type: 'image' }, { type: 'text', text: 'b' }];
		expect(readAnswer({ choices: [{ message: { content } }] }).text).toBe('ab');
	});

	it.each([
		[undefined],
		[{}],
		[{ choices: [] }],
		[{ choices: [{}] }],
		['text'],
		[{ choices: null }],
	])('is empty where there is none: %j', (body) => {
		expect(readAnswer(body).text).toBe('');
	});
});

describe('Authorization', () => {
	it('sends a key as it is, without the blanks of copy and paste', () => {
		expect(authorization({ apiKey: ' sk-1 \n', authScheme: 'bearer' }, 0)).toBe('Bearer sk-1');
	});

	it('keeps the secret and sends a token that it signs', () => {
		const header = authorization(
			{ apiKey: 'id', apiSecret: 'the-secret', authScheme: 'jwt' },
			1000,
		);
		const [head, payload, signature] = header.slice('Bearer '.length).split('.');
		const expected = CryptoJS.HmacSHA256(`${head}.${payload}`, 'the-secret');
		expect(signature).toBe(CryptoJS.enc.Base64url.stringify(expected));
		const claims = JSON.parse(Buffer.from(payload!, 'base64url').toString());
		expect(claims).toEqual({ api_key: 'id', timestamp: 1000, exp: 3_601_000 });
		expect(header).not.toContain('the-secret');
	});

	it('takes a key of the form id.secret and refuses one without a secret', () => {
		expect(authorization({ apiKey: 'id.s', authScheme: 'jwt' }, 0)).toContain('Bearer ');
		for (const apiKey of ['id', 'id.', '.s']) {
			expect(() => authorization({ apiKey, authScheme: 'jwt' }, 0)).toThrow('no secret');
		}
	});
});

describe('Providers', () => {
	it('have an address each, and a credential’s own address counts first', () => {
		for (const { id, baseUrl } of providers) expect(baseUrlOf(id, '')).toBe(baseUrl);
		expect(baseUrlOf('deepseek', 'https://proxy.example/v1//')).toBe('https://proxy.example/v1');
		expect(() => baseUrlOf('custom', ' ')).toThrow('Fill in Base URL');
	});

	it('are told apart and reached over TLS', () => {
		expect(new Set(providers.map(({ id }) => id)).size).toBe(providers.length);
		for (const { baseUrl } of providers) expect(baseUrl).toMatch(/^https:\/\/[^/]+\/.*[^/]$/);
	});
});
