import { html } from '../../../core/common/html';
import { madePage, waitingPage } from '../../../core/registration/botView';
import { codePage } from '../../../core/registration/scanView';
import { BOT_PAGES, context, scan } from './pages';

const page = (name: string): string => BOT_PAGES.find(([each]) => each === name)![1].html;
const refreshOf = (text: string): string | undefined =>
	/http-equiv="refresh" content="([^"]*)"/.exec(text)?.[1];

it('A page asks again by itself where something is under way, and nowhere else', () => {
	const asking = BOT_PAGES.filter(([, { html: text }]) => refreshOf(text) !== undefined);
	expect(asking.map(([name]) => name)).toEqual([
		'a code',
		'a code while the platform is away',
		'a code of WeCom',
		'a code that replaces a bot',
		'a code that adds permissions',
		'a new bot',
		'nobody has written',
	]);
	expect(refreshOf(page('a code'))).toMatch(/^5;url=\?scan=AbC-_/);
	expect(refreshOf(page('nobody has written'))).toMatch(/^5;url=\?bot=Cr3d_ential-1&amp;looks=1$/);
});

it('A page asks at once where the clock was set back, and not when it has come round again', () => {
	const early = codePage(scan, 'x', { ...context, now: context.now - 3_600_000 });
	expect(refreshOf(early.html)).toMatch(/^1;/);
});

it('Every form has the token of the page, and nothing is asked by a link', () => {
	for (const [name, { html: text }] of BOT_PAGES) {
		const forms = text.split('<form').slice(1);
		expect([name, forms.every((form) => form.includes(`value="${'c'.repeat(64)}"`))]).toEqual([
			name,
			true,
		]);
		expect([name, /<script|javascript:|\son\w+=/i.test(text)]).toEqual([name, false]);
	}
});

it('The first person and the workflow that is meant are chosen; one with a draft cannot be', () => {
	const text = page('who has written').replace(/\s+/g, ' ');
	expect(text.match(/type="radio"[^>]*checked/g)).toHaveLength(1);
	expect(text.match(/type="checkbox"[^>]*checked/g)).toEqual([
		expect.stringContaining('clawbotAnswer001'),
	]);
	expect(text.match(/type="checkbox"[^>]*disabled/g)).toEqual([
		expect.stringContaining('Beingedited'),
	]);
});

it('Whatever people and platforms say stays text', () => {
	const evil = '"><script>alert(1)</script>';
	const person = {
		key: '',
		credential: '',
		platform: '',
		metAtMs: 1,
		person: evil,
		name: evil,
		words: evil,
	};
	const bot = { id: 'b', name: evil, platform: 'feishu', uses: [], since: NaN, state: 'waiting' };
	const workflow = { id: evil, name: evil, hasDraft: false };
	const context = { now: 1, timezone: 'UTC', csrf: 'c', n8nUrl: '/' };
	const waiting = { bot, persons: [person], places: [{ workflow, alike: [workflow] }], looks: 0 };
	expect(waitingPage(waiting as never, context).html).not.toContain('<script');
	expect(madePage(bot, evil).html).not.toContain('<script');
	expect(html`${evil}`.text).not.toContain('<');
});
