import type { IDataObject } from 'n8n-workflow';
import type { Unsent } from '../../core/delivery/delivery';
import { runWorkflow, type Credentials } from '../harness';
import { passWindows, useSandbox } from '../sandbox/helpers';
import { askedIn } from './asked';
import { replying, waysOf, type Service, type Way } from './ways';

/*
 * What a failed sending leaves, and Bot Delivery, which sends it again: each way of each platform, with the
 * sandbox's ledger as the judge.
 */

const { sandbox, control } = useSandbox();
let credentials: Credentials;
/** Access tokens and limits are kept per credential: every test has its own. */
let fresh = 0;

beforeEach(renewCredentials);

function renewCredentials(): void {
	const { weComAiBotApi, robots, ...accounts } = sandbox.world.accounts;
	expect([weComAiBotApi, robots]).not.toContain(undefined);
	credentials = Object.fromEntries(
		Object.entries(accounts).map(([type, data]) => [type, { ...data, note: ++fresh }]),
	) as Credentials;
}

const said = async (platform: Service): Promise<IDataObject> =>
	await askedIn(sandbox, control, { platform, text: 'hi', from: 'zhangsan' });
const ways = waysOf(said);

/** Runs one node; what left it and what failed. */
async function run(type: string, item: IDataObject, parameters: IDataObject = {}) {
	const node = { type, parameters: { options: {}, ...parameters }, onError: 'continueErrorOutput' };
	const nodes = [{ type: 'dingTalkTrigger' }, node] as never;
	const { outputs } = await runWorkflow(nodes, { items: [item], credentials });
	const [sent = [], failed = []] = Object.entries(outputs).at(-1)![1];
	return { sent: sent[0]?.json, failed: failed[0]?.json };
}

const unsentIn = (json: IDataObject | undefined): Unsent =>
	(json!.error as IDataObject).unsent as unknown as Unsent;
/** As the queue does, later. */
async function deliver(unsent: Unsent, more: IDataObject = {}) {
	passWindows();
	return await run('botDelivery', { unsent: unsent as unknown as IDataObject, ...more });
}

const received = async ({ service, kind }: Way): Promise<IDataObject[]> =>
	(await control.get(`/ledger?platform=${service}&direction=in&kind=${kind}`)).entries;
/** The texts that the platform took, as often as it showed them. */
const shown = async (way: Way): Promise<unknown[]> =>
	(await received(way)).filter(({ refused, note }) => !refused && !note).map(({ text }) => text);

/** How each platform says that a message is not as it should be. */
const REFUSED_FORM: Readonly<Record<Service, IDataObject>> = {
	dingtalk: { status: 400, body: { errcode: 40035, code: 'MissingParameter' } },
	feishu: {
		status: 400,
		body: { code: 230099, msg: 'ext=ErrCode: 200570 (an image key is not valid)' },
	},
	wecom: { status: 200, body: { errcode: 40058, errmsg: 'invalid Request Parameter' } },
};

/** No two of its parts are the same. */
const longTextOf = ({ lines = 2500 }: Way): string =>
	Array.from({ length: lines }, (_, n) => `line ${n} of a long text`).join('\n');

describe.each(ways.map((way) => [way.name, way] as const))('Through %s', (_, way) => {
	const { service, kind, fault } = way;
	const fail = async (more: IDataObject = {}) =>
		await control.post('/faults', { service, kind, times: 1, ...fault, ...more });
	const failAtSecond = async () => {
		await control.post('/faults', { service, kind, delayMs: 1 });
		await fail();
	};
	const start = async (text: string) =>
		await run(way.node, (await way.item?.()) ?? {}, { ...way.parameters, text });

	it('a message that failed says what is needed to send it again', async () => {
		await fail();
		const { failed } = await start('hello');
		expect(failed!.error).toMatchObject({ class: 'temporary' });
		expect(unsentIn(failed)).toMatchObject({
			platform: service,
			via: way.via,
			content: { type: 'text', text: 'hello' },
			longText: 'split',
			seed: expect.stringMatching(/^[0-9a-f]{32}$/),
			sentParts: 0,
			messageIds: [],
			repeatable: way.repeatable,
		});
		expect(await shown(way)).toEqual([]);
		const { sent } = await deliver(unsentIn(failed));
		expect(sent!.delivery).toMatchObject({ platform: service, parts: 1 });
		expect(await shown(way)).toEqual(['hello']);
	});

	it.each([
		['nothing', ''],
		['an empty object', {}],
		['words of a gateway', { code: 500, msg: 'gateway blocked' }],
		['its own words without a code', { errmsg: 'ok' }],
		['a page', '<html>Sign in</html>'],
		['a list', []],
	])('HTTP 200 with %s is no success', async (_what, body) => {
		await fail({ status: 200, body });
		const { sent, failed } = await start('hello');
		expect(sent).toBeUndefined();
		expect(failed!.error).toMatchObject({ class: 'unclassified' });
		expect(unsentIn(failed)).toMatchObject({ sentParts: 0, content: { text: 'hello' } });
	});

	it('Markdown whose form is refused is shown once, as plain text', async () => {
		await fail(REFUSED_FORM[service]);
		const markdown = { format: 'markdown', options: { keepMarkdown: true } };
		const item = (await way.item?.()) ?? {};
		const text = '**disk** full\n\n- x\n  - y\n\n| a | b |\n|---|---|\n| 1 | 2 |';
		const { sent } = await run(way.node, item, { ...way.parameters, ...markdown, text });
		expect(sent!.delivery).toMatchObject({ platform: service, parts: 1 });
		expect(await shown(way)).toEqual(['disk full\n\n• x\n  • y\n\n• a: 1 | b: 2']);
	});

	it('a text whose form is refused fails, and is not sent again', async () => {
		await fail(REFUSED_FORM[service]);
		const { failed } = await start('hello');
		expect(failed!.error).toMatchObject({ class: 'badRequest' });
		expect(await received(way)).toHaveLength(1);
	});

	it('a long text goes on behind the parts that are out', async () => {
		const longText = longTextOf(way);
		const { sent } = await start(longText);
		const parts = (sent!.delivery as IDataObject).parts as number;
		const ids = ((sent!.delivery as IDataObject).messageIds as string[]).length;
		expect(parts).toBeGreaterThan(2);
		await control.post('/reset');
		renewCredentials();
		await failAtSecond();
		const { failed } = await start(longText);
		const unsent = unsentIn(failed);
		expect(unsent).toMatchObject({ sentParts: 1, messageIds: { length: ids > 0 ? 1 : 0 } });
		// It fails once more on its way.
		await failAtSecond();
		const second = await deliver(unsent);
		expect(unsentIn(second.failed)).toMatchObject({ sentParts: 2, seed: unsent.seed });
		const third = await deliver(unsentIn(second.failed));
		expect(third.sent!.delivery).toMatchObject({ parts, messageIds: { length: ids } });
		const texts = await shown(way);
		expect(texts).toHaveLength(parts);
		expect(texts.join('\n')).toBe(longText);
	});

	it('a message of unknown outcome is shown again exactly where nothing says that it is the same', async () => {
		const times = way.repeatable ? 2 : 1;
		await control.post('/faults', { service, kind, after: true, cut: true, times });
		const { failed } = await start('once');
		expect(failed!.error).toMatchObject({ class: 'unknownOutcome' });
		const { sent } = await deliver(unsentIn(failed));
		expect(sent).toHaveProperty('delivery');
		const entries = await received(way);
		expect(entries.length).toBe(times + 1);
		const messages = new Set(entries.map(({ messageId }) => messageId));
		expect(messages.size).toBe(way.repeatable ? 1 : 2);
	});
});

describe('A message to several people on Feishu', () => {
	const way = ways.find(({ name }) => name === 'a Feishu app to a person')!;
	const people = { ...way.parameters, userIds: 'zhangsan, nobody, lisi, wangwu' };

	it('goes on with the person and the part at which it failed', async () => {
		const longText = longTextOf(way);
		const whole = await run('feishu', {}, { ...people, userIds: 'zhangsan', text: longText });
		const { parts } = whole.sent!.delivery as { parts: number };
		passWindows();
		// All parts to the first, the refusal of the second, and one part to the third get through.
		const { service, kind, fault } = way;
		await control.post('/faults', { service, kind, delayMs: 1, times: parts + 2 });
		await control.post('/faults', { service, kind, times: 1, ...fault });
		const { failed } = await run('feishu', {}, { ...people, text: longText });
		const unsent = unsentIn(failed);
		expect(unsent).toMatchObject({
			target: { type: 'users', ids: ['lisi', 'wangwu', 'nobody'], idType: 'user_id' },
			sentParts: 1,
			messageIds: { length: parts + 1 },
		});
		const { sent } = await deliver(unsent);
		expect(sent!.delivery).toMatchObject({
			messageIds: { length: parts * 3 },
			refused: { users: ['nobody'] },
		});
		const byPerson = new Map<unknown, unknown[]>();
		for (const entry of (await received(way)).filter(({ refused, note }) => !refused && !note)) {
			const { conversation, text } = entry;
			byPerson.set(conversation, [...(byPerson.get(conversation) ?? []), text]);
		}
		expect(byPerson.size).toBe(3);
		for (const texts of byPerson.values()) expect(texts.join('\n')).toBe(longText);
	});
});

describe('Bot Delivery', () => {
	const target = { type: 'users', ids: ['zhangsan'] };
	const whole = {
		platform: 'feishu',
		via: 'app',
		target,
		content: { type: 'text', text: 'hi' },
		longText: 'split',
		seed: 'any word',
		sentParts: 0,
		messageIds: [],
		repeatable: true,
	};

	it.each([
		['nothing', undefined],
		['no content', { ...whole, content: undefined }],
		['an empty text', { ...whole, content: { type: 'text', text: ' ' } }],
		['no seed', { ...whole, seed: undefined }],
		['another platform', { ...whole, platform: 'toString' }],
		['another way', { ...whole, via: 'pigeon' }],
		['a reply to nothing', { ...whole, via: 'reply' }],
		['a reply on another platform', { ...whole, via: 'reply', replyTo: { platform: 'wecom' } }],
		['a word for a number', { ...whole, sentParts: 'two' }],
	])('sends an item away that holds %s, and nothing else', async (_, unsent) => {
		const { failed } = await run('botDelivery', { unsent: unsent as IDataObject });
		expect(failed!.error).toMatchObject({ message: 'This item holds no message to send' });
		expect(failed!.error).not.toHaveProperty('unsent');
	});

	it('keeps what else an item holds', async () => {
		const { sent } = await deliver(whole as unknown as Unsent, {
			retry: { key: 'k', priority: 0 },
		});
		expect(sent).toMatchObject({ retry: { key: 'k' }, delivery: { via: 'app', parts: 1 } });
	});

	it('reads of Feishu’s ids of people what they are', async () => {
		const ids = ['zhangsan', 'zhangsan@example.com'];
		await deliver({ ...whole, target: { ids } } as unknown as Unsent);
		const { entries } = await control.get('/ledger?platform=feishu&direction=in&kind=send');
		const queries = entries.map(({ request }: IDataObject) => (request as IDataObject).query);
		expect(queries).toEqual(['?receive_id_type=user_id', '?receive_id_type=email']);
	});

	it.each([
		['dingtalk', { type: 'tags', ids: ['1'] }, 'DingTalk’s app does not write to tags'],
		['dingtalk', { type: 'chat', ids: [] }, 'The list of groups to write to is empty'],
		['feishu', { type: 'departments', ids: ['1'] }, 'Feishu’s app does not write to departments'],
		['wecom', { type: 'chat', ids: ['1'] }, 'WeCom’s app does not write to groups'],
		['wecom', {}, 'The list of people to write to is empty'],
	])('says what the app of %s does not send to: %j', async (platform, target, message) => {
		const { failed } = await deliver({ ...whole, platform, target } as unknown as Unsent);
		expect((failed!.error as IDataObject).message).toContain(message);
		expect(unsentIn(failed)).toMatchObject({ target, sentParts: 0 });
	});

	it.each(['dingTalkGroupRobotApi', 'feishuGroupRobotApi', 'weComGroupRobotApi'])(
		'says that the %s credential is missing, and keeps the message',
		async (type) => {
			const platform = type.replace('GroupRobotApi', '').toLowerCase();
			delete credentials[type];
			const { failed } = await deliver({
				...whole,
				platform,
				via: 'groupRobot',
			} as unknown as Unsent);
			expect((failed!.error as IDataObject).message).toMatch(
				/needs a \w+ Group Robot API credential/,
			);
			expect(unsentIn(failed).content!.text).toBe('hi');
		},
	);
});

test('Messages that wait for one access token keep a message each when it cannot be had', async () => {
	await control.post('/faults', { service: 'feishu', kind: 'token', status: 503, times: -1 });
	const items = Array.from({ length: 5 }, (_, n) => ({ answer: { text: `text ${n}` } }));
	const origins = await Promise.all(items.map(async () => await said('feishu')));
	const node = {
		type: 'botReply',
		parameters: { format: 'text', text: '', options: {} },
		onError: 'continueErrorOutput',
	};
	const { outputs } = await runWorkflow([{ type: 'dingTalkTrigger' }, node] as never, {
		items: items.map((item, n) => ({ ...origins[n], ...item })),
		credentials,
	});
	const texts = outputs['Bot Reply']![1]!.map(({ json }) => unsentIn(json).content!.text);
	expect(texts).toEqual(items.map(({ answer }) => answer.text));
});

test('A message that no model answered leaves nothing to send', async () => {
	await control.put('/model', { rules: [{ contains: 'hi', status: 500 }] });
	const { failed } = await run(
		'aiReply',
		{ ...(await said('feishu')), text: 'hi' },
		{ format: 'text' },
	);
	expect(failed!.error).toMatchObject({ class: 'temporary' });
	expect(failed!.error).not.toHaveProperty('unsent');
});

test('A text that is refused for its length is kept', async () => {
	const options = { longText: 'refuse' };
	const { failed } = await run('dingTalk', await said('dingtalk'), {
		...replying,
		text: 'x'.repeat(30_000),
		options,
	});
	expect(unsentIn(failed)).toMatchObject({ longText: 'refuse', sentParts: 0 });
});
