import { gzipSync } from 'node:zlib';

import type { Browser, Page } from 'playwright-core';

import { openPage, startBrowser } from '../browser';
import { faintTexts, smallControls } from '../looks';
import { http, until, useSandbox } from './helpers';
import { hurry, registeringCases, type Polled } from './registering';
import { endDingTalkClients, startDingTalkClient } from './stream/dingtalkSdk';
import { endFeishuClients, startFeishuClient } from './stream/feishuSdk';
import { endWeComClients, startWeComClient } from './stream/wecomSdk';

// The playground as the phone that scans a code, and the bots that come of it.

const { sandbox, control } = useSandbox();
let browser: Browser;
let page: Page;

beforeAll(async () => {
	browser = await startBrowser();
});
afterAll(async () => await browser?.close());
beforeEach(async () => await hurry(control));
afterEach(async () => {
	endDingTalkClients();
	endFeishuClients();
	endWeComClients();
	await page.context().close();
});

async function open(locale = 'en-US', width = 1400) {
	page = await openPage(browser, { locale, viewport: { width, height: 900 } });
	await page.goto(sandbox.origin);
	await pane('feishu').locator('.connection p', { hasText: /\S/ }).waitFor();
}

const pane = (name: string) => page.locator(`.pane.${name}`);
const code = (name: string) => pane(name).locator('.code');
const press = async (name: string, does: string) =>
	await code(name).getByRole('button', { name: does, exact: true }).click();
const registering = (name: string) => registeringCases.find(({ platform }) => platform === name)!;

/** The program that waits: it has begun, and asks until it has the bot. */
async function begin(name: string) {
	const { begin: start, poll } = registering(name);
	const begun = await start(sandbox);
	const ended = async () =>
		await until(async () => {
			const polled: Polled = await poll(sandbox, begun.deviceCode);
			return polled.secret === undefined ? undefined : polled;
		});
	return { ...begun, ended, ask: async () => (await poll(sandbox, begun.deviceCode)).said };
}

const connect: Record<string, (bot: Polled) => unknown> = {
	dingtalk: ({ id, secret }) =>
		startDingTalkClient(sandbox, { account: { clientId: id!, clientSecret: secret! } }),
	feishu: ({ id, secret }) => startFeishuClient(sandbox, { appId: id, appSecret: secret }),
	wecom: ({ id, secret }) => startWeComClient(sandbox, { botId: id, secret }),
};

it.each(['dingtalk', 'feishu', 'wecom'])(
	'%s: a code is scanned and confirmed, and the next message is for the bot that came of it',
	async (name) => {
		await open();
		const program = await begin(name);
		await code(name).waitFor();
		expect(await code(name).locator('p').first().textContent()).toMatch(
			/^Code [A-Z]{4}-[A-Z]{4}.*, good for \d+ min$/,
		);
		await pane(name).locator('.person').selectOption('lisi');
		await press(name, 'Scan');
		await code(name).getByText('Makes a new bot.').waitFor();
		await press(name, 'Confirm');
		const bot = await program.ended();
		await code(name).waitFor({ state: 'detached' });
		const options = pane(name).locator('.trigger optgroup[label="Made by a scan"] option');
		expect(await options.allTextContents()).toEqual([`李四的机器人 · ${bot.id}`]);
		expect(await pane(name).locator('.trigger').inputValue()).toBe(`bot:${bot.id}`);
		expect(await pane(name).locator('.connection p').textContent()).toBe('No connection');
		await connect[name]!(bot);
		await pane(name).locator('.connection p', { hasText: 'Connected since' }).waitFor();
		await pane(name).locator('textarea').fill('hello');
		await pane(name).locator('textarea').press('Enter');
		await pane(name)
			.locator('.state')
			.getByText(/^connection: acknowledged 200/)
			.waitFor();
		await pane(name).getByText('李四 Li Si → 李四的机器人').waitFor();
		const { messages } = await control.get('/history');
		expect(messages).toMatchObject([{ botId: bot.id, from: 'lisi' }]);
		await page.reload();
		await until(
			async () => (await pane(name).locator('.trigger').inputValue()) === `bot:${bot.id}`,
		);
	},
);

it('a connection of a bot that is not chosen is not shown, and nothing befalls it', async () => {
	await open();
	const program = await begin('feishu');
	await press('feishu', 'Scan');
	await press('feishu', 'Confirm');
	await connect.feishu!(await program.ended());
	await startFeishuClient(sandbox);
	const says = pane('feishu').locator('.connection p');
	await says.getByText(/^Connected since/).waitFor();
	await pane('feishu').locator('.trigger').selectOption('');
	await pane('feishu').getByRole('button', { name: 'Freeze' }).click();
	await says.getByText(/^Connection frozen/).waitFor();
	const { connections } = await control.get('/connections');
	expect(connections.map(({ frozen }: { frozen: boolean }) => frozen).sort()).toEqual([
		false,
		true,
	]);
});

it('a person denies, and a code that is over says so or goes', async () => {
	await open();
	const program = await begin('dingtalk');
	await press('dingtalk', 'Scan');
	await press('dingtalk', 'Deny');
	await code('dingtalk').waitFor({ state: 'detached' });
	expect(await program.ask()).toMatchObject(registering('dingtalk').says.denied);
	const late = await begin('dingtalk');
	await code('dingtalk').waitFor();
	await control.post('/registrations', { address: late.address, does: 'expire' });
	await press('dingtalk', 'Scan');
	await code('dingtalk').waitFor({ state: 'detached' });
	await control.put('/registration-settings', { wecom: { expiresInMs: 1500 } });
	await begin('wecom');
	await code('wecom').waitFor();
	await code('wecom').waitFor({ state: 'detached' });
});

/** What a program adds to an address of Feishu. */
function withAddons(address: string, addons: object): string {
	const url = new URL(address);
	url.searchParams.set('name', '{user}’s helper');
	url.searchParams.set('addons', gzipSync(JSON.stringify(addons)).toString('base64url'));
	return url.href;
}

it('the address of a code, opened in a browser, is scanned with all that it asks for', async () => {
	await open();
	const { address } = await begin('feishu');
	const addons = {
		scopes: { tenant: ['im:message'] },
		callbacks: { items: ['card.action.trigger'] },
	};
	await page.goto(withAddons(address, addons));
	await code('feishu').getByText('It gets: im:message, card.action.trigger.').waitFor();
	expect(page.url()).toBe(`${sandbox.origin}/`);
	await press('feishu', 'Confirm');
	await pane('feishu').locator('.trigger option', { hasText: '张三’s helper' }).waitFor({
		state: 'attached',
	});
	await page.goto(address);
	await page.locator('#notice', { hasText: 'no code waits at this address' }).waitFor();
});

it('an address that asks for what cannot be read is a mistake, in words', async () => {
	await open('zh-CN');
	const { address } = await begin('feishu');
	await code('feishu').locator('.address').fill(`${address}&addons=!`);
	await press('feishu', '扫码');
	await code('feishu')
		.getByRole('alert')
		.getByText(/^无法读取地址中申请的内容：/)
		.waitFor();
	await code('feishu').locator('.address').fill(address);
	await press('feishu', '扫码');
	await code('feishu').getByText('将创建新机器人。权限由平台决定。').waitFor();
});

it('whoever is a customer of Lark has the bot there', async () => {
	await open();
	const { address } = await begin('feishu');
	await press('feishu', 'Scan');
	await code('feishu').getByLabel('at Lark').check();
	await press('feishu', 'Confirm');
	await pane('feishu').locator('.trigger option', { hasText: '(Lark)' }).waitFor({
		state: 'attached',
	});
	const { bots } = await control.get('/bots');
	expect(bots.at(-1)).toMatchObject({ brand: 'lark', madeBy: 'zhangsan' });
	expect(address).toContain('user_code=');
});

it('the pages of the other platforms’ addresses lead to the playground, too', async () => {
	await open();
	const { address: dingTalk } = await begin('dingtalk');
	await page.goto(dingTalk);
	await code('dingtalk').getByText('Makes a new bot.').waitFor();
	const { deviceCode } = await begin('wecom');
	const query = new URLSearchParams({ source: 'judge', scode: deviceCode });
	await page.goto(`${sandbox.origin}/wecom/ai/qc/gen?${query}`);
	await code('wecom').getByText('Makes a new bot.').waitFor();
	const { data } = await http.get(`${sandbox.origin}/wecom/ai/qc/gen?scode=x`);
	expect(data.errcode).toBe(40058);
});

it.each(['en-US', 'zh-CN'])('It is readable, and fits a phone (%s)', async (locale) => {
	await open(locale, 390);
	for (const name of ['dingtalk', 'feishu', 'wecom']) {
		await begin(name);
		await code(name).locator('button.scan').click();
		await code(name).locator('button.confirm').waitFor();
	}
	await begin('feishu');
	await until(async () => (await code('feishu').count()) === 2);
	expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
	const small = (await page.evaluate(smallControls)).filter(
		(node) => !/type="(radio|file)"/.test(node),
	);
	expect(small).toEqual([]);
	const faint = (await page.evaluate(faintTexts)).filter(
		(node) => !/disabled|type="radio"/.test(node),
	);
	expect(faint).toEqual([]);
});
