import type { IDataObject } from 'n8n-workflow';
import { runWorkflow } from '../harness';
import { useAnswering } from './answeringCase';

const { control, credentials, asked, run, seenBy } = useAnswering();

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
