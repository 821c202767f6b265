import type { Browser, Page } from 'playwright-core';

import { openPage, startBrowser } from '../browser';
import { startAnsweringBot } from './answering-bot';
import { http, startBot, useSandbox } from './helpers';

const { sandbox } = useSandbox();
let bot: Awaited<ReturnType<typeof startBot>>;
let browser: Browser | undefined;
let page: Page;

beforeAll(async () => {
	bot = await startAnsweringBot(sandbox);
	browser = await startBrowser();
});

afterAll(async () => {
	await browser?.close();
	await bot.close();
});

const problems: string[] = [];

async function open(locale = 'en-US') {
	page = await openPage(browser!, { locale, viewport: { width: 1280, height: 800 } });
	page.on('pageerror', (error) => problems.push(String(error)));
	page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
	await page.goto(sandbox.origin);
	await page.locator('.pane').nth(2).waitFor();
}

beforeEach(() => {
	problems.length = 0;
});

afterEach(async () => {
	await page?.context().close();
});

const pane = (platform: string) => page.locator(`.pane.${platform}`);

async function type(platform: string, text: string) {
	await pane(platform).locator('textarea').fill(text);
	await pane(platform).locator('textarea').press('Enter');
}

test('the page forbids everything that is not its own', async () => {
	const answer = await http.get(sandbox.origin);
	expect(answer.headers['content-security-policy']).toMatch(
		/default-src 'none'; script-src 'self'/,
	);
	expect(answer.data).not.toMatch(/https?:\/\//);
});

test.each(['dingtalk', 'feishu', 'wecom'])(
	'a question typed in the %s pane is answered',
	async (platform) => {
		await open();
		await type(platform, 'How are you?');
		await pane(platform).getByText('Answer to: How are you?', { exact: true }).waitFor();
		await pane(platform).locator('.state.good').waitFor();
		expect(await pane(platform).locator('.bubble.mine').textContent()).toBe('How are you?');
		expect(await pane(platform).locator('.state').textContent()).toMatch(
			/^HTTP: acknowledged 200 in \d+ ms$/,
		);
		expect(problems).toEqual([]);
	},
);

test('the AI bot of WeCom and a group of Feishu answer too', async () => {
	await open();
	await pane('wecom').getByLabel('AI bot').check();
	await pane('wecom').getByLabel('Group').check();
	await type('wecom', 'to the AI bot');
	await pane('wecom').getByText('Answer to: @ClawBot to the AI bot', { exact: true }).waitFor();
	await pane('feishu').getByLabel('Group').check();
	await type('feishu', 'to the group');
	await pane('feishu').getByText('Answer to: @_user_1 to the group', { exact: true }).waitFor();
});

test('the wire view shows request, acknowledgement and reply, and no secret', async () => {
	await open();
	await type('dingtalk', 'show me the wire');
	await pane('dingtalk').locator('.bubble.theirs', { hasText: 'show me the wire' }).waitFor();
	// The bot answers before it acknowledges.
	await pane('dingtalk').locator('.state.good').waitFor();
	await pane('dingtalk').locator('summary').click();
	await pane('dingtalk').locator('details', { hasText: 'Acknowledgement: 200' }).waitFor();
	const wire = (await pane('dingtalk').locator('details').innerText()).replace(/\s+/g, ' ');
	expect(wire).toMatch(
		/Platform → bot.*sign: \S+.*Acknowledgement: 200.*Bot → platform.*sendBySession.*"errcode": 0/,
	);
	expect(wire).toContain('session=***');
	for (const secret of [...sandbox.world.accounts.secrets(), 'sbxsecret'])
		expect(wire).not.toContain(secret);
});

test('what users and bots write stays text', async () => {
	await open();
	const attack = '<img src=x onerror="document.title=\'owned\'"><b>bold</b>';
	await type('feishu', attack);
	await pane('feishu').locator('.bubble.theirs').waitFor();
	expect(await pane('feishu').locator('.bubble.mine').textContent()).toBe(attack);
	expect(await pane('feishu').locator('.bubble.theirs').textContent()).toBe(`Answer to: ${attack}`);
	await pane('feishu').locator('summary').click();
	expect(await page.locator('.log img, .log b').count()).toBe(0);
	expect(await page.title()).toBe('ClawBot Playground');
	expect(problems).toEqual([]);
});

test('a refusal says so and what to do', async () => {
	await open();
	const refuser = await startBot(() => ({ status: 401 }));
	const before = sandbox.world.callbacks.dingtalk!;
	sandbox.world.callbacks.dingtalk = refuser.origin;
	await type('dingtalk', 'hello?');
	await pane('dingtalk').locator('.state.bad').waitFor();
	expect(await pane('dingtalk').locator('.state').textContent()).toMatch(
		/^HTTP: not acknowledged: HTTP 401\. The trigger/,
	);
	delete sandbox.world.callbacks.dingtalk;
	await type('dingtalk', 'hello??');
	await pane('dingtalk').getByText('not sent: no callback address is set').waitFor();
	sandbox.world.callbacks.dingtalk = before;
	await refuser.close();
});

test('the language follows the browser, can be changed and is remembered', async () => {
	await open('zh-CN');
	expect(await pane('wecom').locator('button[type=submit]').textContent()).toBe('发送');
	await page.getByLabel('English').check();
	expect(await pane('wecom').locator('button[type=submit]').textContent()).toBe('Send');
	await page.reload();
	await pane('wecom').locator('button[type=submit]').waitFor();
	expect(await pane('wecom').locator('button[type=submit]').textContent()).toBe('Send');
	expect(await page.locator('html').getAttribute('lang')).toBe('en');
});

test('the keyboard is enough', async () => {
	await open();
	await page.keyboard.press('Alt+2');
	await page.keyboard.type('first line');
	await page.keyboard.press('Shift+Enter');
	await page.keyboard.type('second line');
	await page.keyboard.press('Enter');
	await pane('feishu').locator('.bubble.theirs').waitFor();
	expect(await pane('feishu').locator('.bubble.mine').textContent()).toBe(
		'first line\nsecond line',
	);
	const spoken = 'Feishu 飞书, the bot answers: Answer to: first line\nsecond line';
	expect(await page.locator('#announcer').textContent()).toBe(spoken);
	await page.keyboard.press('Tab');
	expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('BUTTON');
	await page.keyboard.press('Alt+1');
	expect(
		await pane('dingtalk')
			.locator('textarea')
			.evaluate((node) => node === document.activeElement),
	).toBe(true);
});
