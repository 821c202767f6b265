import type { ICredentialDataDecryptedObject, IDataObject } from 'n8n-workflow';
import { runWorkflow, type RunResult } from '../harness';
import { useSandbox } from '../sandbox/helpers';
import { startWebhooks, type WebhookRunner } from '../webhooks';

const { sandbox, control } = useSandbox();

/** What the platform got, in order. */
async function received(kind: string): Promise<IDataObject[]> {
	const { entries } = await control.get(`/ledger?platform=wecom&direction=in&kind=${kind}`);
	return entries;
}
const bodyOf = (entry: IDataObject | undefined): Record<string, Record<string, unknown>> =>
	JSON.parse(String((entry!.request as IDataObject).body));

/** A credential that no other test has used: access tokens are kept per credential. */
let fresh = 0;

interface Run extends RunResult {
	json: IDataObject[];
}

/** Runs one WeCom node. */
async function run(
	parameters: IDataObject,
	{ items = [{}], change = {}, onError }: Partial<Options> = {},
): Promise<Run> {
	const { weComAppApi, weComGroupRobotApi } = sandbox.world.accounts;
	const credentials = {
		weComAppApi: {
			...weComAppApi,
			note: `${++fresh}`,
			...change,
		} as ICredentialDataDecryptedObject,
		weComGroupRobotApi: { ...weComGroupRobotApi, ...change },
	};
	const node = { type: 'weCom', onError, parameters: { resource: 'message', ...parameters } };
	const result = await runWorkflow([node as never], { items, credentials });
	return { ...result, json: (result.outputs.WeCom?.[0] ?? []).map(({ json }) => json) };
}

interface Options {
	items: IDataObject[];
	change: IDataObject;
	onError: string;
}

const byRobot = { operation: 'send', authentication: 'groupRobot' };
const byApp = { operation: 'send', authentication: 'app', sendTo: 'users' };
const longText = Array.from({ length: 300 }, (_, index) => `第 ${index} 行，企业微信`).join('\n');

describe('Send by a group robot', () => {
	it('sends a text with its mentions', async () => {
		const options = { mentionIds: 'zhangsan, lisi', mentionAll: true };
		const { json } = await run({ ...byRobot, format: 'text', text: '你好 ]]>', options });
		expect(json[0]).toMatchObject({
			delivery: { platform: 'wecom', via: 'groupRobot', parts: 1, messageIds: [] },
		});
		const [entry] = await received('send');
		expect(bodyOf(entry)).toEqual({
			msgtype: 'text',
			text: { content: '你好 ]]>', mentioned_list: ['zhangsan', 'lisi', '@all'] },
		});
	});

	it('sends Markdown in the newer form, and in the older one for what only that can', async () => {
		await run({ ...byRobot, format: 'markdown', text: '- a\n- b' });
		await run({ ...byRobot, format: 'markdown', text: '<font color="info">ok</font>' });
		await run({ ...byRobot, format: 'markdown', text: 'x', options: { mentionIds: 'lisi' } });
		const bodies = (await received('send')).map(bodyOf);
		expect(bodies.map(({ msgtype }) => msgtype)).toEqual(['markdown_v2', 'markdown', 'markdown']);
		expect(bodies[2]!.markdown!.content).toBe('x\n<@lisi>');
	});

	it.each(['text', 'markdown'])(
		'sends a long %s in parts, in order, mentions first',
		async (format) => {
			const options = { mentionIds: 'lisi' };
			const { json } = await run({ ...byRobot, format, text: longText, options });
			const entries = await received('send');
			expect(entries.length).toBeGreaterThan(1);
			expect(json[0]).toMatchObject({ delivery: { parts: entries.length } });
			expect(entries.filter(({ refused }) => refused)).toEqual([]);
			const whole = entries.map(({ text }) => text).join('\n');
			expect(whole.replace('\n<@lisi>', '')).toBe(longText);
			const mentioning = entries.map((entry) => JSON.stringify(bodyOf(entry)).includes('lisi'));
			expect(mentioning).toEqual(entries.map((_, index) => index === 0));
		},
	);

	it('refuses to mention everybody in Markdown, which WeCom cannot', async () => {
		const options = { mentionAll: true };
		const { error } = await run({ ...byRobot, format: 'markdown', text: 'x', options });
		expect(error?.message).toContain('cannot mention everybody');
		expect(await received('send')).toEqual([]);
	});

	it('tells a removed robot, without its key', async () => {
		const webhookUrl = `${sandbox.origin}/wecom/cgi-bin/webhook/send?key=canary-5a4db0c5-0000`;
		const { error } = await run({ ...byRobot, text: 'x' }, { change: { webhookUrl } });
		expect(error?.context).toMatchObject({ failure: { class: 'targetGone', code: '93000' } });
		expect(JSON.stringify([error, error?.message, error?.stack])).not.toContain('canary');
	});

	it('tells the frequency limit as one', async () => {
		const body = { errcode: 45009, errmsg: 'api freq out of limit' };
		await control.post('/faults', { service: 'wecom', kind: 'send', body: JSON.stringify(body) });
		const { error } = await run({ ...byRobot, text: 'x' });
		expect(error?.context).toMatchObject({
			failure: { class: 'rateLimited', retryAfterMs: 60_000 },
		});
	});
});

describe('Send by an app', () => {
	it('sends to people', async () => {
		const { json } = await run({ ...byApp, userIds: 'zhangsan，lisi', text: 'hi' });
		const [entry] = await received('send');
		expect(bodyOf(entry)).toMatchObject({
			touser: 'zhangsan|lisi',
			agentid: 1000002,
			msgtype: 'text',
			text: { content: 'hi' },
			enable_duplicate_check: 1,
		});
		expect(json[0]).toMatchObject({
			delivery: { via: 'app', parts: 1, messageIds: [entry!.messageId] },
		});
		expect(json[0]!.delivery).not.toHaveProperty('refused');
	});

	it('names the people that WeCom left out though it said ok', async () => {
		const { json } = await run({ ...byApp, userIds: 'zhangsan, Nobody', text: 'hi' });
		expect(json[0]).toMatchObject({
			delivery: { refused: { users: ['nobody'], reason: expect.stringContaining('nobody') } },
		});
	});

	it('fails where nobody is left', async () => {
		const { error } = await run({ ...byApp, userIds: 'nobody', text: 'hi' });
		expect(error?.context).toMatchObject({ failure: { class: 'targetGone', code: '81013' } });
	});

	it.each([
		['departments', { departmentIds: '2, 3' }, { toparty: '2|3' }],
		['tags', { tagIds: '7' }, { totag: '7' }],
	])('sends to %s', async (sendTo, ids, expected) => {
		const body = {
			errcode: 0,
			errmsg: 'ok',
			msgid: 'm1',
			invalidparty: '3',
			unlicenseduser: 'a|b',
		};
		await control.post('/faults', { service: 'wecom', kind: 'send', body: JSON.stringify(body) });
		const { json } = await run({ ...byApp, sendTo, ...ids, text: 'hi' });
		expect(bodyOf((await received('send'))[0])).toMatchObject(expected);
		expect(json[0]).toMatchObject({ delivery: { refused: { users: ['3', 'a', 'b'] } } });
	});

	it('asks for someone to send to', async () => {
		const { error } = await run({ ...byApp, userIds: ' , ', text: 'hi' });
		expect(error?.message).toBe('The list of people to write to is empty');
	});

	it('sends a long Markdown in parts that WeCom takes whole', async () => {
		await run({ ...byApp, userIds: 'lisi', format: 'markdown', text: longText });
		const entries = await received('send');
		expect(entries.filter(({ refused, note }) => refused || note)).toEqual([]);
		expect(entries.map(({ text }) => text).join('\n')).toBe(longText);
	});

	it('fetches one token for many items, and a new one when WeCom ends it', async () => {
		const items = Array.from({ length: 20 }, (_, index) => ({ index }));
		const change = { note: 'shared token' };
		await run({ ...byApp, userIds: 'lisi', text: 'one' }, { items, change });
		expect(await received('token')).toHaveLength(1);

		const body = { errcode: 42001, errmsg: 'access_token expired' };
		await control.post('/faults', { service: 'wecom', kind: 'send', body: JSON.stringify(body) });
		const { json } = await run({ ...byApp, userIds: 'lisi', text: 'two' }, { change });
		expect(json[0]).toHaveProperty('delivery');
		expect(await received('token')).toHaveLength(2);
	});

	it('tells a wrong secret without showing it', async () => {
		const change = { secret: 'canary-secret-0123456789' };
		const { error } = await run({ ...byApp, userIds: 'lisi', text: 'hi' }, { change });
		expect(error?.context).toMatchObject({ failure: { class: 'badCredentials', code: '40001' } });
		expect(JSON.stringify([error, error?.message, error?.stack])).not.toContain('canary');
	});

	it('names the address that has to be allowed', async () => {
		const errmsg = 'not allow to access from your ip, hint: [1], from ip: 203.0.113.7, more info';
		const body = JSON.stringify({ errcode: 60020, errmsg });
		await control.post('/faults', { service: 'wecom', kind: 'send', body });
		const { error } = await run({ ...byApp, userIds: 'lisi', text: 'hi' });
		expect(error?.description).toContain('203.0.113.7');
	});
});

describe.each([
	['an app', { authentication: 'app' }, 'app', 'app', 'weComAppApi'],
	['an AI bot', { authentication: 'aiBot' }, 'aibot', 'aiBot', 'weComAiBotApi'],
] as const)('A conversation with %s', (_, parameters, bot, via, credential) => {
	let runner: WebhookRunner;

	beforeAll(async () => {
		const credentials = { [credential]: { ...sandbox.world.accounts[credential] } };
		const events = ['message', 'event', 'action'];
		const trigger = { type: 'weComTrigger', parameters: { ...parameters, events } };
		runner = await startWebhooks([trigger as never], credentials);
	});
	afterAll(async () => await runner.close());
	beforeEach(async () => {
		runner.executions.length = 0;
		const platform = bot === 'app' ? 'wecom' : 'wecom-aibot';
		await control.put('/callbacks', { [platform]: runner.url });
	});

	const say = async (more: object = {}): Promise<IDataObject> =>
		await control.post('/say', { platform: 'wecom', bot, text: '在吗', redeliver: false, ...more });
	const answersTo = async (messageId: unknown): Promise<IDataObject[]> =>
		await control.get(`/answers?messageId=${encodeURIComponent(String(messageId))}`);

	it('passes WeCom’s check of the address', async () => {
		expect(await control.post('/verify-url', { platform: 'wecom', bot })).toMatchObject({
			ok: true,
		});
		expect(runner.executions).toEqual([]);
	});

	it('begins with a message and ends with its answer', async () => {
		const { messageId } = await say();
		const items = runner.messages();
		expect(items).toEqual([expect.objectContaining({ messageId, text: '在吗' })]);
		const reply = { operation: 'reply', text: '在的' };
		const { json } = await run(reply, { items });
		expect(json[0]).toMatchObject({ messageId, delivery: { platform: 'wecom', via, parts: 1 } });
		expect(await answersTo(messageId)).toEqual([
			// WeChat's plug-in shows no Markdown of apps.
			expect.objectContaining({ text: '在的', format: via === 'aiBot' ? 'markdown' : 'text' }),
		]);
	});

	it('starts nothing twice', async () => {
		const { messageId } = await say();
		await control.post('/deliver', { platform: 'wecom', bot, messageId });
		expect(runner.messages()).toHaveLength(1);
	});

	it('takes an event once, however often it comes', async () => {
		const { messageId } = await say({ contentType: 'event', eventType: 'enter_chat' });
		await control.post('/deliver', { platform: 'wecom', bot, messageId });
		expect(runner.messages()).toEqual([
			expect.objectContaining({
				kind: 'event',
				event: expect.objectContaining({ type: 'enter_chat' }),
			}),
		]);
	});
});

describe('Reply by an app', () => {
	const replyTo = { platform: 'wecom', bot: 'app', userId: 'lisi' };
	const asked = (messageId: string) => ({ messageId, replyTo: { ...replyTo, messageId } });
	const reply = { operation: 'reply', format: 'text', text: 'the same help' };

	it('answers the same to two questions, and once to one that is worked twice', async () => {
		const change = { note: 'duplicates' };
		await run(reply, { items: [asked('m1'), asked('m2')], change });
		await run(reply, { items: [asked('m1')], change });
		const notes = (await received('send')).map(({ note }) => note);
		expect(notes).toEqual([undefined, undefined, 'duplicate: not shown again']);
	});

	it('sends the model’s answer where Text is empty', async () => {
		const items = [{ ...asked('m3'), answer: { text: 'forty-two' } }];
		await run({ operation: 'reply' }, { items });
		expect((await received('send'))[0]).toMatchObject({ text: 'forty-two' });
	});
});

describe('Reply by an AI bot', () => {
	/** A message that the platform keeps, without delivering it. */
	async function asked(more: object = {}): Promise<IDataObject> {
		const said = { platform: 'wecom', bot: 'aibot', text: 'hi', ...more };
		const { messageId } = await control.post('/build', said);
		const message = sandbox.world.messages.get(messageId)!;
		return {
			messageId,
			replyTo: {
				platform: 'wecom',
				bot: 'aiBot',
				messageId,
				userId: message.from,
				responseUrl: `${sandbox.origin}/wecom/cgi-bin/aibot/response?response_code=${message.replySecret}`,
				expiresAt: Date.now() + 3_600_000,
			},
		};
	}
	const tooLong = '很长的一段。\n\n'.repeat(2000);

	it('cuts a text that is too long for its only answer, and says so', async () => {
		const item = await asked();
		const { json } = await run({ operation: 'reply', text: tooLong }, { items: [item] });
		expect(json[0]).toMatchObject({ delivery: { via: 'aiBot', parts: 1, cut: true } });
		const [entry] = await received('reply');
		expect(entry).not.toHaveProperty('refused');
		expect(String(entry!.text).endsWith('…')).toBe(true);
	});

	it('refuses such a text where the option says so, and keeps the answer free', async () => {
		const item = await asked();
		const options = { longText: 'refuse' };
		const { error } = await run({ operation: 'reply', text: tooLong, options }, { items: [item] });
		expect(error?.message).toContain('20480');
		expect(await received('reply')).toEqual([]);
		const { json } = await run({ operation: 'reply', text: 'short' }, { items: [item] });
		expect(json[0]!.delivery).not.toHaveProperty('cut');
	});

	it('says of a second answer that one may be there, without showing the address’s code', async () => {
		const item = await asked();
		await run({ operation: 'reply', text: 'one' }, { items: [item] });
		const { error } = await run({ operation: 'reply', text: 'two' }, { items: [item] });
		expect(error?.context).toMatchObject({ failure: { class: 'unknownOutcome', code: '40058' } });
		const code = new URL(String((item.replyTo as IDataObject).responseUrl)).searchParams.get(
			'response_code',
		)!;
		expect([error!.message, error!.description].join()).not.toContain(code);
	});

	it('does not try after the hour', async () => {
		const item = await asked();
		Object.assign(item.replyTo as IDataObject, { expiresAt: Date.now() - 1 });
		const { error } = await run({ operation: 'reply', text: 'late' }, { items: [item] });
		expect(error?.message).toContain('for an hour');
		expect(await received('reply')).toEqual([]);
	});
});

describe('Reply', () => {
	const asked = (messageId = 'm', userId = 'lisi') => ({
		messageId,
		replyTo: { platform: 'wecom', bot: 'app', userId, messageId },
	});

	it.each([{}, { authentication: 'groupRobot' }, { authentication: 'app' }])(
		'finds the app’s credential, whatever Send was set to before: %j',
		async (left) => {
			const items = [asked()];
			const { json } = await run({ ...left, operation: 'reply', text: 'x' }, { items });
			expect(json[0]).toMatchObject({ delivery: { via: 'app' } });
		},
	);

	it('says which credential is missing', async () => {
		const parameters = { resource: 'message', operation: 'reply', text: 'x' };
		const { error } = await runWorkflow([{ type: 'weCom', parameters }], { items: [asked()] });
		expect(error?.description).toContain('WeCom App API');
	});

	it('refuses a message of another platform', async () => {
		const replyTo = { platform: 'feishu', messageId: 'm', conversationId: 'c' };
		const items = [{ messageId: 'm', replyTo }];
		const { error } = await run({ operation: 'reply', text: 'x' }, { items });
		expect(error?.message).toBe('This message is not from WeCom');
	});

	it('lets one item fail alone', async () => {
		const items = [asked('b', 'nobody'), asked('g')];
		const onError = 'continueRegularOutput';
		const { json } = await run({ operation: 'reply', text: 'x' }, { items, onError });
		expect(json).toEqual([
			expect.objectContaining({ error: expect.objectContaining({ code: '81013' }) }),
			expect.objectContaining({ delivery: expect.objectContaining({ via: 'app' }) }),
		]);
	});
});

it('answers the refresh of a streamed answer at once, and starts nothing', async () => {
	const { weComAiBot } = await import('./weComCase');
	const { post } = await import('./platforms');
	const parameters = { ...weComAiBot.parameters, events: ['message', 'event', 'action'] };
	const trigger = { type: 'weComTrigger', parameters };
	const runner = await startWebhooks([trigger as never], weComAiBot.credentials);
	const document = weComAiBot.document({ id: 's1' });
	const refresh = { ...document, msgtype: 'stream', stream: { id: 'STREAM' } };
	expect(await post(runner.url, weComAiBot.deliver(refresh))).toMatchObject({
		status: 200,
		body: '',
	});
	expect(runner.executions).toEqual([]);
	expect((await post(runner.url, weComAiBot.deliver(document))).status).toBe(200);
	expect(runner.messages()).toHaveLength(1);
	await runner.close();
});
