import type { Browser, Page } from 'playwright-core';

import { openPage, startBrowser } from '../browser';
import { OPERATIONS_GROUP } from '../../sandbox/people';
import { faintTexts, smallControls } from '../looks';
import { startAnsweringBot } from './answering-bot';
import { callbackCrypto, feishuCrypto, http, startBot, until, useSandbox } from './helpers';

// What can be chosen in the playground: where to, as whom, with what; and what is seen of it.

const { sandbox, control } = useSandbox();
let answering: Awaited<ReturnType<typeof startBot>>;
/** A trigger of somebody's own, and the n8n that lists it. */
let own: Awaited<ReturnType<typeof startBot>>;
let browser: Browser;
let page: Page;

const trigger = (webhookId: string, name: string, more: object = {}) => ({
	name,
	type: 'n8n-nodes-clawbot.dingTalkTrigger',
	typeVersion: 3,
	webhookId,
	parameters: { connection: 'httpCallback' },
	...more,
});
const WORKFLOWS = [
	{
		name: 'My bot',
		active: true,
		nodes: [trigger('draft', 'Draft trigger')],
		activeVersion: { nodes: [trigger('mine', 'My trigger')] },
	},
	{ name: 'Not published', active: false, nodes: [trigger('other', 'Other trigger')] },
	{ name: 'Archived', active: true, isArchived: true, nodes: [trigger('gone', 'Gone')] },
	{
		name: 'Others',
		active: true,
		nodes: [
			trigger('off', 'Disabled', { disabled: true }),
			trigger('stream', 'Long connection', { parameters: {} }),
			trigger('aibot', 'AI bot', {
				type: 'n8n-nodes-clawbot.weComTrigger',
				typeVersion: 2,
				parameters: { authentication: 'aiBot' },
			}),
			trigger('new', 'Newer AI bot', {
				type: 'n8n-nodes-clawbot.weComTrigger',
				typeVersion: 3.1,
			}),
		],
	},
];

beforeAll(async () => {
	answering = await startAnsweringBot(sandbox);
	own = await startBot(({ url, headers }) => {
		if (!url.pathname.startsWith('/api/')) {
			return { status: url.pathname.includes('/webhook-test/') ? 404 : 200 };
		}
		expect(headers['x-n8n-api-key']).toBe('canary-key');
		return { body: JSON.stringify({ data: WORKFLOWS }) };
	});
	browser = await startBrowser();
});
afterAll(async () => {
	await browser?.close();
	await answering.close();
	await own.close();
});

beforeEach(async () => {
	own.received.length = 0;
	answering.received.length = 0;
	await control.put('/n8n', { url: `${own.origin}/`, apiKey: 'canary-key' });
	await open();
});
afterEach(async () => await page.context().close());

async function open(width = 1400) {
	const viewport = { width, height: 900 };
	page = await openPage(browser, { locale: 'en-US', viewport });
	await page.goto(sandbox.origin);
	await page.locator('.pane.dingtalk .trigger optgroup').first().waitFor({ state: 'attached' });
}

const pane = (name: string) => page.locator(`.pane.${name}`);
async function type(name: string, text: string) {
	await pane(name).locator('textarea').fill(text);
	await pane(name).locator('textarea').press('Enter');
}
const bodies = (bot: typeof own, path: string) =>
	bot.received.filter(({ url }) => url.pathname === path).map(({ body }) => body);

describe('A pane sends to any trigger', () => {
	test('of those that take what it sends, published or on the canvas', async () => {
		const texts = await pane('dingtalk').locator('.trigger option').allTextContents();
		expect(texts).toEqual([
			'To: the bot, as the platform delivers',
			'My bot · My trigger',
			'My bot · Draft trigger',
			'Not published · Other trigger',
			'Another URL …',
		]);
		expect(await pane('feishu').locator('.trigger option').count()).toBe(2);
		expect(await pane('operations').locator('.trigger option').allTextContents()).toEqual(
			expect.arrayContaining(['Others · AI bot', 'Others · Newer AI bot']),
		);
		await pane('dingtalk').locator('.trigger').selectOption({ label: 'My bot · My trigger' });
		await type('dingtalk', 'to my own');
		await pane('dingtalk').locator('.state.good').waitFor();
		expect(bodies(own, '/webhook/mine/webhook')).toEqual([
			expect.stringContaining('"content":"to my own"'),
		]);
		expect(answering.received).toEqual([]);
		// The choice outlives the page.
		await page.reload();
		await page.locator('.pane.dingtalk .trigger optgroup').first().waitFor({ state: 'attached' });
		await type('dingtalk', 'again');
		await until(() => bodies(own, '/webhook/mine/webhook').length === 2);
	});

	test('whose URL is pasted; where n8n does not listen for a test, it says what to do', async () => {
		await pane('dingtalk').locator('.trigger').selectOption({ label: 'Another URL …' });
		await pane('dingtalk').locator('.url').fill(` ${own.origin}/webhook/pasted `);
		await type('dingtalk', 'by hand');
		await pane('dingtalk').locator('.state.good').waitFor();
		expect(bodies(own, '/webhook/pasted')).toHaveLength(1);
		await pane('dingtalk').locator('.url').fill(`${own.origin}/webhook-test/x/webhook`);
		await type('dingtalk', 'a test');
		await pane('dingtalk').getByText('press Execute step').waitFor();
		await pane('dingtalk').locator('.url').fill('file:///etc/passwd');
		await type('dingtalk', 'no address');
		await pane('dingtalk').getByText('is no http(s) URL').waitFor();
	});

	test('and the key of n8n is shown to nobody', async () => {
		for (const path of ['history', 'triggers', 'ledger', 'callbacks']) {
			expect(JSON.stringify(await control.get(`/${path}`))).not.toContain('canary-key');
		}
		expect((await http.get(`${sandbox.origin}/sandbox/n8n`)).status).toBe(404);
	});
});

test('As another person, in a group without a mention, and quoting: each platform tells the bot so', async () => {
	const { accounts } = sandbox.world;
	for (const name of ['dingtalk', 'feishu']) {
		await pane(name).getByLabel('Group').check();
		await type(name, 'first');
		await pane(name).locator('.bubble.theirs').waitFor();
		await pane(name).locator('.quote').last().click();
		await pane(name).locator('.person').selectOption('lisi');
		await pane(name).getByLabel('@ the bot').uncheck();
		await type(name, 'second');
		await until(() => bodies(answering, `/${name}`).length === 2);
		await pane(name).locator('.turn').last().getByText('李四 Li Si · without @').waitFor();
	}
	await pane('wecom').getByLabel('AI bot').check();
	await type('wecom', 'first');
	await pane('wecom').locator('.bubble.theirs').waitFor();
	await pane('wecom').locator('.quote').first().click();
	await type('wecom', 'second');
	await until(() => bodies(answering, '/wecom-aibot').length === 2);

	const dingtalk = JSON.parse(bodies(answering, '/dingtalk')[1]!);
	expect(dingtalk).toMatchObject({ senderStaffId: 'lisi', isInAtList: false, atUsers: [] });
	expect(dingtalk.text.repliedMsg).toMatchObject({
		msgId: dingtalk.originalMsgId,
		content: { text: 'Answer to: first' },
	});
	const open = (body: string) =>
		JSON.parse(feishuCrypto.open(accounts.feishuAppApi.encryptKey, JSON.parse(body).encrypt));
	const [first, second] = bodies(answering, '/feishu').map((body) => open(body).event);
	expect(first.message.mentions).toHaveLength(1);
	expect(second.message.mentions).toBeUndefined();
	expect(second.message.parent_id).toMatch(/^om_/);
	expect(second.sender.sender_id).not.toEqual(first.sender.sender_id);
	const sealed = JSON.parse(bodies(answering, '/wecom-aibot')[1]!).encrypt;
	const { text } = callbackCrypto.open(accounts.weComAiBotApi.encodingAesKey, sealed);
	expect(JSON.parse(text).quote).toEqual({ msgtype: 'text', text: { content: 'first' } });
});

const png = Buffer.from(
	'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
	'base64',
);

test('A picture, a file and a voice are sent with their bytes, and shown', async () => {
	const attach = async (name: string, mimeType: string, text = '') => {
		await pane('dingtalk').locator('.attach input').setInputFiles({ name, mimeType, buffer: png });
		await pane('dingtalk').locator('.extra').waitFor();
		const { length } = bodies(answering, '/dingtalk');
		await type('dingtalk', text);
		await until(() => bodies(answering, '/dingtalk').length > length);
		await pane('dingtalk').locator('.extra').waitFor({ state: 'hidden' });
	};
	await attach('picture.png', 'image/png');
	await attach('picture.png', 'image/png', 'what is this?');
	await attach('合同.pdf', 'application/pdf');
	await attach('voice.ogg', 'audio/ogg', 'what I said');
	const sent = await until(() => {
		const all = bodies(answering, '/dingtalk').map((body) => JSON.parse(body));
		return all.length === 4 ? all : undefined;
	});
	expect(sent.map(({ msgtype }) => msgtype)).toEqual(['picture', 'richText', 'file', 'audio']);
	expect(sent[1].content.richText[0]).toEqual({ text: 'what is this?' });
	expect(sent[2].content.fileName).toBe('合同.pdf');
	expect(sent[3].content.recognition).toBe('what I said');
	const code = sent[0].content.downloadCode as string;
	expect(sandbox.world.files.get(code)!.data).toEqual(png);
	const picture = pane('dingtalk').locator('.bubble.mine img').first();
	await picture.waitFor();
	expect(await picture.evaluate((node) => (node as HTMLImageElement).naturalWidth)).toBe(1);
	expect(await pane('dingtalk').locator('.bubble.mine').nth(2).textContent()).toBe('▤ 合同.pdf');
	// What is no picture is never served as a page.
	const served = await http.get(`${sandbox.origin}/sandbox/files/${sent[2].content.downloadCode}`);
	expect(served.headers['content-disposition']).toBe('attachment');
	expect(served.headers['content-security-policy']).toContain('sandbox');
});

test.each([
	['a picture', 'picture.png', 'image/png', 'image'],
	['a file', '合同.pdf', 'application/pdf', 'file'],
])(
	'A text beside %s follows it where WeCom’s app has no message with both',
	async (_, name, mimeType, kind) => {
		await pane('wecom').locator('.attach input').setInputFiles({ name, mimeType, buffer: png });
		await pane('wecom').locator('.extra').waitFor();
		await type('wecom', 'what is this?');
		await pane('wecom').getByText('Answer to: what is this?', { exact: true }).waitFor();
		await until(async () => (await pane('wecom').locator('textarea').inputValue()) === '');
		const { encodingAesKey } = sandbox.world.accounts.weComAppApi;
		const sent = bodies(answering, '/wecom').map((body) => {
			const [, sealed] = /<Encrypt><!\[CDATA\[(.*?)\]\]>/.exec(body)!;
			return callbackCrypto.open(encodingAesKey, sealed!).text;
		});
		expect(sent.map((xml) => /<MsgType><!\[CDATA\[(\w+)/.exec(xml)![1])).toEqual([kind, 'text']);
		expect(sent[1]).toContain('<Content><![CDATA[what is this?]]></Content>');
	},
);

test('History is kept over a reload, with answers, quotes and what bots sent by themselves', async () => {
	await type('feishu', 'before the reload');
	await pane('feishu').locator('.bubble.theirs').waitFor();
	const { webhookUrl } = sandbox.world.accounts.weComGroupRobotApi;
	await http.post(webhookUrl, { msgtype: 'text', text: { content: 'an alert' } });
	await pane('operations').getByText('an alert', { exact: true }).waitFor();
	await page.reload();
	await pane('feishu').getByText('Answer to: before the reload', { exact: true }).waitFor();
	expect(await pane('feishu').locator('.turn').count()).toBe(1);
	expect(await pane('feishu').locator('.state').textContent()).toMatch(/^HTTP: acknowledged 200/);
	expect(await pane('operations').locator('.turn').count()).toBe(1);
	await type('feishu', 'after it');
	await pane('feishu').getByText('Answer to: after it', { exact: true }).waitFor();
	expect(await pane('feishu').locator('.turn').count()).toBe(2);
});

test('The operators have a pane: alerts of group robots, and what they type to the AI bot in that group', async () => {
	const { weComGroupRobotApi, dingTalkGroupRobotApi } = sandbox.world.accounts;
	expect(dingTalkGroupRobotApi.webhookUrl).toContain('/robot/send');
	const markdown = { msgtype: 'markdown_v2', markdown_v2: { content: '# Alert\n- one' } };
	await http.post(weComGroupRobotApi.webhookUrl, markdown);
	await pane('operations').locator('.bubble .title', { hasText: 'Alert' }).waitFor();
	expect(await pane('wecom').locator('.turn').count()).toBe(0);
	await type('operations', '/dlq list');
	await pane('operations').getByText('Answer to: @ClawBot /dlq list', { exact: true }).waitFor();
	const sealed = JSON.parse(bodies(answering, '/wecom-aibot')[0]!).encrypt;
	const { encodingAesKey } = sandbox.world.accounts.weComAiBotApi;
	expect(JSON.parse(callbackCrypto.open(encodingAesKey, sealed).text)).toMatchObject({
		chattype: 'group',
		chatid: OPERATIONS_GROUP.id,
	});
});

test('Whoever waits for ten seconds is told where to look', async () => {
	await page.clock.install();
	await page.reload();
	const silent = await startBot();
	sandbox.world.callbacks.dingtalk = silent.origin;
	try {
		for (const [text, words] of [
			['a question', 'on the dead-letter page with its cure'],
			['/dlq list', 'operations groups only'],
		] as const) {
			await type('dingtalk', text);
			const turn = pane('dingtalk').locator('.turn').last();
			await turn.getByText('The bot is thinking').waitFor();
			await page.clock.fastForward(11_000);
			await turn.getByText(words).waitFor();
		}
	} finally {
		sandbox.world.callbacks.dingtalk = `${answering.origin}/dingtalk`;
		await silent.close();
	}
});

test('Markdown is shown as each platform shows it, and what it does not know as it was written', async () => {
	const text =
		'# Title\n**bold** *soft* `code`\n- item\n\n| a | b |\n| - | - |\n| 1 | 2 |\n\n```\n<b>x</b>\n```';
	// As text: what jest makes of an `import()` does not run in a page.
	const tags = async (dialect: string) =>
		await page.evaluate<string>(`import('/sandbox/markdown.js').then(({ rendered }) => {
			const box = document.createElement('div');
			box.append(...rendered(${JSON.stringify(text)}, ${JSON.stringify(dialect)}));
			const all = Array.from(box.querySelectorAll('*'));
			return all.map((node) => node.className || node.tagName.toLowerCase()).join(' ');
		})`);
	expect(await tags('plain')).toBe('');
	expect(await tags('dingtalk')).toBe('title title-1 block strong em item block block');
	expect(await tags('wecom')).toBe('title title-1 block strong code block block');
	const rich = 'block strong em code item table tr th th tr td td pre';
	expect(await tags('wecom-new')).toBe(`title title-1 ${rich}`);
	expect(await tags('feishu-card')).toBe(`title title-1 ${rich}`);
	expect(await tags('feishu')).toBe('block strong em code item block pre');
});

test('On a phone nothing is wider than the screen, and every control has the size of a finger', async () => {
	await page.context().close();
	await open(390);
	await type('feishu', `x${'y'.repeat(300)}`);
	await pane('feishu').locator('.bubble.theirs').waitFor();
	expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
	// A switch is a label around its words; what a file is chosen with lies in a label, too.
	const small = (await page.evaluate(smallControls)).filter(
		(node) => !/type="(radio|file)"/.test(node),
	);
	expect(small).toEqual([]);
});

test.each(['light', 'dark'] as const)('Every text can be read when it is %s', async (scheme) => {
	await page.emulateMedia({ colorScheme: scheme });
	await type('feishu', 'a question');
	await pane('feishu').locator('.bubble.theirs').waitFor();
	await pane('feishu').locator('summary').click();
	const text =
		'# T\n`code` [link](https://x.example) <font color="info">a</font> <font color="warning">b</font>\n> quote';
	const robot = sandbox.world.accounts.weComGroupRobotApi.webhookUrl;
	await http.post(robot, { msgtype: 'markdown', markdown: { content: text } });
	await pane('operations').locator('.bubble .font-warning').waitFor();
	delete sandbox.world.callbacks.dingtalk;
	await type('dingtalk', 'nobody there');
	await pane('dingtalk').locator('.state.bad').waitFor();
	sandbox.world.callbacks.dingtalk = `${answering.origin}/dingtalk`;
	// A switch that cannot be used may be faint; the one that can is seen by its words.
	const faint = (await page.evaluate(faintTexts)).filter(
		(node) => !/disabled|type="radio"/.test(node),
	);
	expect(faint).toEqual([]);
});
