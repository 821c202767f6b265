import type { IDataObject } from 'n8n-workflow';
import { runWorkflow } from '../harness';

const message = (fields: IDataObject = {}): IDataObject => ({
	platform: 'feishu',
	kind: 'message',
	messageId: 'm',
	conversationId: 'c1',
	conversationType: 'direct',
	sender: { id: 'u1' },
	contentType: 'text',
	text: '',
	mentionedBot: false,
	...fields,
});

/** Routes messages and tells, output by output, what arrived. */
async function route(rules: IDataObject[], items: IDataObject[]) {
	const node = { type: 'botRouter', parameters: { rules: { values: rules } } as never };
	const { outputs, error, status } = await runWorkflow([{ type: 'dingTalkTrigger' }, node], {
		items,
	});
	return { outputs: outputs['Bot Router'] ?? [], error, status };
}

/** The output that each of some texts leaves by under one rule: 0 fits, 1 does not. */
async function fits(rule: IDataObject, texts: string[]): Promise<number[]> {
	const { outputs } = await route(
		[{ outputName: 'Rule', ...rule }],
		texts.map((text) => message({ text })),
	);
	return texts.map((text) =>
		outputs.findIndex((items) => items.some(({ json }) => json.text === text)),
	);
}

describe('A command', () => {
	const rule = { textIs: 'command', commands: '/help, /帮助，/Status' };

	it('is the first word, whatever its case or the width of its slash', async () => {
		const yes = ['/help', '  /HELP', '/help me please', '／帮助', '/status\nnow'];
		const no = ['help', '/helpme', 'please /help', '', '/', '//help'];
		expect(await fits(rule, yes)).toEqual(yes.map(() => 0));
		expect(await fits(rule, no)).toEqual(no.map(() => 1));
	});

	it('goes on with its name and its arguments', async () => {
		const { outputs } = await route(
			[{ outputName: 'Help', ...rule }],
			[message({ text: '／help  with me ' })],
		);
		expect(outputs[0]![0]!.json).toMatchObject({
			text: '／help  with me ',
			command: { name: '/help', arguments: 'with me' },
		});
	});
});

it('A keyword fits anywhere in the text, whatever its case', async () => {
	const rule = { textIs: 'keyword', keywords: 'Invoice, 发票' };
	expect(await fits(rule, ['an INVOICE please', '我要发票', 'voice'])).toEqual([0, 0, 1]);
});

describe('A pattern', () => {
	it('fits by its own rules, whatever the case of the text', async () => {
		expect(
			await fits({ textIs: 'pattern', pattern: '^order \\d+$' }, ['Order 12', 'order x']),
		).toEqual([0, 1]);
	});

	it('that is none is named', async () => {
		const { status, error } = await route(
			[{ outputName: 'Orders', textIs: 'pattern', pattern: '(' }],
			[message()],
		);
		expect(status).toBe('error');
		expect(error!.message).toContain('The pattern of "Orders" is not a regular expression');
	});
});

it('Empty fits what has no text', async () => {
	expect(await fits({ textIs: 'empty' }, ['', ' \n', 'x'])).toEqual([0, 0, 1]);
});

it('Empty does not fit a quote that nothing is said about: there is something to read', async () => {
	const items = [
		message({ chatInput: '> Guten Morgen' }),
		message({ messageId: 'picture', chatInput: '' }),
	];
	const { outputs } = await route([{ outputName: 'No text', textIs: 'empty' }], items);
	expect(outputs.map((list) => list.map(({ json }) => json.messageId))).toEqual([
		['picture'],
		['m'],
	]);
});

describe('Conditions', () => {
	const other = {
		platform: 'wecom',
		kind: 'event',
		conversationType: 'group',
		conversationId: 'c2',
	};

	it.each([
		[{ platforms: ['feishu', 'dingtalk'] }],
		[{ kinds: ['message'] }],
		[{ conversationType: 'direct' }],
		[{ mentioned: 'no' }],
		[{ mentionedAll: 'no' }],
		[{ fromBot: 'no' }],
		[{ senderIds: 'u9, u1' }],
		[{ conversationIds: 'c1' }],
	])('%j lets the one through and the other not', async (conditions) => {
		const items = [
			message({ messageId: 'yes' }),
			message({
				...other,
				messageId: 'no',
				sender: { id: 'u2', isBot: true },
				mentionedBot: true,
				mentionedAll: true,
			}),
		];
		const { outputs } = await route([{ outputName: 'R', textIs: 'anything', conditions }], items);
		expect(outputs.map((list) => list.map(({ json }) => json.messageId))).toEqual([
			['yes'],
			['no'],
		]);
	});

	it.each([[{ fromBot: 'yes' }], [{ mentionedAll: 'yes' }], [{ mentioned: 'yes' }]])(
		'%j lets only what says so through',
		async (conditions) => {
			const more = { sender: { id: 'u1', isBot: true }, mentionedAll: true, mentionedBot: true };
			const items = [message({ ...more, messageId: 'yes' }), message({ messageId: 'no' })];
			const { outputs } = await route([{ outputName: 'R', textIs: 'anything', conditions }], items);
			expect(outputs.map((list) => list.map(({ json }) => json.messageId))).toEqual([
				['yes'],
				['no'],
			]);
		},
	);

	it('must all hold, together with the text', async () => {
		const rule = {
			outputName: 'R',
			textIs: 'keyword',
			keywords: 'a',
			conditions: { platforms: ['feishu'], mentioned: 'yes' },
		};
		const items = [
			message({ messageId: '1', text: 'a', mentionedBot: true }),
			message({ messageId: '2', text: 'a' }),
			message({ messageId: '3', text: 'b', mentionedBot: true }),
		];
		const { outputs } = await route([rule], items);
		expect(outputs[0]!.map(({ json }) => json.messageId)).toEqual(['1']);
	});
});

it('The first rule that fits decides, the rest leaves by the last output, and links are kept', async () => {
	const rules = [
		{ outputName: 'A', textIs: 'keyword', keywords: 'a' },
		{ outputName: 'B', textIs: 'keyword', keywords: 'a, b' },
	];
	const { outputs } = await route(
		rules,
		['b', 'ab', 'c'].map((text) => message({ text })),
	);
	expect(
		outputs.map((list) => list.map(({ json, pairedItem }) => [json.text, pairedItem])),
	).toEqual([[['ab', { item: 1 }]], [['b', { item: 0 }]], [['c', { item: 2 }]]]);
});

it('Items that are no messages leave by the last output', async () => {
	const { outputs, status } = await route(
		[{ outputName: 'A', textIs: 'command', commands: '/x', conditions: { senderIds: 'u1' } }],
		[{ anything: true }],
	);
	expect(status).toBe('success');
	expect(outputs[1]![0]!.json).toEqual({ anything: true });
});
