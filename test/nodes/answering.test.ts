import type { IDataObject } from 'n8n-workflow';
import { runWorkflow, type Credentials, type RunOptions } from '../harness';
import { until, useSandbox } from '../sandbox/helpers';
import { askedIn, type Said } from './asked';
import { AiReply } from '../../nodes/AiReply/AiReply.node';

// Model API, AI Reply and Bot Reply in n8n's engine, with the sandbox as the platforms and the model.

const { sandbox, control } = useSandbox();
let credentials: Credentials;

beforeAll(() => {
	const { clawBotModelApi, dingTalkAppApi, feishuAppApi, weComAppApi } = sandbox.world.accounts;
	credentials = { clawBotModelApi, dingTalkAppApi, feishuAppApi, weComAppApi } as Credentials;
});

const asked = async (platform: Said['platform'], text: string, from?: string) =>
	await askedIn(sandbox, control, { platform, text, from });

async function run(
	type: string,
	parameters: IDataObject,
	options: RunOptions & { onError?: string } = {},
) {
	const { onError, ...rest } = options;
	const node = {
		type,
		parameters: { options: {}, ...parameters } as never,
		onError: onError as never,
	};
	const nodes = [{ type: 'dingTalkTrigger' }, node];
	const result = await runWorkflow(nodes, { credentials, ...rest });
	const lists = Object.entries(result.outputs).at(-1)![1];
	return { ...result, json: lists.map((list) => list.map((item) => item.json)) };
}

const seenBy = async (messageId: unknown): Promise<IDataObject[]> =>
	await control.get(`/answers?messageId=${encodeURIComponent(String(messageId))}`);
const calls = async (kind: string): Promise<IDataObject[]> =>
	(await control.get(`/ledger?platform=model&kind=${kind}`)).entries;
const bodyOf = (entry: IDataObject): IDataObject =>
	JSON.parse(String((entry.request as IDataObject).body));

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

describe('AI Reply', () => {
	it('answers each message on its own platform', async () => {
		const items = [
			await asked('dingtalk', 'one'),
			await asked('feishu', 'two'),
			await asked('wecom', 'three'),
		];
		const { json } = await run('aiReply', { format: 'text' }, { items });
		expect(json[0]).toHaveLength(3);
		for (const [index, text] of ['one', 'two', 'three'].entries()) {
			expect(await seenBy(items[index]!.messageId)).toMatchObject([{ text: `Answer to: ${text}` }]);
			expect(json[0]![index]).toMatchObject({
				text,
				answer: { text: `Answer to: ${text}` },
				delivery: { parts: 1 },
			});
		}
	});

	it('lets a failed message leave by the error output with its envelope, and answers the others', async () => {
		await control.put('/model', { rules: [{ contains: 'bad', status: 500 }] });
		const items = [await asked('feishu', 'good', 'Ann'), await asked('feishu', 'bad', 'Bo')];
		const { json } = await run(
			'aiReply',
			{ format: 'text' },
			{ items, onError: 'continueErrorOutput' },
		);
		expect(json[0]!.map(({ text }) => text)).toEqual(['good']);
		expect(json[1]).toEqual([
			expect.objectContaining({
				text: 'bad',
				replyTo: items[1]!.replyTo,
				error: expect.objectContaining({ class: 'temporary', cure: expect.any(String) }),
			}),
		]);
	});

	it.each([
		['as the trigger gave it', undefined, '> Q\n\nHi'],
		['where a node has changed the text', ['text', 'Bonjour'], '> Q\n\nBonjour'],
		['where a node has cut the text', ['text', 'i'], '> Q\n\ni'],
		['where a node has changed what the model reads', ['chatInput', 'Say hi.'], 'Say hi.'],
	])('asks with the quote, %s', async (_, change, question) => {
		const message = await asked('feishu', 'Hi');
		const item: IDataObject = { ...message, quote: { text: 'Q' }, chatInput: '> Q\n\nHi' };
		const set = {
			type: 'n8n-nodes-base.set',
			typeVersion: 3.4,
			parameters: {
				mode: 'raw',
				jsonOutput: JSON.stringify(change ? { [change[0]!]: change[1] } : {}),
				includeOtherFields: true,
				options: {},
			},
		};
		const nodes = [
			{ type: 'dingTalkTrigger' },
			set,
			{ type: 'aiReply', parameters: { options: {} } },
		];
		await runWorkflow(nodes as never, { items: [item], credentials });
		expect(await seenBy(item.messageId)).toMatchObject([
			{ text: expect.stringContaining(question.split('\n').at(-1)!) },
		]);
		const { messages } = bodyOf((await calls('chat'))[0]!);
		expect((messages as IDataObject[]).at(-1)!.content).toBe(question);
	});

	it('does not wait for a slow answer with the others', async () => {
		await control.put('/model', { rules: [{ contains: 'slow', delayMs: 1500 }] });
		const items = [await asked('feishu', 'slow', 'Ann'), await asked('feishu', 'quick', 'Bo')];
		const running = run('aiReply', { format: 'text' }, { items });
		while ((await seenBy(items[1]!.messageId)).length === 0)
			await new Promise((r) => setTimeout(r, 20));
		expect(await seenBy(items[0]!.messageId)).toEqual([]);
		await running;
		expect(await seenBy(items[0]!.messageId)).toHaveLength(1);
	});

	it('keeps to the number of simultaneous questions', async () => {
		await control.put('/model', { delayMs: 100 });
		const items = await Promise.all(
			Array.from({ length: 6 }, async (_, n) => await asked('dingtalk', `q${n}`, `user${n}`)),
		);
		await run('aiReply', { format: 'text', options: { concurrency: 2 } }, { items });
		const spans = (await calls('chat')).map(({ at, ms }) => [
			Date.parse(String(at)),
			Date.parse(String(at)) + Number(ms),
		]);
		const most = Math.max(
			...spans.map(
				([begin]) => spans.filter(([from, to]) => from! <= begin! && begin! < to!).length,
			),
		);
		expect(most).toBeLessThanOrEqual(2);
	});

	it('names the credential that a platform lacks', async () => {
		const { error } = await run(
			'aiReply',
			{ format: 'text' },
			{
				items: [await asked('feishu', 'x')],
				credentials: { clawBotModelApi: credentials.clawBotModelApi! },
			},
		);
		expect(error!.message).toMatch(/Feishu|feishuAppApi/);
	});

	it('offers the provider’s models', async () => {
		const context = {
			getCredentials: async () => credentials.clawBotModelApi,
			getNode: () => ({
				name: 'AI Reply',
				type: 'x',
				typeVersion: 1,
				parameters: {},
				position: [0, 0],
				id: '1',
			}),
			helpers: {
				httpRequest: async (options: { url: string; headers: Record<string, string> }) => {
					const response = await fetch(options.url, { headers: options.headers });
					return { statusCode: response.status, headers: {}, body: await response.json() };
				},
			},
		};
		const { searchModels } = new AiReply().methods.listSearch;
		const names = async (filter?: string) =>
			(await searchModels.call(context as never, filter)).results.map(({ value }) => value);
		expect(await names()).toEqual(['sandbox-chat', 'sandbox-reasoner']);
		expect(await names('REASON')).toEqual(['sandbox-reasoner']);
	});
});

describe('A repeated run', () => {
	const uuids = async (): Promise<unknown[]> =>
		(await control.get('/ledger?platform=feishu&direction=in&kind=reply')).entries.map(
			(entry: IDataObject) => bodyOf(entry).uuid,
		);

	it('of AI Reply is the same answer to the platform, whatever the model says then', async () => {
		const items = [await asked('feishu', 'again')];
		// Manual runs remember nothing, like a process that has just started.
		await run('aiReply', { format: 'text' }, { items, mode: 'manual' });
		await control.put('/model', { rules: [{ contains: 'again', answer: 'Other words' }] });
		// As n8n tries the node again: the execution is the same.
		await run('aiReply', { format: 'text' }, { items, mode: 'manual' });
		expect(await calls('chat')).toHaveLength(2);
		expect(new Set(await uuids()).size).toBe(1);
		expect(await seenBy(items[0]!.messageId)).toHaveLength(1);
	});

	it.each([
		['aiReply', { format: 'text' }],
		['botReply', { format: 'text', text: 'one' }],
		['feishu', { resource: 'message', operation: 'reply', format: 'text', text: 'one' }],
	])('by hand, with pinned data, is shown each time: %s', async (type, parameters) => {
		const items = [await asked('feishu', 'again')];
		for (const executionId of ['8', '9']) {
			await run(type, parameters, { items, mode: 'manual', executionId });
		}
		expect(await seenBy(items[0]!.messageId)).toHaveLength(2);
	});

	it('of Bot Reply with another text is another answer (control)', async () => {
		const items = [await asked('feishu', 'again')];
		await run('botReply', { format: 'text', text: 'one' }, { items });
		await run('botReply', { format: 'text', text: 'two' }, { items });
		expect(new Set(await uuids()).size).toBe(2);
	});
});

describe('Bot Reply', () => {
	it('is sent once where the platform takes it and does not answer in time', async () => {
		const items = [await asked('feishu', 'x')];
		await control.post('/faults', {
			service: 'feishu',
			pathContains: '/reply',
			times: 1,
			after: true,
			cut: true,
		});
		const { json, status } = await run('botReply', { format: 'text', text: 'Once' }, { items });
		expect(status).toBe('success');
		expect(json[0]![0]!.delivery).toMatchObject({ parts: 1 });
		expect(await seenBy(items[0]!.messageId)).toHaveLength(1);
	});

	it('fails where DingTalk reaches nobody', async () => {
		const replyTo = {
			platform: 'dingtalk',
			messageId: 'm',
			conversationId: 'c',
			conversationType: 'direct',
			userId: 'nobody-known',
		};
		const { error } = await run(
			'botReply',
			{ format: 'text', text: 'x' },
			{ items: [{ messageId: 'm', replyTo }] },
		);
		expect(error!.context!.failure).toMatchObject({ class: 'targetGone' });
	});

	it('says its own text on every platform', async () => {
		const items = [
			await asked('dingtalk', 'a'),
			await asked('feishu', 'b'),
			await asked('wecom', 'c'),
		];
		await run('botReply', { format: 'text', text: '你好' }, { items });
		for (const { messageId } of items)
			expect(await seenBy(messageId)).toMatchObject([{ text: '你好' }]);
	});

	it('says the answer of a Model API node before it, without an expression', async () => {
		const items = [await asked('dingtalk', 'what?')];
		const nodes = [
			{ type: 'dingTalkTrigger' },
			{ type: 'modelApi', parameters: { options: {} } },
			{ type: 'botReply', parameters: { format: 'text', text: '', options: {} } },
		];
		await runWorkflow(nodes as never, { items, credentials });
		expect(await seenBy(items[0]!.messageId)).toMatchObject([{ text: 'Answer to: what?' }]);
	});

	it.each([
		['an agent’s output', '', { output: 'from the agent' }, 'from the agent'],
		['a model’s answer before that', '', { output: 'agent', answer: { text: 'model' } }, 'model'],
		['its own text before either', 'own', { output: 'agent', answer: { text: 'model' } }, 'own'],
		['an agent’s output without its reasoning', '', { output: '<think>Hm.</think>\n\nYes' }, 'Yes'],
		[
			'an agent’s output in parts',
			'',
			{
				output: [
					{ type: 'thinking', thinking: 'Hm.' },
					{ type: 'text', text: 'Yes' },
				],
			},
			'Yes',
		],
		['an answer that was put there', '', { answer: { text: '<think>Hm.</think>Yes' } }, 'Yes'],
		['an expression’s text without it', '={{ $json.said }}', { said: 'Hm.\n</think>\nYes' }, 'Yes'],
		[
			'an expression’s text as it is',
			'={{ $json.said }}',
			{ said: ' `</think>` ' },
			' `</think>` ',
		],
		['an author’s text as it is', '<think>x</think>', {}, '<think>x</think>'],
		['an empty answer’s output', '', { output: 'agent', answer: { finishReason: 'x' } }, 'agent'],
	])('says %s', async (_, text, said, expected) => {
		const item = await asked('dingtalk', 'what?');
		await run('botReply', { format: 'text', text }, { items: [{ ...item, ...said }] });
		expect(await seenBy(item.messageId)).toMatchObject([{ text: expected }]);
	});

	it('says nothing where an agent’s output is no text', async () => {
		const said = await asked('dingtalk', 'what?');
		const item: IDataObject = { ...said, output: { parsed: true } };
		const { error } = await run('botReply', { format: 'text', text: '' }, { items: [item] });
		expect(error!.message).toContain('There is nothing to send');
		expect(await seenBy(item.messageId)).toEqual([]);
	});

	it('finds the message where a node in between has replaced the item', async () => {
		const items = [await asked('dingtalk', 'first'), await asked('dingtalk', 'second')];
		const nodes = [
			{ type: 'dingTalkTrigger' },
			{
				type: 'n8n-nodes-base.set',
				typeVersion: 3.4,
				parameters: { mode: 'raw', jsonOutput: '{"other": true}', include: 'none', options: {} },
			},
			{ type: 'botReply', parameters: { format: 'text', text: 'Found you', options: {} } },
		];
		const { error } = await runWorkflow(nodes as never, { items, credentials });
		expect(error).toBeUndefined();
		for (const { messageId } of items)
			expect(await seenBy(messageId)).toMatchObject([{ text: 'Found you' }]);
	});

	it('says so where there is no message, and where there is nothing to say', async () => {
		const stray = await run('botReply', { format: 'text', text: 'x' }, { items: [{}] });
		expect(stray.error!.message).toContain('does not come from a bot message');
		const empty = await run(
			'botReply',
			{ format: 'text', text: '' },
			{ items: [await asked('dingtalk', 'a')] },
		);
		expect(empty.error!.message).toContain('There is nothing to send');
	});
});
