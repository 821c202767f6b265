import CryptoJS from 'crypto-js';
import { authorization } from '../../../protocol/model/auth';
import { baseUrlOf, providers } from '../../../protocol/model/providers';
import { chatBody, readAnswer, spokenAnswer } from '../../../protocol/model/request';

describe('A question', () => {
	const messages = [{ role: 'user' as const, content: 'hi' }];

	it('holds only what is set', () => {
		expect(chatBody({ model: 'm', messages }, false)).toEqual({
			model: 'm',
			messages,
			stream: false,
		});
		expect(chatBody({ model: 'm', messages, temperature: 0, maxTokens: 9 }, true)).toEqual({
			model: 'm',
			messages,
			temperature: 0,
			max_tokens: 9,
			stream: true,
		});
	});

	it('holds fields that only its provider knows, which count before the others', () => {
		const extraBody = { enable_thinking: false, temperature: 1, stream: true };
		expect(chatBody({ model: 'm', messages, temperature: 0, extraBody }, false)).toEqual({
			model: 'm',
			messages,
			temperature: 1,
			enable_thinking: false,
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
		['another field', { content: 'yes', reasoning: 'hm' }],
		['Ollama', { content: 'yes', thinking: 'hm' }],
		['two fields', { content: 'yes', reasoning: 'hm', reasoning_content: 'hm' }],
		['an answer between tags', { content: '<answer>yes</answer>', reasoning_content: 'hm' }],
		[
			'parts of OpenRouter',
			{ content: 'yes', reasoning_details: [{ type: 'reasoning.text', text: 'hm' }] },
		],
		[
			'a summary',
			{ content: 'yes', reasoning_details: [{ type: 'reasoning.summary', summary: 'hm' }] },
		],
		[
			'parts',
			{
				content: [
					{ type: 'thinking', thinking: 'hm' },
					{ type: 'text', text: 'yes' },
				],
			},
		],
		[
			'Mistral',
			{
				content: [
					{ type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] },
					{ type: 'text', text: 'yes' },
				],
			},
		],
		[
			'a part called reasoning',
			{
				content: [
					{ type: 'reasoning', text: 'hm' },
					{ type: 'text', text: 'yes' },
				],
			},
		],
		['Gemini', { content: [{ thought: true, text: 'hm' }, { text: 'yes' }] }],
		['tags', { content: '<think>hm</think>yes' }],
		['a part with tags', { content: [{ type: 'text', text: '<think>hm</think>yes' }] }],
	])('has its reasoning apart: %s', (_, message) => {
		expect(readAnswer({ choices: [{ message }] })).toMatchObject({ text: 'yes', reasoning: 'hm' });
	});

	it('may be a refusal', () => {
		const message = { content: null, refusal: 'I cannot help with that.' };
		expect(readAnswer({ choices: [{ message }] }).text).toBe('I cannot help with that.');
	});

	it.each([
		[
			'length',
			'Step 1: delete. Step 2: before that, make',
			'Step 1: delete. Step 2: before that, make\n\n(The answer was cut off here.)',
		],
		['max_tokens', 'Half', 'Half\n\n(The answer was cut off here.)'],
		['content_filter', 'Half', 'Half\n\n(The answer was cut off here.)'],
		['length', '第一步：删除', '第一步：删除\n\n（回答未完，到此中断。）'],
		['length', '手順1：削除する', '手順1：削除する\n\n(The answer was cut off here.)'],
		[
			'length',
			'See:\n```js\nlet a =',
			'See:\n```js\nlet a =\n```\n\n(The answer was cut off here.)',
		],
		['length', '~~~~\na', '~~~~\na\n~~~~\n\n(The answer was cut off here.)'],
		['stop', 'Whole.', 'Whole.'],
		['', 'Whole.', 'Whole.'],
		['length', '', ''],
	])('that ends with %s says so to people: %j', (finishReason, text, spoken) => {
		expect(spokenAnswer({ text, finishReason })).toBe(spoken);
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
		expect(authorization({ apiKey: ' sk-1 \n', authScheme: 'bearer' }, 0)).toEqual({
			Authorization: 'Bearer sk-1',
		});
	});

	it('keeps the secret and sends a token that it signs', () => {
		const credential = { apiKey: 'id', apiSecret: 'the-secret', authScheme: 'jwt' };
		const header = authorization(credential, 1000).Authorization!;
		const [head, payload, signature] = header.slice('Bearer '.length).split('.');
		const expected = CryptoJS.HmacSHA256(`${head}.${payload}`, 'the-secret');
		expect(signature).toBe(CryptoJS.enc.Base64url.stringify(expected));
		const claims = JSON.parse(Buffer.from(payload!, 'base64url').toString());
		expect(claims).toEqual({ api_key: 'id', timestamp: 1000, exp: 3_601_000 });
		expect(header).not.toContain('the-secret');
	});

	it('takes a key of the form id.secret and refuses one without a secret', () => {
		expect(authorization({ apiKey: 'id.s', authScheme: 'jwt' }, 0)).toHaveProperty('Authorization');
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
