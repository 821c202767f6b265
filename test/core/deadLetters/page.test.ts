import fc from 'fast-check';
import { answerRequest } from '../../../core/deadLetters/page';
import type { DeliveryRow } from '../../../core/delivery/delivery';
import { CANARY, HOUR, NOW, answerPayload, context, payloadIn, questionPayload, row } from './rows';
import { codeOf } from '../../../core/common/codes';

const CSRF = 'a'.repeat(64);
const viewing = { now: NOW, timezone: 'Asia/Shanghai', csrf: CSRF, link: context.link };
const look = (rows: DeliveryRow[], query: Record<string, unknown> = {}) =>
	answerRequest(rows, { query, body: {}, user: 'ops' }, viewing);
const send = (rows: DeliveryRow[], body: Record<string, unknown>) =>
	answerRequest(rows, { query: {}, body: { csrf: CSRF, ...body }, user: 'ops' }, viewing);
const long = (text: string): string => codeOf(text, 24);

describe('The list', () => {
	it('shows a hundred at a time', () => {
		const rows = Array.from({ length: 250 }, (_, index) => row({ settledAtMs: NOW - index }));
		const ids = (page: string): number => look(rows, { page }).html.match(/<code>/g)!.length;
		// One more is the code of the group.
		expect([ids('1'), ids('3'), ids('99'), ids('-1')]).toEqual([101, 51, 51, 101]);
		expect(look(rows, { page: '1' }).html).toContain('page=2');
	});

	it('filters', () => {
		const rows = [row({ platform: 'feishu', bot: 'seen-bot' }), row({ bot: 'other-bot' })];
		const { html } = look(rows, { platform: 'feishu', age: '30m' });
		const list = html.slice(html.indexOf('1 in all'));
		expect(list).toContain('seen-bot');
		expect(list).not.toContain('other-bot');
		expect(look(rows, { age: '2h' }).html).toContain('0 in all');
	});

	it.each([
		['age', 'soon', '90s, 30m, 2h, 1d'],
		['age', '=2h', '90s, 30m, 2h, 1d'],
		['age', '2 parsecs', '90s, 30m, 2h, 1d'],
		['platform', 'dingding', '钉钉 DingTalk · 飞书 Feishu · 企业微信 WeCom'],
		['status', 'deaf', '未送达 dead · '],
		['class', 'forbidden', '没有权限 permissionDenied'],
		['group', 'x', '4–24'],
		['group', 'no code!', '4–24'],
	])('says what is wrong in a filter, and lists nothing then: %s=%s', (field, value, possible) => {
		const { status, html } = look([row()], { [field]: value });
		expect(status).toBe(400);
		expect(html).toContain('筛选条件看不懂');
		expect(html).toContain(`= ${value}<br />`);
		expect(html).toContain(possible);
		expect(html).not.toContain('in all');
		// What was typed stands in its field to be corrected, unless it is a choice.
		if (field !== 'status' && field !== 'platform') expect(html).toContain(`value="${value}"`);
	});

	it.each([
		['age', '>30m'],
		['age', '< 2h'],
		['platform', 'DingTalk'],
		['platform', '钉钉'],
		['status', 'DEAD'],
		['class', '没有权限'],
		['class', 'permissiondenied'],
		['group', long('like failures').slice(0, 6).toUpperCase()],
		['conversation', 'cid'],
		['status', ''],
		['age', '  '],
	])('takes what people write: %s=%s', (field, value) => {
		const { status, html } = look([row()], { [field]: value });
		expect(status).toBe(200);
		expect(html).toContain('1 in all');
	});

	it('says of one that arrived neither what had failed nor that it can be replayed', () => {
		for (const status of ['delivered', 'merged'] as const) {
			const list = look([row({ status })], { status }).html;
			const rows = list.slice(list.indexOf('in all'));
			expect(rows).not.toContain('permissionDenied');
			expect(rows).not.toContain('重发 Replay');
		}
		expect(look([row()]).html.split('in all')[1]).toContain('重发 Replay');
	});

	it('changes nothing, whatever the address says', () => {
		const rows = [row()];
		const query = {
			action: 'replay',
			id: '',
			group: long('like failures'),
			csrf: CSRF,
			confirm: '1',
			speed: '20',
		};
		expect(look(rows, query)).toMatchObject({ status: 200, changes: [] });
	});
});

describe('A form', () => {
	it.each([undefined, '', 'b'.repeat(64), [CSRF], { a: CSRF }, 1])(
		'without the token does nothing: %p',
		(csrf) => {
			const rows = [row()];
			expect(send(rows, { csrf, action: 'replay', id: long(rows[0]!.key) })).toMatchObject({
				status: 403,
				changes: [],
			});
		},
	);

	it('does nothing where no token has been made', () => {
		const rows = [row()];
		const body = { csrf: '', action: 'replay', id: long(rows[0]!.key) };
		expect(
			answerRequest(rows, { query: {}, body, user: 'ops' }, { ...viewing, csrf: '' }),
		).toMatchObject({ status: 403, changes: [] });
	});

	it('replays, edits and discards one, in the name of the person', () => {
		const one = row();
		const id = long(one.key);
		const replayed = send([one], { action: 'replay', id });
		expect(replayed.changes).toMatchObject([{ status: 'waiting' }]);
		expect(JSON.parse(replayed.changes[0]!.audit)).toMatchObject([{ by: 'ops', action: 'replay' }]);
		const [edited] = send([one], { action: 'edit', id, text: '新内容' }).changes;
		expect(payloadIn(edited)).toMatchObject({
			original: { text: '报销三天内到账' },
			unsent: { content: { text: '新内容' } },
		});
		expect(send([one], { action: 'discard', id, reason: '过期' }).changes).toMatchObject([
			{ status: 'discarded' },
		]);
	});

	it('goes to the letter, which refreshes itself until it is over', () => {
		const one = row();
		const id = long(one.key);
		const refresh = (seconds: number): string =>
			`http-equiv="refresh" content="${seconds};url=?id=${id}"`;
		const sent = send([one], { action: 'replay', id });
		expect(sent.html).toContain(refresh(2));
		expect(sent.html).toContain('等待重试 waiting');
		expect(sent.html).toContain('上次失败 Last failure');
		const waiting = sent.changes[0]!;
		const later = (dueAt: number): string => look([{ ...waiting, dueAt }], { id }).html;
		expect(later(NOW - 1000)).toContain(refresh(2));
		expect(later(NOW + 10_000)).toContain(refresh(11));
		expect(later(NOW + HOUR)).toContain(refresh(60));
		for (const status of ['dead', 'uncertain', 'delivered', 'merged', 'discarded'] as const) {
			expect(look([{ ...waiting, status }], { id }).html).not.toContain('refresh');
		}
	});

	it.each<[string, Record<string, string>, string, boolean]>([
		['an edit', { action: 'edit', text: 'New' }, '等待重试 waiting', true],
		['a discard', { action: 'discard', reason: 'old' }, '已丢弃 discarded', false],
		['what is refused', { action: 'discard', reason: '' }, '未送达 dead', false],
	])('goes to the letter after %s', (_, body, status, refreshes) => {
		const one = row();
		const { html } = send([one], { ...body, id: long(one.key) });
		expect(html).toContain(status);
		expect(html.includes('http-equiv="refresh"')).toBe(refreshes);
	});

	it('leads from many that are replayed to those that still wait', () => {
		const group = long('like failures');
		const { html } = send([row()], { action: 'replay', group, speed: '10', confirm: '1' });
		expect(html).toContain(`href="?status=waiting&amp;group=${group}"`);
		const since = { action: 'replay', since: '2h', speed: '10', confirm: '1' };
		expect(send([row()], since).html).toContain('href="?status=waiting"');
	});

	it('shows of a letter that arrived when it did, and no further replay', () => {
		for (const status of ['delivered', 'merged'] as const) {
			const one = row({ status });
			const { html } = look([one], { id: long(one.key) });
			expect(html).not.toContain('重发');
			expect(html).not.toContain('失败 Failure</dt>');
			expect(html).toContain('失败的尝试 Failed attempts');
		}
		for (const status of ['dead', 'uncertain', 'discarded'] as const) {
			const one = row({ status });
			expect(look([one], { id: long(one.key) }).html).toContain('重发 Replay');
		}
	});

	it.each([
		['never tried', 0, '(0)'],
		['before a replay and since', 3, '(3)'],
		['as many as are listed', 20, '(20)'],
		['more than are listed', 23, '(23) · 最近 20 次 The latest 20'],
	])('counts the attempts that it lists: %s', (_, failed, count) => {
		const attempt = { at: '2026-03-02T07:00:00.000Z', class: 'temporary', code: 'x', message: 'y' };
		const history = JSON.stringify(Array(failed).fill(attempt));
		// A replay begins its count anew; an attempt that is under way has not failed.
		for (const attempts of [0, 1, 99]) {
			const one = row({ attempts, history });
			const { html } = look([one], { id: long(one.key) });
			expect(html).toContain(`<h2>失败的尝试 Failed attempts ${count}</h2>`);
			expect(html.split('temporary x</td>')).toHaveLength(Math.min(failed, 20) + 1);
		}
	});

	it('refuses as the commands do', () => {
		const one = row({ status: 'uncertain' });
		const id = long(one.key);
		expect(send([one], { action: 'replay', id })).toMatchObject({ status: 409, changes: [] });
		expect(send([one], { action: 'replay', id, force: '1' }).changes).toHaveLength(1);
		expect(send([one], { action: 'discard', id, reason: '' })).toMatchObject({ changes: [] });
		expect(send([one], { action: 'drop', id })).toMatchObject({ status: 400, changes: [] });
		expect(send([one], { action: 'replay', id: 'zzzzzz' })).toMatchObject({
			status: 404,
			changes: [],
		});
	});

	it('counts a group or a time first, and does it when that is confirmed', () => {
		const rows = [row(), row(), row({ fingerprint: 'other', settledAtMs: NOW - 3 * HOUR })];
		const body = { action: 'replay', group: long('like failures'), speed: '10' };
		const counted = send(rows, body);
		expect(counted.changes).toEqual([]);
		expect(counted.html).toContain('2 条将重发');
		expect(send(rows, { ...body, confirm: '1' }).changes.map(({ dueAt }) => dueAt - NOW)).toEqual([
			0, 6000,
		]);

		const since = { action: 'replay', since: '2h', speed: '20' };
		expect(send(rows, since).html).toContain('2 条将重发');
		// What is confirmed is what was counted, also minutes later.
		expect(send(rows, since).html).toContain('value="2026-03-02T06:00:00.000Z"');
		expect(
			send(rows, { ...since, since: '2026-03-02T06:00:00.000Z', confirm: '1' }).changes,
		).toHaveLength(2);

		const gone = { action: 'discard', group: long('like failures'), reason: '过期' };
		expect(send(rows, gone).changes).toEqual([]);
		expect(send(rows, { ...gone, confirm: '1' }).changes).toHaveLength(2);
	});

	it('refuses bulk actions that do not say which', () => {
		for (const body of [
			{ action: 'replay', speed: '20' },
			{ action: 'replay', since: 'soon', speed: '20' },
			{ action: 'replay', since: '2h', speed: '100000' },
			{ action: 'discard', group: long('like failures') },
		]) {
			expect(send([row()], { ...body, confirm: '1' })).toMatchObject({ status: 400, changes: [] });
		}
	});
});

it('Everything is escaped, in lists, details and forms', () => {
	const evil = `"><script>x</script><img src=x onerror='y'>`;
	const one = row({
		platform: evil,
		bot: evil,
		conversation: evil,
		class: evil,
		code: evil,
		reason: evil,
		payload: answerPayload(evil),
		history: JSON.stringify([{ at: evil, class: evil, code: evil, message: evil }]),
		audit: JSON.stringify([{ at: evil, by: evil, action: evil, note: evil }]),
		executionId: evil,
	});
	const filter = {
		status: 'all',
		platform: evil,
		conversation: evil,
		group: evil,
		age: evil,
		class: evil,
	};
	const pages = [
		look([one]),
		look([one], { id: long(one.key) }),
		look([one], filter),
		look([one], { id: evil }),
		send([one], { action: evil, id: evil }),
		send([one], { action: evil, group: 'x' }),
		send([one], { action: 'discard', group: long('like failures'), reason: evil }),
	].map(({ html }) => html);
	expect(pages[1]).toContain('&lt;script&gt;');
	for (const page of pages) {
		expect(page).not.toContain('<script');
		expect(page).not.toContain('<img');
	}
});

it('Whatever the request and the rows hold, there is a page and it holds no script', () => {
	const anything = fc.oneof(
		fc.string({ unit: 'binary' }),
		fc.constantFrom('replay', '1', '2h', '<script>'),
		fc.anything(),
	);
	const fields = fc.dictionary(
		fc.constantFrom('action', 'id', 'group', 'since', 'speed', 'text', 'page', 'age'),
		anything,
	);
	fc.assert(
		fc.property(fields, fields, fc.string(), (query, body, payload) => {
			const rows = [row(), row({ payload, history: payload, audit: payload })];
			const answer = answerRequest(
				rows,
				{ query, body: { csrf: CSRF, ...body }, user: 'ops' },
				viewing,
			);
			expect(answer.html).toMatch(/^<!DOCTYPE html>/);
			expect(answer.html).not.toContain('<script');
		}),
		{ numRuns: 1000 },
	);
});

it('Nothing secret is on any page, and nothing is loaded from elsewhere', () => {
	const said = `token=${CANARY} sk-${CANARY} https://x.example/?key=${CANARY}`;
	const rows = [
		row({ reason: said, payload: answerPayload(said) }),
		row({ kind: 'question', payload: questionPayload(said) }),
	];
	for (const query of [{}, ...rows.map(({ key }) => ({ id: long(key) }))]) {
		const { html } = look(rows, query);
		expect(html).not.toContain(CANARY);
		expect(html).not.toMatch(/(src|href|action)="(?!\?|clawbot-(?:keys|connect)"|http:\/\/n8n\/)/);
	}
});
