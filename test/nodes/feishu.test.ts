import type { IDataObject } from 'n8n-workflow';
import { runWorkflow, type RunResult } from '../harness';
import { useSandbox } from '../sandbox/helpers';
import { startWebhooks, type WebhookRunner } from '../webhooks';

const BOT_INFO = '/open-apis/bot/v3/info';

const { sandbox, control } = useSandbox();

/** What the platform got, in order. */
async function received(kind: string): Promise<IDataObject[]> {
	const { entries } = await control.get(`/ledger?platform=feishu&direction=in&kind=${kind}`);
	return entries;
}
/** The messages that it showed to somebody. */
const shown = async () => (await received('send')).filter(({ refused }) => !refused);
const bodyOf = (entry: IDataObject): IDataObject =>
	JSON.parse(String((entry.request as IDataObject).body));

/** Runs one Feishu node. */
async function run(
	parameters: IDataObject,
	items: IDataObject[] = [{}],
	change: IDataObject = {},
	executionId = '1',
): Promise<RunResult & { json: IDataObject[] }> {
	const { feishuAppApi, feishuGroupRobotApi } = sandbox.world.accounts;
	const credentials = {
		feishuAppApi: { ...feishuAppApi, ...change },
		feishuGroupRobotApi: { ...feishuGroupRobotApi, ...change },
	};
	const resource = { resource: 'message', options: {}, ...parameters };
	const node = { type: 'feishu', parameters: resource, onError: parameters.onError as never };
	const result = await runWorkflow([node], { items, credentials, executionId });
	return { ...result, json: (result.outputs.Feishu?.[0] ?? []).map(({ json }) => json) };
}

/** A message that the platform keeps, without delivering it. */
async function said(text = 'hi', more: object = {}): Promise<IDataObject> {
	const { messageId } = await control.post('/build', { platform: 'feishu', text, ...more });
	const { conversation } = sandbox.world.messages.get(messageId)!;
	return { messageId, replyTo: { platform: 'feishu', messageId, conversationId: conversation } };
}

const byRobot = { operation: 'send', authentication: 'groupRobot' };
const byApp = { operation: 'send', authentication: 'app' };
const toUsers = { ...byApp, sendTo: 'users', userIdType: 'user_id' };

describe('Send by a group robot', () => {
	it('signs a text and sends it', async () => {
		const { json } = await run({ ...byRobot, format: 'text', text: '你好 "world"' });
		expect(json[0]).toMatchObject({
			delivery: { platform: 'feishu', via: 'groupRobot', parts: 1 },
		});
		expect(await shown()).toMatchObject([{ text: '你好 "world"' }]);
	});

	it('sends Markdown as a card', async () => {
		await run({ ...byRobot, format: 'markdown', text: '# Hi\n**there**' });
		const [entry] = await shown();
		expect(entry).toMatchObject({ text: '# Hi\n**there**' });
		expect(bodyOf(entry!)).toMatchObject({ msg_type: 'interactive' });
	});

	it('sends a long text in parts, in order, each within the limit', async () => {
		const lines = Array.from({ length: 800 }, (_, index) => `line ${index} 飞书飞书飞书`);
		const { json } = await run({ ...byRobot, format: 'text', text: lines.join('\n') });
		const parts = await received('send');
		expect(json[0]).toMatchObject({ delivery: { parts: parts.length } });
		expect(parts.length).toBeGreaterThan(1);
		expect(parts.map(({ text }) => text).join('\n')).toBe(lines.join('\n'));
		expect(parts.filter(({ refused }) => refused)).toEqual([]);
	});

	it('tells what is wrong with a refused one, though the platform says HTTP 200', async () => {
		const { error } = await run({ ...byRobot, format: 'text', text: 'x' }, [{}], {
			secret: 'a wrong secret',
		});
		expect(error).toMatchObject({
			description: expect.stringContaining('签名校验'),
			context: { failure: { class: 'badCredentials', code: '19021' } },
		});
		expect(JSON.stringify(error)).not.toContain(sandbox.world.accounts.robots.feishuHook);
	});
});

describe('Send by the app', () => {
	it.each([
		['user_id', 'zhangsan'],
		['email', 'zhangsan@example.com'],
	])('reaches a person by %s', async (userIdType, userIds) => {
		const { json } = await run({ ...toUsers, userIdType, userIds, format: 'text', text: 'hi' });
		const [entry] = await shown();
		expect(entry).toMatchObject({ text: 'hi' });
		expect(json[0]!.delivery).toEqual({
			platform: 'feishu',
			via: 'app',
			messageIds: [entry!.messageId],
			parts: 1,
			at: expect.any(String),
		});
	});

	it('reaches a group', async () => {
		const { conversationId } = (await said('x', { type: 'group' })).replyTo as IDataObject;
		const target = { sendTo: 'group', conversationId };
		await run({ ...byApp, ...target, format: 'markdown', text: '**hi**' });
		const [entry] = await shown();
		expect(entry).toMatchObject({ conversation: conversationId, text: '**hi**' });
		expect(bodyOf(entry!)).toMatchObject({ msg_type: 'post', uuid: expect.any(String) });
	});

	it('is the same message when a message to the bot sets it off again in another execution', async () => {
		const target = { ...toUsers, userIds: 'zhangsan', format: 'text', text: 'hi' };
		const item = await said();
		for (const executionId of ['7', '8']) await run(target, [item], {}, executionId);
		expect(new Set((await shown()).map((entry) => bodyOf(entry).uuid)).size).toBe(1);
		// Control: nothing set these off, so they are two.
		const other = { ...target, userIds: 'lisi' };
		for (const executionId of ['7', '8']) await run(other, [{}], {}, executionId);
		expect(new Set((await shown()).map((entry) => bodyOf(entry).uuid)).size).toBe(3);
	});

	it('names the people whom the platform left out', async () => {
		const userIds = 'zhangsan, nobody，lisi';
		const { json } = await run({ ...toUsers, userIds, format: 'text', text: 'hi' });
		expect(json[0]!.delivery).toMatchObject({
			messageIds: [expect.any(String), expect.any(String)],
			refused: { users: ['nobody'], reason: expect.stringContaining('230034') },
		});
	});

	it('fails where nobody can be reached', async () => {
		const { error } = await run({ ...toUsers, userIds: 'nobody', format: 'text', text: 'hi' });
		expect(error).toMatchObject({ context: { failure: { class: 'targetGone', code: '230034' } } });
	});

	it('fails without a request where no person or group is named', async () => {
		const people = await run({ ...toUsers, userIds: ' , ', format: 'text', text: 'hi' });
		expect(people.error?.message).toBe('The list of people to write to is empty');
		const target = { sendTo: 'group', conversationId: ' ' };
		const group = await run({ ...byApp, ...target, format: 'text', text: 'hi' });
		expect(group.error?.message).toBe('The list of groups to write to is empty');
		expect(await received('token')).toEqual([]);
	});

	it('does not try the others where the failure would hit them all', async () => {
		const body = { code: 99991400, msg: 'slow down' };
		const headers = { 'x-ogw-ratelimit-reset': '3' };
		await control.post('/faults', {
			service: 'feishu',
			kind: 'send',
			status: 400,
			body,
			headers,
			times: -1,
		});
		const { error } = await run({
			...toUsers,
			userIds: 'zhangsan,lisi',
			format: 'text',
			text: 'x',
		});
		expect(error).toMatchObject({
			context: { failure: { class: 'rateLimited', retryAfterMs: 3000 } },
		});
		expect(await received('send')).toHaveLength(1);
	});

	it('fetches one token for many items', async () => {
		const items = Array.from({ length: 4 }, (_, index) => ({ index }));
		// A credential of its own, which has no token yet.
		const change = { note: 'one token' };
		const { json } = await run(
			{ ...toUsers, userIds: 'lisi', format: 'text', text: 'x' },
			items,
			change,
		);
		expect(json.map(({ index, error }) => [index, error])).toEqual(
			items.map(({ index }) => [index, undefined]),
		);
		expect(await received('token')).toHaveLength(1);
	});

	it('fetches a new token once where the platform ends it early', async () => {
		const send = async () =>
			await run({ ...toUsers, userIds: 'lisi', format: 'text', text: 'x' }, [{}], {
				note: 'early',
			});
		await send();
		sandbox.world.tokens.revoke();
		const { error } = await send();
		expect(error).toBeUndefined();
		expect(await received('token')).toHaveLength(2);
	});

	it('says which secret to check where it is wrong', async () => {
		const { error } = await run({ ...toUsers, userIds: 'lisi', format: 'text', text: 'x' }, [{}], {
			appSecret: 'wrong-secret-0123456789',
		});
		expect(error).toMatchObject({
			description: expect.stringContaining('App Secret'),
			context: { failure: { class: 'badCredentials', code: '10014' } },
		});
		expect(JSON.stringify(error)).not.toContain('wrong-secret-0123456789');
	});
});

describe('Reply', () => {
	const reply = { operation: 'reply', format: 'markdown', text: '' };
	const answers = async (messageId: unknown): Promise<IDataObject[]> =>
		await control.get(`/answers?messageId=${messageId}`);

	it('answers the message with what a model has said', async () => {
		const message = await said();
		const { json } = await run(reply, [{ ...message, answer: { text: '**42**' } }]);
		expect(json[0]).toMatchObject({ ...message, delivery: { via: 'app', parts: 1 } });
		expect(await answers(message.messageId)).toMatchObject([{ text: '**42**', via: 'reply' }]);
	});

	it.each([
		['in a topic', { threadId: 'omt_1', rootId: 'om_0' }, true],
		['that answers another one', { rootId: 'om_0' }, undefined],
		['in the chat', {}, undefined],
	])('stays where the message is: %s', async (_, place, inThread) => {
		const message = await said();
		const replyTo = { ...(message.replyTo as IDataObject), ...place };
		await run({ ...reply, text: 'x' }, [{ ...message, replyTo }]);
		const [entry] = await received('reply');
		expect(bodyOf(entry!).reply_in_thread).toBe(inThread);
	});

	it('shows a table, which a post would not', async () => {
		const message = await said();
		const text = '| a | b |\n|---|---|\n| 1 | 2 |';
		await run({ ...reply, text }, [message]);
		expect(await answers(message.messageId)).toMatchObject([{ text, format: 'card' }]);
	});

	it('is shown once when it is sent again, and a different answer is shown too', async () => {
		const message = await said();
		await run({ ...reply, text: 'one' }, [message]);
		await run({ ...reply, text: 'one' }, [message]);
		await run({ ...reply, text: 'two' }, [message]);
		const all = await answers(message.messageId);
		expect(all.map(({ text }) => text)).toEqual(['one', 'two']);
	});

	it('answers each press of a card’s button', async () => {
		const message = await said();
		const press = (actionId: string) => ({
			...message,
			messageId: actionId,
			replyTo: { ...(message.replyTo as IDataObject), actionId },
		});
		// A token that the platform has ended would let each count twice towards the chat's limit.
		const change = { note: 'presses' };
		await run({ ...reply, text: 'done' }, [press('e1'), press('e2'), press('e2')], change);
		expect(await answers(message.messageId)).toHaveLength(2);
	});

	it('fails alone where one of several messages is gone', async () => {
		const message = await said();
		const gone = {
			messageId: 'om_gone',
			replyTo: { platform: 'feishu', messageId: 'om_gone', conversationId: 'oc_1' },
		};
		const { json } = await run({ ...reply, text: 'x', onError: 'continueRegularOutput' }, [
			gone,
			message,
		]);
		expect(json[0]).toMatchObject({ error: { code: '230001', class: 'badRequest' } });
		expect(json[1]).toMatchObject({ delivery: { parts: 1 } });
	});

	it('refuses a message of another platform', async () => {
		const message = { messageId: '1', replyTo: { platform: 'wecom', messageId: '1' } };
		const { error } = await run({ ...reply, text: 'x' }, [message]);
		expect(error).toMatchObject({
			message: expect.stringContaining('not from Feishu'),
			description: expect.stringContaining('Bot Reply'),
		});
	});
});

describe('Feishu Trigger', () => {
	let runner: WebhookRunner;

	/** `note` makes it a credential of its own, whose bot nobody knows yet. */
	const listen = async (note: string): Promise<void> => {
		const { feishuAppApi } = sandbox.world.accounts;
		const parameters = { events: ['message', 'action', 'event'] };
		runner = await startWebhooks([{ type: 'feishuTrigger', parameters } as never], {
			feishuAppApi: { ...feishuAppApi, note },
		});
		await control.put('/callbacks', { feishu: runner.url });
	};
	const say = async (text: string, more: object = {}) =>
		await control.post('/say', { platform: 'feishu', text, redeliver: false, ...more });
	const asked = async () =>
		(await received('lookup')).filter(({ path }) => path === `/feishu${BOT_INFO}`);

	afterEach(async () => await runner.close());

	it('passes the platform’s check of its address and starts nothing', async () => {
		await listen('check');
		const { ok, ms } = await control.post('/verify-url', { platform: 'feishu' });
		expect({ ok, inTime: ms < 1000 }).toEqual({ ok: true, inTime: true });
		expect(runner.executions).toEqual([]);
	});

	it('takes a message in once, however often it is delivered', async () => {
		await listen('once');
		const { messageId, deliveries } = await say('你好', { times: 3 });
		await control.post('/deliver', { platform: 'feishu', messageId });
		expect(deliveries.map(({ status }: IDataObject) => status)).toEqual([200, 200, 200]);
		expect(runner.messages()).toEqual([
			expect.objectContaining({ messageId, text: '你好', conversationType: 'direct' }),
		]);
	});

	it('takes its own mention out, and asks once who it is', async () => {
		await listen('mention');
		for (const text of ['one', 'two', 'three']) await say(text, { type: 'group' });
		expect(runner.messages()).toEqual(
			['one', 'two', 'three'].map((text) =>
				expect.objectContaining({ text, mentionedBot: true, mentions: [] }),
			),
		);
		expect(await asked()).toHaveLength(1);
	});

	it('asks when the workflow is published, so that no message waits for it', async () => {
		await listen('publish');
		await runner.publish();
		expect(await asked()).toHaveLength(1);
		await say('hello', { type: 'group' });
		expect(await asked()).toHaveLength(1);
	});

	it.each([
		['does not answer', { hang: true }],
		['refuses', { status: 400, body: { code: 99991672, msg: 'no scope' } }],
		['answers without it', { status: 200, body: { code: 0, bot: {} } }],
	])('acknowledges in time and guesses while the platform %s who it is', async (_, fault) => {
		const path = { pathContains: BOT_INFO, times: -1 };
		await control.post('/faults', { service: 'feishu', ...path, ...fault });
		await listen(JSON.stringify(fault));
		const check = await control.post('/verify-url', { platform: 'feishu' });
		expect(check.ok).toBe(true);
		const { deliveries } = await say('hello', { type: 'group' });
		expect(deliveries[0].status).toBe(200);
		expect(runner.messages()).toMatchObject([{ text: 'hello', mentionedBot: true }]);
	});

	it('takes card actions and events in, and answers with an empty object', async () => {
		await listen('actions');
		const event = {
			operator: { open_id: 'ou_1' },
			action: { tag: 'button', name: 'approve', value: { id: 7 } },
			context: { open_message_id: 'om_card', open_chat_id: 'oc_1' },
		};
		const { deliveries } = await say('', { eventType: 'card.action.trigger', event });
		await say('', { eventType: 'im.chat.updated_v1', event: { chat_id: 'oc_1' } });
		expect(deliveries[0]).toMatchObject({ status: 200, response: { body: '{}' } });
		expect(runner.messages()).toMatchObject([
			{ kind: 'action', action: { id: 'approve', value: { id: 7 }, cardId: 'om_card' } },
			{ kind: 'event', event: { type: 'im.chat.updated_v1', data: { chat_id: 'oc_1' } } },
		]);
	});

	it('does not let itself be published where it would refuse everything', async () => {
		const account = { ...sandbox.world.accounts.feishuAppApi, verificationToken: '' };
		runner = await startWebhooks([{ type: 'feishuTrigger' } as never], { feishuAppApi: account });
		await expect(runner.publish()).rejects.toThrow(/Verification Token/);
	});
});
