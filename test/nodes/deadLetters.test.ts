import type { IDataObject } from 'n8n-workflow';
import { runWorkflow, type TestNode } from '../harness';
import { row as makeRow } from '../core/deadLetters/rows';
import { codeOf } from '../../core/common/codes';

const row = (fields: Parameters<typeof makeRow>[0] = {}): IDataObject =>
	makeRow(fields) as unknown as IDataObject;

const node = (operation: string, parameters: IDataObject = {}): TestNode =>
	({ type: 'deadLetters', parameters: { operation, ...parameters } }) as unknown as TestNode;

/** Runs one operation and gives the `json` of each of its outputs. */
async function run(
	operation: string,
	items: IDataObject[],
	parameters: IDataObject = {},
): Promise<IDataObject[][]> {
	const { outputs, error } = await runWorkflow([node(operation, parameters)], { items });
	if (error) throw error;
	return outputs['ClawBot Dead Letters']!.map((output) => output.map(({ json }) => json));
}

const message = (fields: IDataObject = {}): IDataObject => ({
	platform: 'dingtalk',
	kind: 'message',
	messageId: 'm1',
	conversationId: 'ops',
	conversationType: 'group',
	sender: { id: 'u1', name: '李强' },
	text: '/dlq list',
	replyTo: { platform: 'dingtalk', messageId: 'm1' },
	...fields,
});

const groups = (...values: Array<[platform: string, conversationId: string]>): IDataObject => ({
	rowsFor: 'commands',
	operationsGroups: {
		groups: values.map(([platform, conversationId]) => ({ platform, conversationId })),
	},
});

describe('Find Rows', () => {
	it('asks for what alerts need, and for what can be purged', async () => {
		expect(await run('find', [{}])).toEqual([
			[
				{ status: 'dead', announced: '%' },
				{ status: 'uncertain', announced: '%' },
				{ status: 'waiting', announced: 'open' },
				{ status: 'delivered', announced: 'open' },
				{ status: 'merged', announced: 'open' },
				{ status: 'discarded', announced: 'open' },
			],
			[],
		]);
		expect(await run('find', [{}], { rowsFor: 'purge' })).toEqual([
			[
				{ status: 'dead', announced: '%' },
				{ status: 'uncertain', announced: '%' },
			],
			[],
		]);
	});

	it('lets nobody ask but the operations groups', async () => {
		const asked = async (parameters: IDataObject, ...items: IDataObject[]): Promise<number> =>
			(await run('find', items, parameters))[0]!.length;
		const allowed = groups(['dingtalk', ' ops '], ['feishu', 'other']);
		expect(await asked(allowed, message())).toBe(6);
		expect(await asked(allowed, message({ conversationId: 'ops2' }))).toBe(0);
		expect(await asked(allowed, message({ platform: 'feishu' }))).toBe(0);
		// A person can have the id of a group, in a conversation with the bot alone.
		for (const conversationType of ['direct', undefined, 'Group']) {
			expect(await asked(allowed, message({ conversationType }))).toBe(0);
		}
		expect(await asked({ rowsFor: 'commands' }, message())).toBe(0);
		// A line that is half filled in allows nobody.
		expect(await asked(groups(['dingtalk', '']), message({ conversationId: '' }))).toBe(0);
		expect(await asked(groups(['dingtalk', ' ']), message({ conversationId: undefined }))).toBe(0);
	});

	it.each([
		['a WeCom app, which is in no group', { platform: 'wecom', bot: 'app' }, 'with an AI bot'],
		['an AI bot', { platform: 'wecom', bot: 'aiBot' }, 'Write them in a group.'],
		['another app', { platform: 'feishu' }, 'Write them in a group.'],
	])('tells somebody who writes to %s alone where commands are taken', async (who, from, where) => {
		const { platform, ...replyTo } = from as { platform: string; bot?: string };
		const alone = message({ platform, conversationId: who, conversationType: 'direct', replyTo });
		const [, refusals] = await run('find', [alone], groups(['dingtalk', 'ops']));
		expect(refusals).toHaveLength(1);
		expect((refusals![0]!.answer as { text: string }).text).toContain(where);
	});

	it('tells a conversation that may not ask so, once a day, and which id is to be entered', async () => {
		const refusals = async (...items: IDataObject[]): Promise<IDataObject[]> =>
			(await run('find', items, groups(['dingtalk', 'ops'])))[1]!;
		const stranger = message({ conversationId: 'cid/of strangers' });
		const [first, ...more] = await refusals(stranger, message(), stranger);
		expect(more).toEqual([]);
		expect(first).toMatchObject({ messageId: 'm1', replyTo: { messageId: 'm1' } });
		const { text } = first!.answer as { text: string };
		expect(text).toContain('not allowed here');
		expect(text).toContain('conversationId: cid/of strangers\n');
		expect(await refusals(stranger)).toEqual([]);
		// Another platform, another conversation.
		expect(await refusals({ ...stranger, platform: 'feishu' })).toHaveLength(1);
		const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 24 * 3_600_000);
		try {
			expect(await refusals(stranger)).toHaveLength(1);
		} finally {
			clock.mockRestore();
		}
		const many = Array.from({ length: 400 }, (_, index) =>
			message({ conversationId: `c${index}` }),
		);
		expect((await refusals(...many)).length).toBeLessThanOrEqual(200);
	});

	it('hands on what a browser sent without its password', async () => {
		const request = {
			headers: { authorization: `Basic ${Buffer.from('li.qiang:s3cret:x').toString('base64')}` },
			query: { id: 'x' },
			body: {},
		};
		const [items] = await run('find', [request], { rowsFor: 'page' });
		expect(items![0]).toEqual({
			status: 'dead',
			announced: '%',
			requests: [{ admitted: true, query: { id: 'x' }, body: {}, user: 'li.qiang' }],
		});
	});

	it.each([
		['no origin', {}, 't'],
		['the page itself, which names none', { origin: 'null' }, 't'],
		['its own address', { origin: 'https://n8n.test', host: 'n8n.test' }, 't'],
		[
			'its address before a proxy',
			{ origin: 'https://bot.test', host: 'x', 'x-forwarded-host': 'bot.test' },
			't',
		],
		['the address that n8n knows', { origin: 'https://127.0.0.1', host: 'x' }, 't'],
		['another site', { origin: 'https://evil.test', host: 'n8n.test' }, ''],
		['another port', { origin: 'https://n8n.test:8443', host: 'n8n.test' }, ''],
		['a name that begins alike', { origin: 'https://n8n.test.evil', host: 'n8n.test' }, ''],
		['a user that is called alike', { origin: 'https://n8n.test@evil.test', host: 'n8n.test' }, ''],
		['no address at all', { origin: 'x', host: 'x' }, ''],
	])('leaves the token to a form of %s', async (_, headers, csrf) => {
		const request = { headers, query: {}, body: { action: 'discard', csrf: 't' } };
		const [items] = await run('find', [request], { rowsFor: 'page' });
		expect(items![0]!.requests).toMatchObject([{ body: { action: 'discard', csrf } }]);
	});
});

it('Announces what came in and says so in the rows, which are rows of the store and nothing else', async () => {
	const columns = Object.keys(row());
	const stored = { ...row(), id: 7, createdAt: 'x', updatedAt: 'y' };
	const [notices, changes] = await run('announce', [{}, stored, { ...row(), version: '3' }]);
	expect(notices).toMatchObject([{ priority: 'alert', title: '死信 Dead letters' }]);
	expect(notices![0]!.text).toContain('http://127.0.0.1/workflow/w1/executions/17');
	expect(notices![0]!.text).toMatch(
		/http:\/\/127\.0\.0\.1\/webhook\/clawbot-dead-letters\?id=[a-z2-7]{24}\n/,
	);
	expect(changes).toHaveLength(2);
	for (const change of changes!) {
		expect(Object.keys(change)).toEqual(columns);
		expect(change).toMatchObject({ announced: 'open', version: 4 });
	}
});

describe('Carry Out Commands', () => {
	const command = async (rows: IDataObject[], requests: unknown): Promise<IDataObject[][]> =>
		await run('command', rows, { requests: requests as IDataObject });
	const admitted = (fields: IDataObject): IDataObject => ({
		admitted: true,
		message: message(fields),
	});

	it('answers the message that asked', async () => {
		const [changes, answers] = await command([row()], [admitted({})]);
		expect(changes).toEqual([]);
		expect(answers).toMatchObject([
			{
				messageId: 'm1',
				replyTo: { messageId: 'm1' },
				answer: { text: expect.stringContaining('1 条') },
			},
		]);
	});

	it('answers where there is nothing', async () => {
		const [, answers] = await command([{}], [admitted({})]);
		expect(answers).toMatchObject([{ answer: { text: '没有死信 No dead letters' } }]);
	});

	it('does nothing for what Find Rows did not admit', async () => {
		const one = row();
		const text = `/dlq replay ${codeOf(one.key as string)}`;
		for (const requests of [
			[message({ text })],
			[{ message: message({ text }) }],
			[{ admitted: 'true', message: message({ text }) }],
			[null],
			message({ text }),
			'',
		]) {
			expect((await command([one], requests)).flat()).toEqual([]);
		}
		expect((await command([one], [admitted({ text })])).flat()).toHaveLength(2);
	});

	it('saves a row once that two commands name', async () => {
		const one = row();
		const text = `/dlq discard ${codeOf(one.key as string)} 过期`;
		const [changes, answers] = await command(
			[one, row()],
			[admitted({ text }), admitted({ text, messageId: 'm2' })],
		);
		expect(changes).toMatchObject([{ key: one.key, status: 'discarded' }]);
		expect(JSON.parse(changes![0]!.audit as string)).toMatchObject([{ by: '李强 dingtalk:u1' }]);
		expect(answers).toHaveLength(2);
	});
});

it('Says of several who change a letter at once that one has, on the page and in the chat', async () => {
	const letter = row();
	const replayBy = async (
		name: string,
	): Promise<{ changes: IDataObject[]; answer: IDataObject }> => {
		const requests = [
			{
				admitted: true,
				message: message({
					text: `/dlq replay ${codeOf(letter.key as string)}`,
					sender: { id: name, name },
				}),
			},
		];
		const [changes, answers] = await run('command', [{ ...letter }], { requests });
		return { changes: changes!, answer: answers![0]! };
	};
	const asked = [await replayBy('li'), await replayBy('wang')];
	// The store takes one of the two.
	const saved = asked[1]!.changes;
	const texts = [];
	for (const { answer } of asked) {
		const [items] = await run('whenSaved', [answer], { saved });
		expect(items![0]).not.toHaveProperty('changed');
		expect(items![0]).toMatchObject({ messageId: 'm1' });
		texts.push((items![0]!.answer as { text: string }).text);
	}
	expect(texts[0]).toContain('of 1 changes 1 were not made');
	expect(texts[1]).toContain('Will replay');
	const page = { status: 200, html: '<p>Will be replayed</p>', changed: asked[0]!.answer.changed };
	const shown = async (rows: IDataObject[]): Promise<IDataObject> =>
		(await run('whenSaved', [page], { saved: rows }))[0]![0]!;
	expect(await shown(asked[0]!.changes)).toEqual({ status: 200, html: page.html });
	expect(await shown(saved)).toMatchObject({ status: 409 });
});

describe('Show Page', () => {
	const request = (fields: IDataObject): IDataObject => ({
		requests: [{ admitted: true, query: {}, body: {}, user: 'ops', ...fields }] as IDataObject[],
	});

	it('puts a token that is kept into its forms, and takes no form without it', async () => {
		const one = row();
		const id = codeOf(one.key as string, 24);
		const [, [first]] = (await run('page', [one], request({ query: { id } }))) as [
			[],
			[IDataObject],
		];
		expect(first).toMatchObject({ status: 200 });
		expect(first.html).toMatch(/name="csrf" value="[0-9a-f]{64}"/);
		const body = { action: 'replay', id, csrf: 'a'.repeat(64) };
		const [changes, pages] = await run('page', [one], request({ body }));
		expect(changes).toEqual([]);
		expect(pages).toMatchObject([{ status: 403 }]);
	});

	it('shows nothing to what was not checked', async () => {
		expect(await run('page', [row()], { requests: [{ query: {}, body: {} }] })).toEqual([[], []]);
	});
});

it('Says what to purge', async () => {
	const [purges] = await run('expire', [{}, row()]);
	expect(purges!.map(({ statuses }) => statuses)).toEqual([
		['dead', 'uncertain'],
		['delivered', 'merged', 'discarded'],
	]);
});
