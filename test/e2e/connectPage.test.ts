import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { startSystem } from '../../scripts/system/system';
import { World, type Said, type System } from './bot';
import { filledIn } from './filled';
import { rowsOf } from './seen';
import { holdsOn, until } from './until';

// Bots that operators connect on the page: scanned, greeting, confirmed, answering; on all three platforms.

type Platform = Said['platform'];

const PLATFORMS: Platform[] = ['dingtalk', 'feishu', 'wecom'];
const GREETING = '我是新的机器人';

let system: System;
let world: World;
/** Every page that was shown. */
const pages: string[] = [];
const folder = filledIn(['clawbotConnect01', 'clawbotAnswer001'], () => {});

beforeAll(async () => {
	system = await startSystem({ workflowsDir: folder, connection: 'stream' });
	world = new World(system);
	const timing = { intervalMs: 1000 };
	const settings = { dingtalk: timing, feishu: timing, wecom: timing };
	await world.control('PUT', 'registration-settings', settings);
});
afterAll(async () => {
	await system?.stop();
	rmSync(folder, { recursive: true });
});

const basic = (): string =>
	`Basic ${Buffer.from(`${system.operator.user}:${system.operator.password}`).toString('base64')}`;

async function open(query = '', body?: Record<string, string>): Promise<string> {
	const response = await fetch(`${system.n8n.url}/webhook/clawbot-connect${query}`, {
		method: body ? 'POST' : 'GET',
		headers: { authorization: basic() },
		...(body && { body: new URLSearchParams(body) }),
	});
	const html = await response.text();
	pages.push(html);
	if (response.status >= 500) throw new Error(`${response.status} ${html.slice(-2000)}`);
	return html;
}

async function send(body: Record<string, string>): Promise<string> {
	const [, csrf = ''] = /name="csrf" value="([0-9a-f]{64})"/.exec(await open()) ?? [];
	return await open('', { csrf, ...body });
}

const unescaped = (text: string): string => text.replaceAll('&amp;', '&');

/** Where the page goes by itself. */
function nextOf(html: string): string {
	const [, address] = /http-equiv="refresh" content="\d+;url=([^"]*)"/.exec(html) ?? [];
	if (address === undefined) throw new Error(`Nothing is under way on ${html.slice(-1500)}`);
	return unescaped(address);
}

/** A person scans the code of a page, and confirms on the phone. */
async function scan(html: string, from: string): Promise<void> {
	const [, address = ''] = /<a\s[^>]*href="(http[^"]*)"[^>]*>\s*在手机上/.exec(html) ?? [];
	const body = { address: unescaped(address), does: 'confirm', from };
	await world.control('POST', 'registrations', body);
}

/** Follows a page, as a browser does, until it says something. */
async function follow(first: string, words: string): Promise<string> {
	let html = first;
	return await until(
		words,
		async () => (html = await open(nextOf(html))),
		(latest) => latest.includes(words),
	);
}

interface Bot {
	platform: Platform;
	/** Of its credential. */
	id: string;
	/** The platform's own. */
	botId: string;
}

async function connect(platform: Platform, between = async () => {}): Promise<Bot> {
	const code = await send({ action: 'begin', platform });
	await between();
	await scan(code, `owner of ${platform}`);
	const made = await follow(code, '机器人已创建');
	const { bots } = await world.control<{ bots: Array<{ platform: string; id: string }> }>(
		'GET',
		'bots',
	);
	const { id: botId } = bots.filter((bot) => bot.platform === platform).at(-1)!;
	return { platform, id: nextOf(made).replace('?bot=', ''), botId };
}

const said = ({ platform, botId }: Bot, text: string, from: string): Said => ({
	...{ platform, botId, text, from },
	...(platform === 'wecom' && { bot: 'aibot' as const }),
});

const write = async (bot: Bot, text: string, from: string): Promise<string> => {
	await until(
		'the bot is connected',
		async () => await world.control<{ connections: object[] }>('GET', 'connections'),
		({ connections }) => JSON.stringify(connections).includes(bot.botId),
	);
	return (await world.say(said(bot, text, from))).messageId;
};

const bots: Bot[] = [];

describe.each(PLATFORMS)('A bot of %s', (platform) => {
	let bot: Bot;

	it('is there after a scan, and waits', async () => {
		bot = await connect(platform);
		bots.push(bot);
		const page = await open(`?bot=${bot.id}`);
		expect(page).toContain(platform === 'feishu' ? '扫了码' : '给您的机器人发一条消息');
		expect(await open()).toContain('等待确认');
	});

	it('greets each person once, and answers nobody', async () => {
		for (const from of ['lisi', 'wangwu']) {
			const [greeting] = await world.answered(await write(bot, `我是 ${from}`, from));
			expect(greeting!.text).toContain(GREETING);
		}
		const again = await write(bot, '1 + 1 = ?', 'lisi');
		await holdsOn(async () => expect(await world.answers(again)).toEqual([]));
		const page = await open(`?bot=${bot.id}`);
		expect(page).toContain('我是 lisi');
		expect(page).toContain('我是 wangwu');
		expect(page).not.toContain('1 + 1');
	});

	it('answers once the operator has said who that was', async () => {
		const rows = await rowsOf<Record<string, string>>(system, 'clawbot_new_bots');
		const { person } = rows.find(({ words }) => words === '我是 lisi')!;
		const form = { action: 'confirm', id: bot.id, person: person!, workflows: 'clawbotAnswer001' };
		expect(await send(form)).toContain('已确认');
		expect(await rowsOf(system, 'clawbot_new_bots')).toEqual([]);
		const answers = await until('an answer of the model', async () => {
			const messageId = await write(bot, '你好吗', 'zhaoliu');
			const found = await world.answered(messageId).catch(() => []);
			return found.length > 0 && !found[0]!.text.includes(GREETING) ? found : undefined;
		});
		expect(answers[0]!.text).toContain('你好吗');
	});
});

it('A restart of n8n in the middle of a scan leaves no half bot', async () => {
	const before = await open();
	const bot = await connect('dingtalk', async () => await system.n8n.restart());
	bots.push(bot);
	const page = await open();
	expect(page.match(/等待确认/g)).toHaveLength(1);
	expect(page.match(/正在回答/g)!.length).toBe(before.match(/正在回答/g)!.length);
	const [greeting] = await world.answered(await write(bot, '重启之后', 'qianqi'));
	expect(greeting!.text).toContain(GREETING);
});

it('A bot that is disconnected is gone from n8n, and hears nobody', async () => {
	const bot = bots.pop()!;
	expect(await send({ action: 'disconnect', id: bot.id })).toContain('确认断开');
	expect(await send({ action: 'reallyDisconnect', id: bot.id })).toContain('已断开');
	await until(
		'its connection is closed',
		async () => await world.control<{ connections: object[] }>('GET', 'connections'),
		({ connections }) => !JSON.stringify(connections).includes(bot.botId),
	);
	expect(await open()).not.toContain(bot.id);
});

it('The test of a credential says that a bot is there', async () => {
	for (const { id } of bots) {
		expect(await send({ action: 'check', id })).toContain('凭证可用');
	}
});

/** The secrets of the bots, as n8n has them. */
async function secrets(): Promise<string[]> {
	const file = join(system.folder, 'decrypted.json');
	await system.n8n.cli(['export:credentials', '--all', '--decrypted', `--output=${file}`]);
	const all = JSON.parse(readFileSync(file, 'utf8')) as Array<{
		id: string;
		data: Record<string, string>;
	}>;
	rmSync(file);
	return bots.map(({ id }) => {
		const { clientSecret, appSecret, secret } = all.find((each) => each.id === id)!.data;
		return (clientSecret ?? appSecret ?? secret)!;
	});
}

/** Where a text stands: in tables of n8n's database, unsaved executions included, in logs, pages and the ledger. */
async function holding(text: string): Promise<string[]> {
	const file = join(system.folder, 'n8n/.n8n/database.sqlite');
	const kept = new DatabaseSync(file, { readOnly: true });
	const tables = kept.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
	const texts = tables.map(({ name }) => [
		String(name),
		JSON.stringify(kept.prepare(`SELECT * FROM "${String(name)}"`).all()),
	]);
	kept.close();
	const logs = readdirSync(system.folder, { recursive: true, encoding: 'utf8' })
		.filter((name) => name.endsWith('.log'))
		.map((name) => [name, readFileSync(join(system.folder, name), 'utf8')]);
	const ledger = await world.control<object>('GET', 'ledger?since=0');
	const more = [
		['pages', pages.join('\n')],
		['ledger', JSON.stringify(ledger)],
		['output', system.n8n.logs()],
	];
	return [...texts, ...logs, ...more]
		.filter(([, content]) => content!.includes(text))
		.map(([name]) => name!);
}

it('No secret of a bot is anywhere but in n8n’s credentials', async () => {
	const all = await secrets();
	expect(all).toHaveLength(3);
	for (const secret of all) {
		expect(secret.length).toBeGreaterThan(20);
		expect(await holding(secret)).toEqual([]);
	}
	// The control: the id of a bot stands in the name of its credential, on the page and in the log.
	expect(await holding(bots[0]!.botId)).toEqual(
		expect.arrayContaining(['credentials_entity', 'pages', 'output']),
	);
});
