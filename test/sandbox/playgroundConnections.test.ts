import type { Browser, Page } from 'playwright-core';

import { openPage, startBrowser } from '../browser';
import { faintTexts, smallControls } from '../looks';
import { startBot, startTestSandbox, until, useSandbox } from './helpers';
import { endDingTalkClients, startDingTalkClient } from './stream/dingtalkSdk';
import { endFeishuClients, startFeishuClient } from './stream/feishuSdk';
import { endWeComClients, startWeComClient } from './stream/wecomSdk';

// What the playground shows of long connections, and what it can do to them.

const { sandbox, control } = useSandbox();
let browser: Browser;
let page: Page;

beforeAll(async () => {
	browser = await startBrowser();
});
afterAll(async () => await browser?.close());

beforeEach(async () => {
	await control.put('/callbacks', { feishu: '' });
	await control.put('/stream-settings', { feishu: { reconnectNonce: 0, reconnectInterval: 1 } });
});
afterEach(async () => {
	endFeishuClients();
	endDingTalkClients();
	endWeComClients();
	await page.context().close();
});

async function open(locale = 'en-US', width = 1280) {
	const viewport = { width, height: 800 };
	page = await openPage(browser, { locale, viewport });
	await page.goto(sandbox.origin);
	await pane('feishu').locator('.connection p', { hasText: /\S/ }).waitFor();
}

const pane = (name: string) => page.locator(`.pane.${name}`);
const connection = (name = 'feishu') => pane(name).locator('.connection p');
const says = async (text: string | RegExp, name = 'feishu') =>
	await pane(name).locator('.connection p', { hasText: text }).waitFor();
const states = (name = 'feishu') => pane(name).locator('.state');
async function send(text: string, name = 'feishu') {
	await pane(name).locator('textarea').fill(text);
	await pane(name).locator('textarea').press('Enter');
}
const button = (name: string) => pane('feishu').getByRole('button', { name });

it('Each pane says whether its bot has a connection, and since when', async () => {
	await open();
	for (const name of ['dingtalk', 'feishu', 'operations'])
		expect(await connection(name).textContent()).toBe('No connection');
	expect(await connection('wecom').textContent()).toMatch(/^HTTP callbacks: /);
	expect(await page.locator('.connection button:visible').count()).toBe(0);
	await startFeishuClient(sandbox);
	await says(/^Connected since \d+:\d\d:\d\d [AP]M$/);
	await startFeishuClient(sandbox);
	await says(/^2 connections, since /);
	expect(await connection('dingtalk').textContent()).toBe('No connection');
	await page.reload();
	await says(/^2 connections, since /);
	endFeishuClients();
	await says('No connection');
});

it('The AI bot of WeCom has a connection, in the group of the operators too; its app has none', async () => {
	await open();
	startWeComClient(sandbox);
	await says(/^Connected since /, 'operations');
	expect(await connection('wecom').textContent()).toBe(
		'HTTP callbacks: an app of WeCom has no connection',
	);
	await pane('wecom').getByLabel('AI bot').check();
	await says(/^Connected since /, 'wecom');
	await send('to the AI bot', 'wecom');
	await states('wecom')
		.getByText(/^connection: acknowledged 200/)
		.waitFor();
});

it('DingTalk announces that it ends a connection, at the button', async () => {
	await open();
	const { client } = await startDingTalkClient(sandbox);
	await until(() => client.registered);
	await says(/^Connected since /, 'dingtalk');
	await send('hello', 'dingtalk');
	await states('dingtalk')
		.getByText(/^connection: acknowledged 200/)
		.waitFor();
	await pane('dingtalk').getByRole('button', { name: 'Disconnect' }).click();
	await until(async () => (await control.get('/ledger?kind=disconnect')).entries.length);
	const { entries } = await control.get('/ledger?platform=dingtalk');
	expect(JSON.stringify(entries)).toMatch(/topic\\+":\\+"disconnect/);
});

it('Each message says which way it came, also after it has come another way', async () => {
	await open();
	const bot = await startBot();
	await control.put('/callbacks', { feishu: bot.origin });
	await send('by the callback');
	await states()
		.getByText(/^HTTP: acknowledged 200 in \d+ ms$/)
		.waitFor();
	await startFeishuClient(sandbox);
	await send('by the connection');
	await states()
		.getByText(/^connection: acknowledged 200 in \d+ ms$/)
		.waitFor();
	endFeishuClients();
	await says('No connection');
	await control.put('/callbacks', { feishu: '' });
	await control.put('/clock', { scheduleScale: 0.2 });
	await startFeishuClient(sandbox, {
		answer: () => {
			throw new Error('not now');
		},
	});
	await send('by both');
	await states()
		.getByText(/^connection: not acknowledged: code 500\. n8n could/)
		.waitFor();
	endFeishuClients();
	await says('No connection');
	await control.put('/callbacks', { feishu: bot.origin });
	await states()
		.getByText(/^HTTP: acknowledged 200 in \d+ ms, delivery 2$/)
		.waitFor();
	await pane('feishu').locator('summary').last().click();
	const titles = await pane('feishu').locator('.turn').last().locator('h3').allTextContents();
	expect(titles).toEqual(['Platform → bot (connection)', 'Platform → bot (HTTP), delivery 2']);
	await bot.close();
});

it('A connection freezes at a button, and the page says what that is', async () => {
	await open();
	await startFeishuClient(sandbox);
	await says('Connected since');
	await button('Freeze').click();
	await says('Connection frozen: nothing is said or heard, TCP stays');
	expect(await page.locator('.connection button:visible').count()).toBe(0);
	expect((await control.get('/connections')).connections).toMatchObject([{ frozen: true }]);
	await send('into the ice');
	await states().getByText('connection: not acknowledged: no answer within 3000 ms.').waitFor();
	startWeComClient(sandbox);
	await pane('wecom').getByLabel('AI bot').check();
	await pane('wecom').getByRole('button', { name: 'Freeze' }).click();
	await says('Connection frozen', 'wecom');
	await send('into the ice', 'wecom');
	await states('wecom')
		.getByText('connection: not acknowledged: the connection is frozen or cut.')
		.waitFor();
});

it('The platform ends a connection at a button, and the page shows the next one', async () => {
	await open();
	const { reconnects } = await startFeishuClient(sandbox);
	await says('Connected since');
	const [{ id }] = (await control.get('/connections')).connections;
	await button('Disconnect').click();
	await until(() => reconnects() === 1);
	await says('Connected since');
	const { connections } = await control.get('/connections');
	expect(connections).toHaveLength(1);
	expect(connections[0].id).not.toBe(id);
	await send('there again');
	await states()
		.getByText(/^connection: acknowledged 200/)
		.waitFor();
});

it('A page that stayed open shows what a sandbox does that was started again', async () => {
	let other = await startTestSandbox();
	page = await openPage(browser);
	await page.goto(other.origin);
	await startFeishuClient(other);
	await says('Connected since');
	for (const text of ['one', 'two', 'three', 'four']) await send(text);
	await states()
		.getByText(/acknowledged 200/)
		.nth(3)
		.waitFor();
	endFeishuClients();
	await other.close();
	await page.locator('#offline').waitFor();
	// Nobody knows by then: neither that there is one, nor that there is none.
	for (const name of ['dingtalk', 'feishu', 'operations']) {
		expect(await connection(name).textContent()).toMatch(/^(Unknown|未知)/);
	}
	expect(await page.locator('.connection.live, .connection button:visible').count()).toBe(0);
	other = await startTestSandbox({ port: Number(new URL(other.origin).port) });
	await page.locator('#offline').waitFor({ state: 'hidden' });
	await says('No connection');
	await startFeishuClient(other);
	await says('Connected since');
	await send('still there');
	await states()
		.getByText(/acknowledged 200/)
		.nth(4)
		.waitFor();
	endFeishuClients();
	await other.close();
});

it.each([
	['en-US', 'Connected since', 'No connection', 'Freeze'],
	['zh-CN', '已连接，自', '未连接', '冻结'],
])('It is readable, and fits a phone (%s)', async (locale, connected, none, freeze) => {
	await open(locale, 390);
	await startFeishuClient(sandbox);
	await says(connected);
	expect(await connection('dingtalk').textContent()).toBe(none);
	await button(freeze).waitFor();
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
