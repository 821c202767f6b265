import type { IDataObject } from 'n8n-workflow';
import { AiReply } from '../../nodes/AiReply/AiReply.node';
import { runWorkflow } from '../harness';
import { until } from '../until';
import { bodyOf, useAnswering } from './answeringCase';

const { control, credentials, asked, run, seenBy, calls } = useAnswering();

/** A request of the ledger. */
interface Made {
	kind: string;
	request: { headers: Record<string, string> };
}

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

	it.each([
		['keep-alive', { keepAlive: true }],
		['close', {}],
	])('asks and answers with connection: %s, where the credentials say %j', async (how, said) => {
		const items = [
			await asked('dingtalk', 'one'),
			await asked('feishu', 'two'),
			await asked('wecom', 'three'),
		];
		const saying = Object.fromEntries(
			// Another credential than before: its tokens and models are asked for.
			Object.entries(credentials).map(([type, data]) => [type, { ...data, ...said, how }]),
		);
		const { json } = await run('aiReply', { format: 'text' }, { items, credentials: saying });
		expect(json[0]).toHaveLength(3);
		const made = (await control.get('/ledger')).entries as Made[];
		const kinds = new Set(made.map(({ kind }) => kind));
		expect([...kinds].sort()).toEqual(['chat', 'models', 'reply', 'send', 'token']);
		expect(new Set(made.map(({ request }) => request.headers.connection))).toEqual(new Set([how]));
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
		await control.put('/model', { rules: [{ contains: 'slow', delayMs: 5_000 }] });
		const items = [await asked('feishu', 'slow', 'Ann'), await asked('feishu', 'quick', 'Bo')];
		const running = run('aiReply', { format: 'text' }, { items });
		await until(async () => (await seenBy(items[1]!.messageId)).length);
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
					return { statusCode: response.status, headers: {}, body: response.body };
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
