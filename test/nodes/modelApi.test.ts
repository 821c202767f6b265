import type { IDataObject } from 'n8n-workflow';
import { until } from '../sandbox/helpers';
import { bodyOf, useAnswering } from './answeringCase';

const { sandbox, control, run, calls } = useAnswering();

describe('Model API', () => {
	it('asks with the message’s text and adds the answer to the item', async () => {
		const { json } = await run(
			'modelApi',
			{ model: { mode: 'id', value: 'sandbox-chat' }, systemPrompt: 'Be kind.' },
			{ items: [{ text: 'Hi', messageId: 'm' }] },
		);
		expect(json[0]![0]).toMatchObject({
			messageId: 'm',
			answer: {
				text: 'Answer to: Hi',
				model: 'sandbox-chat',
				finishReason: 'stop',
				usage: { promptTokens: expect.any(Number) },
				at: expect.stringMatching(/^\d{4}-.*Z$/),
				tookMs: expect.any(Number),
			},
		});
		expect(bodyOf((await calls('chat'))[0]!)).toMatchObject({
			model: 'sandbox-chat',
			messages: [
				{ role: 'system', content: 'Be kind.' },
				{ role: 'user', content: 'Hi' },
			],
		});
	});

	it('asks its own question where it has one', async () => {
		const { json } = await run('modelApi', { question: 'Why?' }, { items: [{ text: 'Hi' }] });
		expect((json[0]![0]!.answer as IDataObject).text).toBe('Answer to: Why?');
	});

	it.each([
		['quotes something', { text: 'Hi', quote: { text: 'Q' }, chatInput: '> Q\n\nHi' }, '> Q\n\nHi'],
		['was stored before there was chatInput', { text: 'Hi' }, 'Hi'],
		[
			'quotes something and says nothing',
			{ text: '', quote: { text: 'Q' }, chatInput: '> Q' },
			'> Q',
		],
		['has a chatInput of the workflow’s own', { text: 'Hi', chatInput: 'Say hi.' }, 'Say hi.'],
		['has a number for a text', { text: 7 }, '7'],
	])('asks what the model should read of a message that %s', async (_, item, question) => {
		await run('modelApi', {}, { items: [item as IDataObject] });
		const [{ messages }] = (await calls('chat')).map(bodyOf) as [IDataObject];
		expect((messages as IDataObject[]).at(-1)).toEqual({ role: 'user', content: question });
	});

	it('takes the first model that an unknown server lists, and asks for the list once', async () => {
		await run('modelApi', {}, { items: Array.from({ length: 5 }, (_, n) => ({ text: `q${n}` })) });
		await run('modelApi', {}, { items: [{ text: 'later' }] });
		expect((await calls('models')).length).toBeLessThanOrEqual(1);
		expect(bodyOf((await calls('chat')).at(-1)!).model).toBe('sandbox-chat');
	});

	it('signs a token from key and secret', async () => {
		const { ZHIPU_ACCOUNT } = await import('../../sandbox/accounts');
		const clawBotModelApi = {
			provider: 'custom',
			baseUrl: `${sandbox.origin}/model/zhipu/v4`,
			apiKey: ZHIPU_ACCOUNT.id,
			apiSecret: ZHIPU_ACCOUNT.secret,
			authScheme: 'jwt',
		};
		const options = { items: [{ text: 'Hi' }], credentials: { clawBotModelApi } };
		const { json } = await run(
			'modelApi',
			{ model: { mode: 'id', value: 'sandbox-chat' } },
			options,
		);
		expect((json[0]![0]!.answer as IDataObject).text).toBe('Answer to: Hi');
	});

	it.each([
		[
			{ status: 401, body: { error: { code: 'invalid_api_key', message: 'no' } } },
			'badCredentials',
		],
		[
			{ status: 429, body: { error: { code: 'rate_limit_exceeded', message: 'no' } } },
			'rateLimited',
		],
		[{ status: 500, body: { error: { message: 'no' } } }, 'temporary'],
	])('says what failed, its class and the cure: %j', async (rule, failureClass) => {
		await control.put('/model', { rules: [{ contains: 'x', ...rule }] });
		const { error, status } = await run('modelApi', {}, { items: [{ text: 'x' }] });
		expect(status).toBe('error');
		expect(error!.context!.failure).toMatchObject({ class: failureClass });
		expect(error!.description).toBeTruthy();
	});

	it('gives up after its time', async () => {
		await control.put('/model', { delayMs: 5000 });
		const { error } = await run(
			'modelApi',
			{ options: { timeoutSeconds: 1 } },
			{ items: [{ text: 'x' }] },
		);
		expect(error!.context!.failure).toMatchObject({ class: 'unknownOutcome' });
		await until(async () => (await calls('chat')).length > 0);
	});

	it.each([
		['', 'There is no question'],
		['  ', 'There is no question'],
	])('asks nothing for %j', async (text, message) => {
		const { error } = await run('modelApi', {}, { items: [{ text }] });
		expect(error!.message).toContain(message);
		expect(await calls('chat')).toEqual([]);
	});

	it('says so where the model says nothing', async () => {
		const body = { choices: [{ message: { content: '' }, finish_reason: 'content_filter' }] };
		await control.put('/model', { rules: [{ contains: 'x', body }] });
		const { error } = await run('modelApi', {}, { items: [{ text: 'x' }] });
		expect(error!.message).toContain('The model gave no answer');
		expect(error!.description).toContain('content filter');
	});
});
