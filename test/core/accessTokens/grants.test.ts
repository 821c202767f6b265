import type { ApiKeyRow } from '../../../core/accessTokens/apiKeys';
import { UNAUTHORIZED } from '../../../core/accessTokens/answers';
import { MAX_GRANTS, readRefreshToken } from '../../../core/accessTokens/grants';
import { DAY, MINUTE, Service, START, type Tokens } from './service';

let service: Service;
beforeEach(() => {
	service = new Service();
});

describe('an exchange', () => {
	it('gives a token for ten hours with all that the key may', () => {
		const tokens = service.exchange(service.addKey());
		expect(tokens).toMatchObject({
			token_type: 'Bearer',
			expires_in: 36_000,
			expires_at: '2026-11-22T22:00:00.000Z',
			refresh_expires_in: 30 * 24 * 3600,
			scope: 'message:send question:ask',
		});
		expect(service.admitted(tokens.access_token)).toEqual(['message:send', 'question:ask']);
		service.now += 36_000_000 + MINUTE;
		expect(service.admitted(tokens.access_token)).toBeUndefined();
	});

	it('takes key and secret by Basic authentication', () => {
		const { id, secret } = service.addKey();
		const basic = `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
		const answer = service.ask({ grant_type: 'client_credentials' }, undefined, basic);
		expect(answer.status).toBe(200);
	});

	it('gives fewer scopes and another life where that is asked', () => {
		const tokens = service.exchange(service.addKey(), {
			scope: 'question:ask',
			expires_in: '2592000',
		});
		expect(tokens).toMatchObject({ scope: 'question:ask', expires_in: 2_592_000 });
		service.now += 29 * DAY;
		expect(service.admitted(tokens.access_token)).toEqual(['question:ask']);
	});

	it('keeps no secret and no token', () => {
		const key = service.addKey();
		const tokens = service.exchange(key);
		const kept = JSON.stringify([...service.keys.values(), ...service.grants.values()]);
		for (const secret of [key.secret, tokens.access_token, tokens.refresh_token]) {
			expect(kept).not.toContain(secret);
			expect(kept).not.toContain(secret.slice(3, 25));
		}
	});

	it.each<[string, (key: { id: string; secret: string }) => object]>([
		['a wrong secret', ({ id }) => ({ client_id: id, client_secret: 'cs_wrong' })],
		['no secret', ({ id }) => ({ client_id: id })],
		['an unknown key', ({ secret }) => ({ client_id: 'ck_unknown', client_secret: secret })],
		['no key at all', () => ({})],
		['a wild card as key', ({ secret }) => ({ client_id: '%', client_secret: secret })],
		[
			'the hash as secret',
			({ id }) => ({ client_id: id, client_secret: service.keys.get(id)!.secretHash }),
		],
	])('refuses %s by the one answer', (_name, fields) => {
		const body = { grant_type: 'client_credentials', ...fields(service.addKey()) };
		expect(service.ask(body)).toBe(UNAUTHORIZED);
	});

	it.each<[string, Partial<ApiKeyRow>, number]>([
		['revoked', { status: 'revoked' }, 401],
		['retiring, past its end', { status: 'retiring', expiresAtMs: START - 1 }, 401],
		['retiring without an end', { status: 'retiring', expiresAtMs: 0 }, 401],
		['retiring, before its end', { status: 'retiring', expiresAtMs: START + 1 }, 200],
		['active, past its end', { expiresAtMs: START }, 401],
		['of an unknown status', { status: 'Active ' as 'active' }, 401],
		['without a hash', { secretHash: '' }, 401],
		['without a client', { client: ' ' }, 401],
		['without scopes', { scopes: '' }, 400],
	])('by a key that is %s: %#', (_name, fields, status) => {
		const { id, secret } = service.addKey();
		service.setKey(id, fields);
		const body = { grant_type: 'client_credentials', client_id: id, client_secret: secret };
		expect(service.ask(body).status).toBe(status);
	});

	it.each([
		[{ grant_type: 'password' }, 'unsupported_grant_type'],
		[{}, 'unsupported_grant_type'],
		[{ expires_in: 0 }, 'invalid_request'],
		[{ expires_in: -36_000 }, 'invalid_request'],
		[{ expires_in: 2_592_001 }, 'invalid_request'],
		[{ expires_in: '1e4' }, 'invalid_request'],
		[{ expires_in: [36_000] }, 'invalid_request'],
		[{ grant_type: 'client_credentials', scope: 'admin' }, 'invalid_scope'],
		[{ grant_type: 'client_credentials', client_id: ['a', 'b'] }, 'invalid_request'],
		[{ grant_type: 'client_credentials', client_secret: 'x'.repeat(5000) }, 'invalid_request'],
		[{ grant_type: 'refresh_token', refresh_token: 'x' }, 'invalid_request'],
	])('says what is wrong with %j', (body, error) => {
		expect(service.ask(body)).toMatchObject({ status: 400, body: { error } });
	});

	it('of more than the key may is refused only after its secret was right', () => {
		const { id, secret } = service.addKey('crm', 'message:send');
		const body = { grant_type: 'client_credentials', client_id: id, scope: 'delivery:read' };
		expect(service.ask({ ...body, client_secret: 'wrong' })).toBe(UNAUTHORIZED);
		expect(service.ask({ ...body, client_secret: secret })).toMatchObject({
			status: 400,
			body: { error: 'invalid_scope' },
		});
	});

	it('is refused in words where a client fills the table, and works again when its tokens have run out', () => {
		const key = service.addKey();
		service.exchange(key);
		const [grant] = service.grants.values();
		for (let count = 1; count < MAX_GRANTS; count++) {
			service.grants.set(`g${count}`, { ...grant!, grantId: `g${count}` });
		}
		const body = { grant_type: 'client_credentials', client_id: key.id, client_secret: key.secret };
		expect(service.ask(body)).toMatchObject({ status: 429, body: { error: 'too_many_tokens' } });
		service.now += 30 * DAY;
		expect(service.ask(body).status).toBe(200);
	});
});

describe('two keys of a client', () => {
	it('are valid at once, and the old one’s tokens outlive it where it was not revoked', () => {
		const [old, next] = [service.addKey(), service.addKey()];
		const before = service.exchange(old);
		service.setKey(old.id, { status: 'retiring', expiresAtMs: START + DAY });
		expect(service.admitted(service.exchange(old).access_token)).toBeDefined();
		expect(service.admitted(service.exchange(next).access_token)).toBeDefined();
		service.now = START + 5 * 3_600_000;
		service.setKey(old.id, { expiresAtMs: service.now });
		expect(service.admitted(before.access_token)).toBeDefined();
		expect(service.refresh(before.refresh_token)).toBe(UNAUTHORIZED);
		service.setKey(old.id, { status: 'revoked' });
		expect(service.admitted(before.access_token)).toBeUndefined();
	});
});

describe('a refresh', () => {
	it('gives a new pair, and the old access token lives on', () => {
		const first = service.exchange(service.addKey(), { expires_in: 7200 });
		service.now += 3_600_000;
		const second = service.refreshed(first.refresh_token);
		expect(second.refresh_token).not.toBe(first.refresh_token);
		expect(second.expires_in).toBe(7200);
		expect(service.admitted(first.access_token)).toBeDefined();
		expect(service.admitted(second.access_token)).toBeDefined();
	});

	it('by a token used before ends the family, and says so once', () => {
		const first = service.exchange(service.addKey());
		const second = service.refreshed(first.refresh_token);
		service.now += 2 * MINUTE;
		expect(service.refresh(first.refresh_token)).toBe(UNAUTHORIZED);
		expect(service.refresh(second.refresh_token)).toBe(UNAUTHORIZED);
		for (const { access_token } of [first, second]) {
			expect(service.admitted(access_token)).toBeUndefined();
		}
		expect(service.notifications).toHaveLength(1);
		expect(service.notifications[0]!.text).toContain('crm');
		expect(JSON.stringify(service.notifications)).not.toContain(first.refresh_token.slice(3, 25));
	});

	it('ends no other family of the same key', () => {
		const key = service.addKey();
		const [stolen, other] = [service.exchange(key), service.exchange(key)];
		service.refreshed(stolen.refresh_token);
		service.now += 2 * MINUTE;
		service.refresh(stolen.refresh_token);
		expect(service.admitted(other.access_token)).toBeDefined();
		expect(service.refresh(other.refresh_token).status).toBe(200);
	});

	it('whose answer got lost can be repeated for a minute; the lost token is worth nothing', () => {
		const first = service.exchange(service.addKey());
		const lost = service.refreshed(first.refresh_token);
		service.now += MINUTE;
		const second = service.refreshed(first.refresh_token);
		expect(service.notifications).toEqual([]);
		expect(service.admitted(second.access_token)).toBeDefined();
		expect(service.refresh(lost.refresh_token)).toBe(UNAUTHORIZED);
		expect(service.refresh(second.refresh_token)).toBe(UNAUTHORIZED);
		expect(service.notifications).toHaveLength(1);
	});

	it('is not prolonged by being repeated', () => {
		const first = service.exchange(service.addKey());
		service.refreshed(first.refresh_token);
		service.now += 40_000;
		service.refreshed(first.refresh_token);
		service.now += 40_000;
		expect(service.refresh(first.refresh_token)).toBe(UNAUTHORIZED);
		expect(service.notifications).toHaveLength(1);
	});

	it('is not prolonged by a clock that is set back', () => {
		const first = service.exchange(service.addKey());
		service.now += DAY;
		service.refreshed(first.refresh_token);
		service.now -= 3_600_000;
		expect(service.refresh(first.refresh_token)).toBe(UNAUTHORIZED);
		expect(service.notifications).toHaveLength(1);
	});

	it('cannot be repeated once its successor was used: somebody else has that', () => {
		const first = service.exchange(service.addKey());
		const second = service.refreshed(first.refresh_token);
		service.refreshed(second.refresh_token);
		expect(service.refresh(first.refresh_token)).toBe(UNAUTHORIZED);
		expect(service.notifications).toHaveLength(1);
	});

	it('that another one overtakes gives nothing, and ends nothing', () => {
		const first = service.exchange(service.addKey());
		let other: Tokens | undefined;
		const answer = service.refresh(first.refresh_token, () => {
			other = service.refreshed(first.refresh_token);
		});
		expect(answer).toBe(UNAUTHORIZED);
		expect(service.refresh(other!.refresh_token).status).toBe(200);
	});

	it('that another one overtakes would cost that one its token, if whoever comes wrote', () => {
		service.careless = true;
		const first = service.exchange(service.addKey());
		let other: Tokens | undefined;
		const answer = service.refresh(first.refresh_token, () => {
			other = service.refreshed(first.refresh_token);
		});
		expect(answer.status).toBe(200);
		expect(service.refresh(other!.refresh_token)).toBe(UNAUTHORIZED);
	});

	it('that a revocation overtakes gives nothing', () => {
		const first = service.exchange(service.addKey());
		const answer = service.refresh(first.refresh_token, () => {
			service.revoke(first.refresh_token);
		});
		expect(answer).toBe(UNAUTHORIZED);
		expect(service.admitted(first.access_token)).toBeUndefined();
	});

	it('is over after 30 days unused, without an alarm, and after 90 days in any case', () => {
		const key = service.addKey();
		const idle = service.exchange(key);
		let used = service.exchange(key);
		for (let day = 29; day < 90; day += 29) {
			service.now = START + day * DAY;
			used = service.refreshed(used.refresh_token);
		}
		expect(service.refresh(idle.refresh_token)).toBe(UNAUTHORIZED);
		service.now = START + 90 * DAY;
		expect(service.refresh(used.refresh_token)).toBe(UNAUTHORIZED);
		expect(service.notifications).toEqual([]);
	});

	it('gives no more than the key may today', () => {
		const key = service.addKey();
		const first = service.exchange(key);
		service.setKey(key.id, { scopes: 'question:ask' });
		expect(service.admitted(first.access_token)).toEqual(['question:ask']);
		const second = service.refreshed(first.refresh_token);
		expect(service.admitted(second.access_token)).toEqual(['question:ask']);
	});

	it('by a guessed token of a known grant is refused, and nothing can be guessed from an access token', () => {
		const first = service.exchange(service.addKey());
		const { sid } = JSON.parse(
			Buffer.from(first.access_token.split('.')[1]!, 'base64url').toString(),
		) as { sid: string };
		expect(readRefreshToken(first.refresh_token)!.grantId).toBe(sid);
		expect(first.refresh_token).not.toContain(sid);
		const guess = `cr_${sid.slice(0, 22)}${'A'.repeat(43)}`;
		expect(service.refresh(guess)).toBe(UNAUTHORIZED);
		expect(service.refresh(first.refresh_token).status).toBe(200);
	});
});

describe('a revocation', () => {
	it.each(['access_token', 'refresh_token'] as const)('by the %s ends both', (which) => {
		const tokens = service.exchange(service.addKey());
		expect(service.revoke(tokens[which])).toEqual({ status: 200, body: {} });
		expect(service.admitted(tokens.access_token)).toBeUndefined();
		expect(service.refresh(tokens.refresh_token)).toBe(UNAUTHORIZED);
		expect(service.revoke(tokens[which])).toEqual({ status: 200, body: {} });
	});

	it('of something unknown looks the same', () => {
		const tokens = service.exchange(service.addKey());
		for (const token of ['', 'x', `cr_${'A'.repeat(65)}`, `${tokens.access_token}x`]) {
			expect(service.revoke(token)).toEqual({ status: 200, body: {} });
		}
		expect(service.admitted(tokens.access_token)).toBeDefined();
	});
});

it('A token whose grant is of somebody else is admitted as nobody', () => {
	const tokens = service.exchange(service.addKey());
	const [grant] = service.grants.values();
	for (const other of [{ client: 'erp' }, { keyId: 'ck_other' }]) {
		service.grants.set(grant!.grantId, { ...grant!, ...other });
		expect(service.admitted(tokens.access_token)).toBeUndefined();
	}
	service.grants.set(grant!.grantId, grant!);
	expect(service.admitted(tokens.access_token)).toBeDefined();
});

it('Where a table was emptied, nobody is admitted', () => {
	const tokens = service.exchange(service.addKey());
	service.grants.clear();
	expect(service.admitted(tokens.access_token)).toBeUndefined();
	expect(service.refresh(tokens.refresh_token)).toBe(UNAUTHORIZED);
});
