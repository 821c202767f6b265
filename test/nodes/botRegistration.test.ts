import type { IDataObject, INodeType } from 'n8n-workflow';
import { registrationOf } from '../../nodes/platforms/registrations';
import type { Platform } from '../../protocol/message';
import { atSandbox } from '../../scripts/workflows/simulated';
import { readWorkflows } from '../../scripts/workflows/workflows';
import { paths } from '../../scripts/machine/paths';
import { logged, ownNode, PACKAGE, runWorkflow, type TestNode } from '../harness';
import { pause } from '../until';
import { until, useSandbox } from '../sandbox/helpers';
import { API_KEY, StandInN8n } from './standInN8n';

const platforms: Platform[] = ['dingtalk', 'feishu', 'wecom'];
const { sandbox, control } = useSandbox();
let n8n: StandInN8n;
let staticData: IDataObject;
/** The node of a process that was started later. */
let fresh: INodeType | undefined;
/** Every page and every other item of this file: no secret may be in them. */
const said: string[] = [];
/** Of all that n8n was given, also where it kept nothing. */
const secrets = (): string[] =>
	n8n.server.asked.flatMap(({ body }) => {
		const { clientSecret, appSecret, secret } = body?.data ?? {};
		return [clientSecret, appSecret, secret].filter(Boolean).map(String);
	});

beforeEach(async () => {
	n8n = await StandInN8n.start();
	staticData = {};
	fresh = undefined;
	said.length = 0;
	const timing = { expiresInMs: 60_000, intervalMs: 1000 };
	await control.put('/registration-settings', {
		dingtalk: timing,
		feishu: timing,
		wecom: timing,
	});
});
afterEach(async () => {
	const told = [...said, ...logged].join('\n');
	for (const secret of [API_KEY, ...secrets()]) expect(told).not.toContain(secret);
	await n8n.server.close();
});

/** As `npm start` points the bundled page at the sandbox. */
function settings(): IDataObject {
	const bundled = readWorkflows(paths.workflows)
		.map(({ workflow }) => workflow)
		.filter(({ id }) => id === 'clawbotConnect01');
	const accounts = platforms.map((platform) => ({
		type: registrationOf(platform).credential,
		real: false,
	}));
	const [workflow] = atSandbox(bundled, sandbox.origin, accounts);
	return workflow!.nodes.find(({ id }) => id === 'do')!.parameters.settings;
}

interface Outcome {
	status: number;
	html: string;
	met: IDataObject[];
	forget: IDataObject[];
}

async function ask(
	{ query = {}, body = {} }: { query?: IDataObject; body?: IDataObject },
	rows: IDataObject[] = [{}],
	more: IDataObject = settings(),
): Promise<Outcome> {
	const workflowId = { __rl: true, mode: 'list', value: 'clawbotGreet0001' };
	const request = { query, body };
	const parameters = { operation: 'page', request, workflowId, greeting: 'Hi', settings: more };
	const node = { type: 'botRegistration', parameters } as unknown as TestNode;
	const { outputs, error } = await runWorkflow([node], {
		items: rows,
		credentials: { clawBotInstanceApi: n8n.credential as never },
		staticData,
		...(fresh && { types: { [`${PACKAGE}.botRegistration`]: fresh } }),
	});
	if (error) throw error;
	said.push(JSON.stringify(outputs));
	const [met, forget, pages] = outputs['ClawBot Bot Registration']!.map((items) =>
		items.map(({ json }) => json),
	);
	return { ...(pages![0] as { status: number; html: string }), met: met!, forget: forget! };
}

/** Sends a form with the token of the page. */
async function send(body: IDataObject, rows?: IDataObject[]): Promise<Outcome> {
	const { html } = await ask({});
	const [, csrf] = /name="csrf" value="([0-9a-f]{64})"/.exec(html) ?? [];
	return await ask({ body: { csrf, ...body } }, rows);
}

/** Where the page goes by itself; undefined where it stays. */
const nextOf = ({ html }: Pick<Outcome, 'html'>): IDataObject | undefined => {
	const [, address] = /http-equiv="refresh" content="\d+;url=\?([^"]*)"/.exec(html) ?? [];
	return address === undefined
		? undefined
		: Object.fromEntries(new URLSearchParams(address.replaceAll('&amp;', '&')));
};

const scanned = (page: Outcome): IDataObject => nextOf(page)!;

const unescaped = (text: string): string =>
	text.replaceAll('&amp;', '&').replaceAll('&#39;', "'").replaceAll('&quot;', '"');

/** What a phone reads from the code, by the address beside it. */
const addressIn = ({ html }: Outcome): string =>
	unescaped(/<a href="(http[^"]*)"[^>]*>\s*在手机上/.exec(html)![1]!);

const phone = async (page: Outcome, does: string, more: object = {}): Promise<void> => {
	await control.post('/registrations', { address: addressIn(page), does, ...more });
};

/** Looks until the page says something, as a browser does. */
async function follow(page: Outcome, words: string, rows?: IDataObject[]): Promise<Outcome> {
	let latest = page;
	return await until(async () => {
		latest = await ask({ query: nextOf(latest) ?? {} }, rows);
		return latest.html.includes(words) ? latest : undefined;
	});
}

const asked = async (): Promise<number> => {
	const { registrations } = await control.get('/registrations');
	return registrations.at(-1).asked;
};

describe.each(platforms)('A scan with %s', (platform) => {
	it('makes a credential, which greets and answers nobody until somebody is confirmed', async () => {
		const code = await send({ action: 'begin', platform });
		expect(code).toMatchObject({ status: 200, met: [], forget: [] });
		expect(code.html).toContain('<svg');
		await phone(code, 'confirm');
		const made = await follow(code, '机器人已创建');
		const [credential] = n8n.credentials;
		expect(n8n.credentials).toHaveLength(1);
		expect(credential!.type).toBe(registrationOf(platform).credential);
		expect(JSON.stringify(credential!.data)).toContain(new URL(sandbox.origin).host);
		expect(nextOf(made)).toEqual({ bot: credential!.id });

		const greeting = n8n.having('clawbotGreet0001', credential!.id);
		expect(greeting).toEqual([expect.stringMatching(/ message$/), 'Greet the person']);
		const isOn = n8n
			.workflow('clawbotGreet0001')
			.nodes.filter(({ name, disabled }) => greeting.includes(String(name)) && !disabled);
		expect(isOn).toHaveLength(2);
		expect(n8n.having('clawbotAnswer001', credential!.id)).toEqual([]);

		const waiting = await ask({ query: nextOf(made) });
		expect(waiting.html).toContain('给您的机器人发一条消息');
		const row = { credential: credential!.id, person: 'p1', name: '李强', words: '在吗' };
		const wrote = await ask({ query: { bot: credential!.id } }, [row]);
		expect(wrote.html).toContain('在吗');
		expect(nextOf(wrote)).toBeUndefined();

		const form = { action: 'confirm', id: credential!.id, workflows: 'clawbotAnswer001' };
		for (const person of ['', 'p2']) {
			expect(await send({ ...form, person }, [row])).toMatchObject({ status: 400 });
		}
		expect(n8n.having('clawbotAnswer001', credential!.id)).toEqual([]);
		const confirmed = await send({ ...form, person: 'p1' }, [row]);
		expect(confirmed.html).toContain('已确认：李强');
		expect(confirmed.forget).toEqual([{ credential: credential!.id }]);
		expect(n8n.having('clawbotGreet0001', credential!.id)).toEqual([]);
		expect(n8n.having('clawbotAnswer001', credential!.id).length).toBeGreaterThan(2);
		const { html } = await ask({});
		expect(html).toContain('正在回答');
	});

	it('asks no sooner than the platform allows, however often the page is opened', async () => {
		const code = await send({ action: 'begin', platform });
		await Promise.all(Array.from({ length: 5 }, async () => await ask({ query: scanned(code) })));
		expect(await asked()).toBe(0);
		await until(async () => {
			await Promise.all(Array.from({ length: 5 }, async () => await ask({ query: scanned(code) })));
			return (await asked()) === 1;
		});
		const older = await ask({ query: scanned(code) });
		expect(await asked()).toBe(1);
		expect(nextOf(older)).toBeDefined();
	});

	it('ends when it is cancelled, or another begins', async () => {
		const first = await send({ action: 'begin', platform });
		const second = await send({ action: 'begin', platform });
		const over = await ask({ query: scanned(first) });
		expect(over.html).toContain('已被后来的扫码取代');
		expect(nextOf(over)).toBeUndefined();
		const cancelled = await send({ action: 'cancel', ...scanned(second) });
		expect(cancelled.html).toContain('已取消');
		expect((await ask({ query: scanned(second) })).html).toContain('这次扫码已经结束');
		expect(await asked()).toBe(0);
	});
});

it('A scan that ends late does not end the one that has begun meanwhile', async () => {
	const first = await send({ action: 'begin', platform: 'feishu' });
	await phone(first, 'deny');
	const slow = { service: 'feishu', kind: 'registration', delayMs: 700, times: 1 };
	await control.post('/faults', slow);
	await pause(1000);
	const looking = ask({ query: scanned(first) });
	await pause(200);
	const second = await send({ action: 'begin', platform: 'feishu' });
	expect((await looking).html).toContain('拒绝了授权');
	expect(nextOf(await ask({ query: scanned(second) }))).toBeDefined();
});

it('Feishu tells who has scanned: the bot greets that person, who may be confirmed at once', async () => {
	const code = await send({ action: 'begin', platform: 'feishu' });
	await phone(code, 'confirm', { from: 'lisi' });
	const made = await follow(code, '机器人已创建');
	const [credential] = n8n.credentials;
	expect(made.met).toMatchObject([
		{ newPerson: { credential: credential!.id, platform: 'feishu', words: '' } },
	]);
	const { person } = made.met[0]!.newPerson as IDataObject;
	expect(String(person)).toMatch(/^ou_/);
	const { entries } = await control.get('/ledger?platform=feishu');
	const sent = entries.filter((entry: { path: string }) => entry.path.includes('/im/v1/messages'));
	expect(JSON.stringify(sent)).toContain(String(person));
	const page = await ask({ query: { bot: credential!.id } }, [
		made.met[0]!.newPerson as IDataObject,
	]);
	expect(page.html).toContain('扫了码');
});

it.each([
	['deny', '拒绝了授权'],
	['expire', '已过期'],
])(
	'A code of which the platform says %s is the end: a new one is offered, and nothing asked',
	async (does, words) => {
		const code = await send({ action: 'begin', platform: 'feishu' });
		await phone(code, does);
		const ended = await follow(code, words);
		expect(nextOf(ended)).toBeUndefined();
		expect(ended.html).toContain('重新生成二维码');
		const times = await asked();
		expect((await ask({ query: scanned(code) })).html).toContain('这次扫码已经结束');
		expect(await asked()).toBe(times);
		expect(n8n.credentials).toEqual([]);
	},
);

describe('What a platform gives once', () => {
	it('is not asked for where n8n would not take it', async () => {
		n8n.allowed = { ...n8n.allowed, credential: { operations: ['list', 'read'] } };
		const page = await send({ action: 'begin', platform: 'dingtalk' });
		expect(page.html).toContain('credential:create');
		const { registrations } = await control.get('/registrations');
		expect(registrations).toEqual([]);
	});

	it.each([
		['n8n is away for a moment', { status: 503 }],
		['n8n’s answer is lost', { status: 503, isDone: true }],
		['something before n8n answers in its place', { status: 200 }],
	])('is kept once, where %s', async (_, fault) => {
		const code = await send({ action: 'begin', platform: 'dingtalk' });
		await phone(code, 'confirm');
		n8n.faults.push({ path: /\/credentials$/, ...fault });
		n8n.server.asked.length = 0;
		await follow(code, '机器人已创建');
		expect(n8n.credentials).toHaveLength(1);
		expect(n8n.deeds.filter((deed) => deed === 'POST /credentials')).toHaveLength(2);
	});

	it('is told nobody, where n8n repeats what it was given', async () => {
		const code = await send({ action: 'begin', platform: 'dingtalk' });
		await phone(code, 'confirm');
		n8n.faults.push({ path: /\/credentials$/, status: 400, isLoud: true });
		const page = await follow(code, '凭证只给一次');
		expect(page.html).toContain('***');
		expect(secrets()).toHaveLength(1);
	});

	it('is lost where n8n takes it never, which the page says', async () => {
		const code = await send({ action: 'begin', platform: 'dingtalk' });
		await phone(code, 'confirm');
		n8n.faults.push(...[1, 2, 3].map(() => ({ path: /\/credentials$/, status: 503 })));
		const page = await follow(code, '凭证只给一次');
		expect(nextOf(page)).toBeUndefined();
	});

	it('waits for somebody to go on, where the workflow of greetings cannot take it', async () => {
		const code = await send({ action: 'begin', platform: 'dingtalk' });
		await phone(code, 'confirm');
		const [greeting] = n8n.workflows.splice(0, 1);
		const made = await follow(code, '不在这个 n8n 中');
		n8n.workflows.push(greeting!);
		const { id } = n8n.credentials[0]!;
		expect(nextOf(made)).toEqual({ bot: id });
		expect((await ask({ query: { bot: id } })).html).toContain('还没有连接');
		expect((await ask({})).html).toContain('已创建，未使用');
		const waiting = await send({ action: 'goOn', id });
		expect(waiting.html).toContain('给您的机器人发一条消息');
	});
});

it('A scan outlives a restart of n8n: what the page carries and what n8n keeps suffices', async () => {
	const code = await send({ action: 'begin', platform: 'dingtalk' });
	await phone(code, 'confirm');
	jest.isolateModules(() => {
		fresh = ownNode('botRegistration', (file) => jest.requireActual(file));
	});
	await follow(code, '机器人已创建');
	expect(n8n.credentials).toHaveLength(1);
	// The control: another n8n can make nothing of the page.
	staticData = {};
	expect((await ask({ query: scanned(code) })).status).toBe(400);
});

describe('The bots of the list', () => {
	const bot = async (): Promise<string> => {
		const code = await send({ action: 'begin', platform: 'dingtalk' });
		await phone(code, 'confirm');
		await follow(code, '机器人已创建');
		return n8n.credentials.at(-1)!.id;
	};

	it('are checked by the test of their credential', async () => {
		const id = await bot();
		expect((await send({ action: 'check', id })).html).toContain('App Secret is empty');
	});

	it('are replaced by another scan: the credential gets other values, and its workflows stay', async () => {
		const id = await bot();
		const before = structuredClone(n8n.credentials[0]!.data);
		const code = await send({ action: 'begin', platform: 'dingtalk', replaces: id });
		await phone(code, 'confirm');
		await follow(code, '已更换');
		expect(n8n.credentials).toHaveLength(1);
		expect(n8n.credentials[0]!.data.clientId).not.toBe(before.botId);
		expect(n8n.having('clawbotGreet0001', id)).toHaveLength(2);
	});

	it('are given what they lack by a scan of the same app: nothing else of their credential changes', async () => {
		const code = await send({ action: 'begin', platform: 'feishu' });
		await phone(code, 'confirm');
		const made = await follow(code, '机器人已创建');
		const id = nextOf(made)!.bot as string;
		const [credential] = n8n.credentials;
		const app = sandbox.world.bots.find('feishu', credential!.data.appId)!;
		app.grants!.scopes.tenant = [];
		Object.assign(credential!.data, { keepAlive: true });
		const before = structuredClone(credential!.data);
		expect((await ask({})).html).toContain('补充权限');
		const again = await send({ action: 'begin', platform: 'feishu', replaces: id, updates: '1' });
		await phone(again, 'confirm');
		await follow(again, '权限已补充');
		expect(n8n.credentials).toMatchObject([{ id, data: before }]);
		expect(app.grants!.scopes.tenant).toContain('im:message');
	});

	it('are disconnected after a second question, and leave no node with their credential', async () => {
		const id = await bot();
		const sure = await send({ action: 'disconnect', id });
		expect(sure.html).toContain('确认断开');
		expect(n8n.credentials).toHaveLength(1);
		const gone = await send({ action: 'reallyDisconnect', id });
		expect(gone.forget).toEqual([{ credential: id }]);
		expect(n8n.credentials).toEqual([]);
		expect(n8n.having('clawbotGreet0001', id)).toEqual([]);
		expect(n8n.workflow('clawbotGreet0001').active).toBe(true);
		expect((await send({ action: 'check', id })).status).toBe(404);
	});

	it('are given to what works with the bot before them, and nothing is changed where one cannot take it', async () => {
		const before = { dingTalkAppApi: { id: 'old', name: 'Old' } };
		const answering = n8n.workflow('clawbotAnswer001');
		answering.nodes.find(({ id }) => id === 'dingtalk')!.credentials = before;
		const sender = { type: 'n8n-nodes-clawbot.dingTalk', typeVersion: 1, parameters: {} };
		n8n.workflows.push({
			...structuredClone(answering),
			id: 'sender',
			name: 'My sender',
			active: false,
			nodes: [{ ...sender, id: 's', name: 'send', credentials: before }],
		});
		const id = await bot();
		const row = { credential: id, person: 'p1' };
		expect((await ask({ query: { bot: id } }, [row])).html).toContain('My sender');
		const form = { action: 'confirm', id, person: 'p1', workflows: 'clawbotAnswer001' };
		const drafted = n8n.workflow('clawbotAnswer001');
		drafted.versionId = 'draft';
		expect(await send(form, [row])).toMatchObject({ status: 409 });
		expect(n8n.having('sender', id)).toEqual([]);
		drafted.versionId = drafted.activeVersionId;
		expect(await send(form, [row])).toMatchObject({ status: 200 });
		expect(n8n.having('sender', id)).toEqual(['send']);
		expect(n8n.workflow('sender').active).toBe(false);
	});

	it('are left alone where a workflow has changes that nobody has published', async () => {
		const id = await bot();
		n8n.workflow('clawbotGreet0001').versionId = 'draft';
		const page = await send({ action: 'reallyDisconnect', id });
		expect(page).toMatchObject({ status: 409, html: expect.stringContaining('未发布的修改') });
		expect(n8n.credentials).toHaveLength(1);
	});
});

describe('A form', () => {
	it('without the token of the page changes nothing', async () => {
		await ask({});
		n8n.server.asked.length = 0;
		for (const csrf of [undefined, '', 'a'.repeat(64)]) {
			const body = { action: 'begin', platform: 'dingtalk', csrf };
			expect(await ask({ body })).toMatchObject({ status: 403 });
		}
		expect(n8n.deeds).toEqual([]);
	});

	it.each([
		[{ action: 'begin', platform: 'irc' }, 400],
		[{ action: 'begin', platform: 'feishu', updates: '1' }, 400],
		[{ action: 'begin', platform: 'feishu', replaces: 'nobody', updates: '1' }, 404],
		[{ action: 'begin', platform: 'dingtalk', replaces: '../x' }, 400],
		[{ action: 'check', id: '../workflows' }, 400],
		[{ action: 'goOn' }, 400],
		[{ action: 'x' }, 400],
		[{ action: 'check', id: 'nobody' }, 404],
	])('that asks %j is refused', async (body, status) => {
		expect(await send(body)).toMatchObject({ status });
	});
});

describe('The test of its credential', () => {
	const test = async (changes: IDataObject): Promise<IDataObject> => {
		const run = ownNode('botRegistration').methods!.credentialTest!.testInstance!;
		const data = { ...n8n.credential, ...changes };
		const credential = { id: '1', name: 'x', type: 'clawBotInstanceApi', data };
		return (await run.call({} as never, credential as never)) as unknown as IDataObject;
	};

	it('is content with a key that may do all that is needed', async () => {
		expect(await test({})).toMatchObject({ status: 'OK' });
	});

	it.each([
		[{ apiKey: '' }, 'API Key is empty'],
		[{ apiKey: 'wrong' }, 'API Key is not accepted'],
		[{ baseUrl: '' }, 'Base URL is no address'],
		[{ baseUrl: 'http://127.0.0.1:9/api/v1' }, 'Base URL: '],
	])('says what is wrong in %j', async (changes, words) => {
		expect(await test(changes)).toMatchObject({
			status: 'Error',
			message: expect.stringContaining(words),
		});
	});

	it('names the scopes that are missing', async () => {
		n8n.allowed = { credential: n8n.allowed.credential! };
		expect((await test({})).message).toContain('workflow:activate');
	});
});

it('Says what is wrong with the API of n8n', async () => {
	n8n.server.answer = () => ({ status: 401 });
	expect(await ask({})).toMatchObject({ status: 502, html: expect.stringContaining('API Key') });
	n8n.server.answer = () => ({ status: 500, body: { message: `no ${API_KEY}` } });
	expect(await ask({})).toMatchObject({ status: 502, html: expect.stringContaining('no ***') });
});

describe('Who writes to a new bot', () => {
	const message = (platform: Platform, bot: string, more: IDataObject = {}): IDataObject => ({
		platform,
		kind: 'message',
		messageId: 'm1',
		sessionId: `${platform}:${bot}:conversation::p1`,
		sender: { id: 'p1', name: '李强' },
		text: '在吗',
		replyTo: { platform },
		...more,
	});

	async function letThrough(...items: IDataObject[]): Promise<unknown[]> {
		const node: TestNode = { type: 'botRegistration', parameters: { operation: 'greet' } };
		const { outputs, error } = await runWorkflow([node], { items });
		if (error) throw error;
		return outputs['ClawBot Bot Registration']![0]!.map(({ json }) => json);
	}

	it.each(platforms)('is let through once on %s, with the bot that it was', async (platform) => {
		const bot = `bot-of_${platform}`;
		const items = [message(platform, bot), message(platform, bot, { messageId: 'm2', text: '?' })];
		expect(await letThrough(...items)).toMatchObject([
			{
				messageId: 'm1',
				replyTo: { platform },
				newPerson: {
					key: `${bot}:p1`,
					credential: bot,
					platform,
					name: '李强',
					words: '在吗',
				},
			},
		]);
		expect(await letThrough(...items)).toEqual([]);
		expect(await letThrough(message(platform, `another-${platform}`))).toHaveLength(1);
	});

	it.each([
		['an event', { kind: 'event' }],
		['another bot', { sender: { id: 'b', isBot: true } }],
		['what nobody can answer', { replyTo: null }],
		['a bot that nobody knows', { sessionId: 'feishu::c::p' }],
		['what is no message of a trigger', { sessionId: null }],
	])('does not count for %s', async (_, more) => {
		expect(await letThrough(message('feishu', 'bot-for-nobody', more))).toEqual([]);
	});
});

it('Who has written is kept before it is greeted: n8n works from top to bottom', () => {
	const { nodes, connections } = readWorkflows(paths.workflows)
		.map(({ workflow }) => workflow)
		.find(({ id }) => id === 'clawbotGreet0001')!;
	const next = (name: string): string[] =>
		connections[name]!.main![0]!.map(({ node }) => node).sort((a, b) => heightOf(a) - heightOf(b));
	const heightOf = (name: string): number => nodes.find((node) => node.name === name)!.position[1];
	expect(next('First message of each person')).toEqual([
		'Make the table at first use',
		'Is this person not known yet',
	]);
	expect(next('Is this person not known yet')).toEqual(['Keep who it was', 'Greet the person']);
});
