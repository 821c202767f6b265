import type { IDataObject } from 'n8n-workflow';
import { runWorkflow, type RunResult } from '../harness';
import { useSandbox } from '../sandbox/helpers';

const GROUP = 'cidSandboxGroup0000000001==';

const { sandbox, control } = useSandbox();

/** What the platform got, in order. */
async function received(kind: string): Promise<IDataObject[]> {
	return (await control.get(`/ledger?platform=dingtalk&direction=in&kind=${kind}`)).entries;
}
/** The messages that it showed to somebody; a token that it had ended is refused before. */
const shown = async () => (await received('send')).filter(({ refused }) => !refused);
const bodyOf = (entry: IDataObject): IDataObject =>
	JSON.parse(String((entry.request as IDataObject).body));

/** Runs one DingTalk node behind a trigger. */
async function run(
	parameters: IDataObject,
	{ items = [{}] as IDataObject[], change = {}, only = ['app', 'robot'] } = {},
): Promise<RunResult & { json: IDataObject[] }> {
	const { dingTalkAppApi, dingTalkGroupRobotApi } = sandbox.world.accounts;
	const credentials = {
		...(only.includes('app') && { dingTalkAppApi: { ...dingTalkAppApi, ...change } }),
		...(only.includes('robot') && {
			dingTalkGroupRobotApi: { ...dingTalkGroupRobotApi, ...change },
		}),
	};
	const { onError, ...fields } = parameters;
	const node = {
		type: 'dingTalk',
		parameters: { resource: 'message', options: {}, ...fields } as never,
		onError: onError as never,
	};
	const result = await runWorkflow([{ type: 'dingTalkTrigger' }, node], { items, credentials });
	return { ...result, json: (result.outputs.DingTalk?.[0] ?? []).map(({ json }) => json) };
}

const byRobot = { operation: 'send', authentication: 'groupRobot', format: 'text' };
const byApp = { operation: 'send', authentication: 'app', format: 'text' };
const replying = { operation: 'reply', format: 'markdown' };
const classOf = ({ error }: RunResult) => (error!.context!.failure as IDataObject).class;

describe('Send by a group robot', () => {
	it('signs a text and sends it', async () => {
		const { json } = await run({ ...byRobot, text: '你好 "world"' });
		expect(json[0]!.delivery).toMatchObject({ platform: 'dingtalk', via: 'groupRobot', parts: 1 });
		const [sent] = await received('send');
		expect(sent).toMatchObject({ status: 200, text: '你好 "world"' });
		expect(sent).not.toHaveProperty('refused');
	});

	it('sends Markdown with a title and whom it mentions', async () => {
		const options = { title: 'News', mentionIds: 'u1，u2' };
		await run({ ...byRobot, format: 'markdown', text: '# Hi', options });
		expect(bodyOf((await received('send'))[0]!)).toMatchObject({
			msgtype: 'markdown',
			markdown: { title: 'News' },
			at: { atUserIds: ['u1', 'u2'] },
		});
	});

	it('says what to do about a wrong Secret', async () => {
		const result = await run({ ...byRobot, text: 'x' }, { change: { secret: 'SECwrong' } });
		expect(classOf(result)).toBe('badCredentials');
		expect(result.error!.description).toMatch(/加签密钥/);
	});

	it('sends a retry of the same execution once', async () => {
		await run({ ...byRobot, text: 'once' });
		await run({ ...byRobot, text: 'once' });
		const [first, second] = await received('send');
		expect(second!.messageId).toBe(first!.messageId);
		expect(second!.note).toMatch(/not shown again/);
	});

	it('splits a long text in order, each part with a key of its own', async () => {
		const text = Array.from({ length: 3000 }, (_, n) => `line ${n}`).join('\n');
		const { json, error } = await run({ ...byRobot, text });
		expect(error).toBeUndefined();
		const sent = await received('send');
		expect(json[0]!.delivery).toMatchObject({ parts: sent.length });
		expect(sent.length).toBeGreaterThan(1);
		expect(sent.map((entry) => entry.text).join('\n')).toBe(text);
		expect(new Set(sent.map((entry) => entry.messageId)).size).toBe(sent.length);
	});

	it('mentions people once, with the first part of a long text', async () => {
		const text = '很长的一行\n'.repeat(2500);
		await run({ ...byRobot, text, options: { mentionIds: 'u1' } });
		const sent = (await received('send')).map((entry) => JSON.stringify(bodyOf(entry)));
		expect(sent.length).toBeGreaterThan(1);
		expect(sent.map((body) => body.includes('"u1"'))).toEqual(sent.map((_, index) => index === 0));
	});

	it('refuses mentions that leave no room for the text, and sends nothing', async () => {
		const mentionIds = Array.from({ length: 2000 }, (_, n) => `manager${n}`).join();
		const { error } = await run({ ...byRobot, text: 'hi', options: { mentionIds } });
		expect(error!.message).toContain('Too many mentions for one message');
		expect(await received('send')).toEqual([]);
	});

	it('refuses a long text where the option says so, and an empty one, and sends nothing', async () => {
		const options = { longText: 'refuse' };
		const long = await run({ ...byRobot, text: 'x'.repeat(18_001), options });
		expect(long.error!.message).toMatch(/18001 bytes/);
		expect((await run({ ...byRobot, text: '  ' })).error!.message).toMatch(/nothing to send/);
		expect(await received('send')).toEqual([]);
	});
});

describe('Send by the app', () => {
	it('sends to people with one token for many items', async () => {
		const parameters = { ...byApp, sendTo: 'users', userIds: 'zhangsan, lisi', text: 'hi' };
		const { json } = await run(parameters, { items: [{ n: 1 }, { n: 2 }, { n: 3 }] });
		expect(json.map(({ n }) => n)).toEqual([1, 2, 3]);
		expect(json[0]!.delivery).toMatchObject({ via: 'app', messageIds: [expect.any(String)] });
		expect(await shown()).toHaveLength(3);
		expect((await received('token')).length).toBeLessThanOrEqual(1);
	});

	it('sends to a group', async () => {
		const { json } = await run({ ...byApp, sendTo: 'group', conversationId: GROUP, text: 'hi' });
		expect(json[0]!.delivery).toMatchObject({ via: 'app' });
		expect((await shown())[0]).toMatchObject({ conversation: GROUP, text: 'hi' });
	});

	it('says whom DingTalk left out', async () => {
		const answer = {
			processQueryKey: 'k1',
			invalidStaffIdList: ['ghost'],
			flowControlledStaffIdList: ['lisi'],
		};
		await control.post('/faults', { service: 'dingtalk', kind: 'send', status: 200, body: answer });
		const parameters = { ...byApp, sendTo: 'users', userIds: 'zhangsan|ghost|lisi', text: 'hi' };
		const { json } = await run(parameters);
		expect(json[0]!.delivery).toMatchObject({
			messageIds: ['k1'],
			refused: { users: ['ghost', 'lisi'], reason: 'unknown: ghost; sent too much to: lisi' },
		});
	});

	it('refuses more than twenty people before asking anybody', async () => {
		const userIds = Array.from({ length: 21 }, (_, n) => `u${n}`).join();
		const { error } = await run({ ...byApp, sendTo: 'users', userIds, text: 'hi' });
		expect(error!.message).toBe(
			'DingTalk’s app writes to at most 20 people at once; there are 21 IDs',
		);
		expect(await received('send')).toEqual([]);
	});

	it('lets one item fail alone, with its class and cure', async () => {
		const fault = {
			service: 'dingtalk',
			kind: 'send',
			status: 503,
			body: { code: 'ServiceUnavailable' },
		};
		await control.post('/faults', fault);
		const to = { sendTo: 'users', userIds: 'zhangsan', text: 'hi', onError: 'continueErrorOutput' };
		const { outputs } = await run({ ...byApp, ...to }, { items: [{ n: 1 }, { n: 2 }] });
		const [sent, failed] = outputs.DingTalk!;
		expect([sent!.length, failed!.length]).toEqual([1, 1]);
		expect(failed![0]!.json).toMatchObject({
			n: expect.any(Number),
			error: { class: 'temporary', code: 'ServiceUnavailable', cure: expect.any(String) },
		});
	});
});

describe('Reply', () => {
	/** A message that somebody wrote to the bot, as the trigger gives it. */
	async function said(more: IDataObject = {}, replyMore: IDataObject = {}): Promise<IDataObject> {
		const { messageId } = await control.post('/build', {
			platform: 'dingtalk',
			text: 'hi',
			...more,
		});
		const message = sandbox.world.messages.get(messageId)!;
		const group = message.type === 'group';
		return {
			messageId,
			answer: { text: '**Hello** back' },
			replyTo: {
				platform: 'dingtalk',
				messageId,
				conversationId: message.conversation,
				conversationType: group ? 'group' : 'direct',
				userId: message.from,
				sessionWebhook: `${sandbox.origin}/dingtalk/oapi/robot/sendBySession?session=${message.replySecret}`,
				sessionExpiresAt: message.replyExpires,
				...replyMore,
			},
		};
	}
	const answers = async (item: IDataObject): Promise<IDataObject[]> =>
		await control.get(`/answers?messageId=${encodeURIComponent(String(item.messageId))}`);

	it('answers through the message’s session with the item’s answer, and needs no credential', async () => {
		const item = await said({ type: 'group' });
		const { json } = await run({ ...replying }, { items: [item], only: [] });
		expect(json[0]).toMatchObject({ messageId: item.messageId, delivery: { via: 'session' } });
		expect(await answers(item)).toEqual([expect.objectContaining({ text: '**Hello** back' })]);
		expect(await received('token')).toEqual([]);
	});

	it('answers through the app when the session has ended, or will within a minute', async () => {
		for (const sessionExpiresAt of [Date.now() - 1, Date.now() + 30_000]) {
			const item = await said({ from: 'zhangsan' }, { sessionExpiresAt });
			const { json } = await run({ ...replying }, { items: [item] });
			expect(json[0]!.delivery).toMatchObject({ via: 'app', messageIds: [expect.any(String)] });
		}
		const paths = (await shown()).map(({ path }) => String(path));
		expect(paths).toEqual([
			expect.stringMatching(/oToMessages/),
			expect.stringMatching(/oToMessages/),
		]);
	});

	it('answers a group through the app in that group', async () => {
		const item = await said({ type: 'group' }, { sessionExpiresAt: 0 });
		await run({ ...replying, text: 'late' }, { items: [item] });
		expect((await shown())[0]).toMatchObject({ conversation: GROUP, text: 'late' });
	});

	it('says why a person outside the company cannot be answered after the session', async () => {
		const item = await said({}, { sessionExpiresAt: 0, userId: undefined });
		const { error } = await run({ ...replying }, { items: [item] });
		expect(error!.message).toMatch(/outside the company/);
	});

	it('sends a message of another platform away', async () => {
		const item = { messageId: 'm', replyTo: { platform: 'feishu', messageId: 'm' } };
		const { error } = await run({ ...replying, text: 'x' }, { items: [item] });
		expect(error!.message).toBe('This message is not from DingTalk');
		expect(error!.description).toMatch(/Bot Reply/);
	});

	it('sends an item away that comes from no message', async () => {
		const { error } = await run({ ...replying, text: 'x' });
		expect(error!.message).toMatch(/does not come from a bot message/);
	});

	it('finds the message of an item that a node in between has replaced', async () => {
		const items = [await said(), await said()];
		const credentials = { dingTalkAppApi: sandbox.world.accounts.dingTalkAppApi };
		const keepsNothing = {
			type: 'n8n-nodes-base.set',
			name: 'Replace',
			parameters: { mode: 'raw', jsonOutput: '{"other":1}', includeOtherFields: false },
		};
		const reply = { ...replying, resource: 'message', text: 'found', options: {} } as never;
		const nodes = [
			{ type: 'dingTalkTrigger' },
			keepsNothing,
			{ type: 'dingTalk', parameters: reply },
		];
		const { status } = await runWorkflow(nodes, { items, credentials });
		expect(status).toBe('success');
		for (const item of items) {
			expect(await answers(item)).toEqual([expect.objectContaining({ text: 'found' })]);
		}
	});
});
