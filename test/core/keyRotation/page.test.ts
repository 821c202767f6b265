import { hashSecret } from '../../../core/accessTokens/apiKeys';
import { afterTrial, answerPage } from '../../../core/keyRotation/page';
import { CSRF, KeyTable, START } from './table';

const counting = { now: START, timezone: 'Asia/Shanghai' };

describe('Making a key', () => {
	it('shows key and secret once, and stores the hash alone', () => {
		const table = new KeyTable();
		const key = table.make('报表系统', ['question:ask', 'message:send', 'nonsense']);
		const [keyId, secret] = key.split(':');
		expect(table.rows).toEqual([
			{
				keyId,
				client: '报表系统',
				secretHash: hashSecret(secret!),
				scopes: 'message:send question:ask',
				status: 'active',
				createdAtMs: START,
				expiresAtMs: 0,
			},
		]);
		expect(table.send({}).html).not.toContain(secret);
	});

	it.each([
		['no name', { client: ' ', scopes: 'message:send' }, 400],
		['a name of signs', { client: '<b>x</b>', scopes: 'message:send' }, 400],
		['a name of two lines', { client: 'a\nb', scopes: 'message:send' }, 400],
		['a name that is too long', { client: 'a'.repeat(65), scopes: 'message:send' }, 400],
		['no scope', { client: 'x' }, 400],
		['a scope that there is not', { client: 'x', scopes: 'admin' }, 400],
		['a client that has one', { client: '报表系统', scopes: 'message:send' }, 409],
	])('refuses %s', (_, fields, status) => {
		const table = new KeyTable();
		table.make();
		const before = structuredClone(table.rows);
		expect(table.send({ action: 'make', ...(fields as Record<string, string>) }).status).toBe(
			status,
		);
		expect(table.rows).toEqual(before);
	});
});

describe('A form', () => {
	it.each(['', 'b'.repeat(64), 'a'.repeat(63)])('with a wrong token does nothing: "%s"', (csrf) => {
		const table = new KeyTable();
		table.make();
		const before = structuredClone(table.rows);
		for (const action of ['make', 'change', 'rollBack']) {
			const scopes = ['message:send'];
			expect(table.send({ ...table.form(action), scopes, csrf }).status).toBe(403);
		}
		expect(table.rows).toEqual(before);
	});

	it('does nothing where no token has been made', () => {
		const body = { action: 'make', client: 'x', scopes: 'message:send', csrf: '' };
		const answer = answerPage(
			{ apiKeys: [], keys: [] },
			{ body, user: 'x' },
			{ ...counting, csrf: '' },
		);
		expect(answer).toMatchObject({ page: { status: 403 } });
	});

	it.each([
		['another client', { client: 'other' }],
		['a key that was changed since', { seen: 'ck_other' }],
		['no key', { seen: '' }],
	])('for %s does nothing', (_, fields) => {
		const table = new KeyTable();
		table.make();
		expect(table.send({ ...table.form('change'), ...fields }).status).toBe(409);
		expect(table.rows).toHaveLength(1);
	});

	it('with an unknown action does nothing', () => {
		expect(new KeyTable().send({ action: 'drop' }).status).toBe(400);
	});
});

it('Shows names as text, every key of the table with its age, and rows that cannot be read', () => {
	const evil = '<script>alert(1)</script>"\'';
	const apiKey = {
		keyId: evil,
		client: evil,
		secretHash: hashSecret('x'),
		scopes: 'message:send',
		status: 'active',
		createdAtMs: START,
		expiresAtMs: 0,
	};
	const keys = [
		{ name: evil, where: evil, owner: evil, issuedAt: '2025-12-02' },
		{ name: 'broken', issuedAt: 'soon' },
	];
	const answer = answerPage(
		{ apiKeys: [apiKey, { keyId: 'damaged' }], keys },
		{ body: {}, user: '' },
		{ ...counting, csrf: CSRF },
	);
	const { html } = 'page' in answer ? answer.page : { html: '' };
	expect(html).not.toContain('<script>');
	expect(html).toContain('&lt;script&gt;');
	expect(html).toMatch(/>90<\/td>\s*<td[^>]*><strong>0<\/strong><\/td>/);
	expect(html).toContain('broken: ');
	expect(html).not.toContain(apiKey.secretHash);
	expect(html).not.toContain('damaged');
});

it('Writes down who made, switched and rolled back what, without a secret', () => {
	const made = answerPage(
		{ apiKeys: [], keys: [] },
		{ body: { action: 'make', client: 'x', scopes: 'message:send', csrf: CSRF }, user: '李强' },
		{ ...counting, csrf: CSRF },
	);
	if (!('proposal' in made)) throw new Error('no key');
	const { proposal } = made;
	const { page, decision: saved } = afterTrial(proposal, { works: true, reason: '' }, counting);
	expect(page.html).toContain(proposal.secret);
	expect(JSON.stringify(saved)).not.toContain(proposal.secret);
	expect(saved.audit).toMatchObject([
		{ action: 'made', by: '李强', key: proposal.trial.keyId, at: '2026-03-02T08:00:00.000Z' },
		{ action: 'switched', by: '李强', key: proposal.trial.keyId },
	]);
	expect(saved.ages).toEqual([
		{
			name: 'Robot API: x',
			kind: 'robotApi',
			where: 'clawbot_api_keys',
			issuedAt: '2026-03-02T08:00:00.000Z',
		},
	]);
	expect(saved.notices).toMatchObject([{ text: expect.stringContaining('李强') }]);
});

it('Never throws, whatever a form or the tables hold', () => {
	const odd = [undefined, null, 1, '', {}, [], [{}], 'x'.repeat(1e5)];
	for (const value of odd) {
		for (const action of ['make', 'change', 'rollBack', value]) {
			const body = { action, client: value, seen: value, scopes: value, leaked: value, csrf: CSRF };
			const tables = { apiKeys: [value, { keyId: value, client: value }], keys: [{ name: value }] };
			const outcome = answerPage(tables, { body, user: 'x' }, { ...counting, csrf: CSRF });
			expect(outcome).toHaveProperty('page.html', expect.stringContaining('</html>'));
		}
	}
});
