import type { Browser, Page } from 'playwright-core';
import { openPage, startBrowser } from '../../browser';
import { until } from '../../until';
import { answerRequest } from '../../../core/deadLetters/page';
import { codeOf } from '../../../core/common/codes';
import { faintTexts, smallControls } from '../../looks';
import { CSRF, KeyTable } from '../keyRotation/table';
import { BOT_PAGES } from '../registration/pages';
import { NOW, context, row } from '../deadLetters/rows';

// The operators' pages as a browser lays them out: on a phone and on a desk, by day and by night.

const LONG = 'Forbidden.AccessDenied.AccessTokenPermissionDenied.qyapi_robot_sendmsg';
const rows = [
	row({ code: LONG, reason: `${LONG} `.repeat(5), conversation: 'c'.repeat(60) }),
	row({ status: 'uncertain', fingerprint: 'another' }),
	row({ status: 'waiting', settledAtMs: 0 }),
	row({ status: 'delivered' }),
];
const viewing = { now: NOW, timezone: 'Asia/Shanghai', csrf: CSRF, link: context.link };
const look = (query: Record<string, string>): string =>
	answerRequest(rows, { query, body: {}, user: 'ops' }, viewing).html;
const send = (body: Record<string, string>): string =>
	answerRequest(rows, { query: {}, body: { csrf: CSRF, ...body }, user: 'ops' }, viewing).html;
const letter = (index: number): string => look({ id: codeOf(rows[index]!.key, 24) });

function keysPage(): string {
	const table = new KeyTable();
	table.make('报表系统与值班机器人');
	return table.send({}).html;
}

const PAGES: Array<[name: string, html: string]> = [
	['the list', look({ status: 'all' })],
	['a filter that is wrong', look({ age: 'soon', class: LONG })],
	['a dead letter', letter(0)],
	['one that may have arrived', letter(1)],
	['one that waits', letter(2)],
	['one that was delivered', letter(3)],
	['a count before a replay', send({ action: 'replay', since: '2h', speed: '20' })],
	['the keys', keysPage()],
	...BOT_PAGES.map(([name, { html }]): [string, string] => [`bots: ${name}`, html]),
];

let browser: Browser;
let phone: Page;
let desk: Record<'light' | 'dark', Page>;
beforeAll(async () => {
	browser = await startBrowser();
	const open = async (width: number, colorScheme: 'light' | 'dark'): Promise<Page> =>
		await openPage(browser, { viewport: { width, height: 800 }, colorScheme });
	phone = await open(390, 'light');
	desk = { light: await open(1240, 'light'), dark: await open(1240, 'dark') };
});
afterAll(async () => await browser?.close());

const widthOf = async (page: Page): Promise<number> =>
	await page.evaluate(() => document.documentElement.scrollWidth);

describe.each(PAGES)('%s', (_, html) => {
	it('fits a phone, and every control a finger', async () => {
		await phone.setContent(html);
		expect(await widthOf(phone)).toBe(390);
		expect(await phone.evaluate(smallControls)).toEqual([]);
	});

	it.each(['light', 'dark'] as const)('can be read when it is %s', async (scheme) => {
		await desk[scheme].setContent(html);
		expect(await desk[scheme].evaluate(faintTexts)).toEqual([]);
		expect(await widthOf(desk[scheme])).toBe(1240);
	});

	it('leads to the other page', () => {
		expect(html).toMatch(/<a href="clawbot-(keys|dead-letters)">/);
		expect(html.match(/aria-current="page"/g)).toHaveLength(1);
	});
});

it('The checks of this file see what is wrong', async () => {
	const html =
		'<body style="background:#121212"><a href="?" style="color:#2563eb">x</a><button>x</button></body>';
	await desk.dark.setContent(html);
	expect(await desk.dark.evaluate(faintTexts)).toHaveLength(1);
	await phone.setContent(html);
	expect(await phone.evaluate(smallControls)).toHaveLength(2);
});

it('On a phone each value of a row stands below the name of its column', async () => {
	await phone.setContent(look({}));
	const card = phone.locator('table').last().locator('tbody tr').first();
	const failure = card.locator('td').nth(4);
	expect(await failure.evaluate((cell) => getComputedStyle(cell, '::before').content)).toBe(
		'"失败 Failure"',
	);
	expect(await card.evaluate((node) => getComputedStyle(node).display)).toBe('block');
});

describe('A form', () => {
	/** Where a form of a page arrives that somebody has pointed to another address. */
	async function arrivals(html: string, address: string): Promise<string[]> {
		const page = await openPage(browser);
		await page.route('https://bot.test/page', async (route) => await route.fulfill({ body: html }));
		await page.goto('https://bot.test/page');
		const arrived: string[] = [];
		const kept: string[] = [];
		page.on('console', (line) => line.text().includes('form-action') && kept.push(line.text()));
		await page.route('**', async (route) => {
			arrived.push(route.request().url());
			await route.fulfill({ body: '' });
		});
		await page.evaluate((action) => {
			const form = document.querySelector('form')!;
			form.action = action;
			form.method = 'post';
			form.submit();
		}, address);
		await until(() => arrived.length + kept.length > 0);
		// It ends with its browser: a page that is just being left does not always end by itself.
		return arrived;
	}

	it.each([
		['a dead letter', letter(0)],
		['the keys', keysPage()],
		['the bots', BOT_PAGES[0]![1].html],
	])('of %s is sent to nobody else', async (_, html) => {
		expect(await arrivals(html, 'https://evil.test/')).toEqual([]);
		// The controls: a form that stays arrives, and it is the policy that keeps the other one.
		expect(await arrivals(html, 'https://bot.test/form')).toEqual(['https://bot.test/form']);
		const free = html.replace("; form-action 'self'", '');
		expect(await arrivals(free, 'https://evil.test/')).toEqual(['https://evil.test/']);
	});
});
