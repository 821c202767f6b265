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
		expect(html).not.toMatch(/(src|href|action)="(?!\?|http:\/\/n8n\/)/);
	}
});
