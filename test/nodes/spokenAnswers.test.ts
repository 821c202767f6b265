import type { IDataObject } from 'n8n-workflow';
import { runWorkflow, type Credentials, type TestNode } from '../harness';
import { useSandbox } from '../sandbox/helpers';
import { askedIn, type Said } from './asked';

// What people see of an answer that holds more, or less, than the answer.

const { sandbox, control } = useSandbox();
let credentials: Credentials;
beforeAll(() => {
	const { clawBotModelApi, dingTalkAppApi, feishuAppApi, weComAppApi } = sandbox.world.accounts;
	credentials = { clawBotModelApi, dingTalkAppApi, feishuAppApi, weComAppApi } as Credentials;
});

const platforms: Array<Said['platform']> = ['dingtalk', 'feishu', 'wecom'];
const ways: Array<[name: string, nodes: TestNode[]]> = [
	['AI Reply', [{ type: 'aiReply', parameters: { format: 'text', options: {} } }]],
	[
		'Model API and Bot Reply',
		[
			{ type: 'modelApi', parameters: { options: {} } },
			{ type: 'botReply', parameters: { format: 'text', text: '', options: {} } },
		],
	],
];

async function seen(platform: Said['platform'], nodes: TestNode[], choice: object) {
	await control.put('/model', { rules: [{ contains: 'what?', body: { choices: [choice] } }] });
	const item = await askedIn(sandbox, control, { platform, text: 'what?' });
	const { error } = await runWorkflow([{ type: 'dingTalkTrigger' }, ...nodes], {
		items: [item],
		credentials,
	});
	const path = `/answers?messageId=${encodeURIComponent(String(item.messageId))}`;
	const answers = (await control.get(path)) as IDataObject[];
	return { error, texts: answers.map(({ text }) => text) };
}

describe.each(ways)('%s', (_, nodes) => {
	it.each(platforms)('sends no reasoning to %s', async (platform) => {
		const content = '<think>\nNotes about Ann.\n</think>\n\nHi Ann';
		const choice = { message: { content, reasoning_content: 'More.' }, finish_reason: 'stop' };
		expect((await seen(platform, nodes, choice)).texts).toEqual(['Hi Ann']);
	});

	it.each(platforms)('sends nothing to %s where only reasoning came', async (platform) => {
		const choice = { message: { content: '<think>\nNotes about Ann.' }, finish_reason: 'length' };
		const { error, texts } = await seen(platform, nodes, choice);
		expect(texts).toEqual([]);
		expect(error!.context!.failure).toMatchObject({ code: 'thinkingTooLong' });
	});

	it.each(platforms)('marks an answer on %s that was cut off', async (platform) => {
		const choice = {
			message: { content: '第一步：删除旧备份。第二步：在此之前' },
			finish_reason: 'length',
		};
		const [text] = (await seen(platform, nodes, choice)).texts;
		expect(text).toMatch(/^第一步：删除旧备份。第二步：在此之前\s+（回答未完，到此中断。）$/);
	});

	it.each(platforms)('sends a whole answer to %s as it is (control)', async (platform) => {
		const choice = { message: { content: 'The tag `<think>`.' }, finish_reason: 'stop' };
		expect((await seen(platform, nodes, choice)).texts).toEqual(['The tag `<think>`.']);
	});
});
