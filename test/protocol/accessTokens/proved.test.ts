import { newApiKey, type ApiKeyRow } from '../../../protocol/accessTokens/apiKeys';
import { MAX_GRANTS, type GrantRow } from '../../../protocol/accessTokens/grants';
import { ProvedKeys } from '../../../protocol/accessTokens/proved';
import { readTokenRequest, type TokenRequest } from '../../../protocol/accessTokens/request';
import { STANDS_MS } from '../../../protocol/accessTokens/standing';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const { row, secret } = newApiKey('crm', ['message:send'], { now: NOW });

const asked = (fields: object = {}): TokenRequest =>
	readTokenRequest(
		{ grant_type: 'client_credentials', client_id: row.keyId, client_secret: secret, ...fields },
		'',
	) as TokenRequest;

let proved: ProvedKeys;
beforeEach(() => {
	proved = new ProvedKeys();
});

const granted = (now: number, request = asked()): GrantRow | undefined =>
	proved.decide(request, now)?.insert;

it('A key that proved itself is granted more for five seconds, and looked up then', () => {
	expect(granted(NOW)).toBeUndefined();
	proved.remember(row.keyId, { key: row, grants: [] }, NOW);
	const grants = [granted(NOW), granted(NOW + STANDS_MS - 1)];
	expect(grants).toMatchObject([{ client: 'crm' }, { client: 'crm', scopes: 'message:send' }]);
	expect(new Set(grants.map((grant) => grant!.grantId)).size).toBe(2);
	expect(granted(NOW + STANDS_MS)).toBeUndefined();
});

it('Nor is it after the clock was set back: a key that was revoked would live on', () => {
	proved.remember(row.keyId, { key: row, grants: [] }, NOW);
	expect(granted(NOW - 1)).toBeUndefined();
});

it.each<[string, Partial<ApiKeyRow>, object]>([
	['another secret', {}, { client_secret: 'cs_wrong' }],
	['the hash as secret', {}, { client_secret: row.secretHash }],
	['another key', {}, { client_id: 'ck_other' }],
	['more scopes than it has', {}, { scope: 'question:ask' }],
	['a key that ended meanwhile', { status: 'retiring', expiresAtMs: NOW + 1000 }, {}],
])('With %s the tables decide', (_what, fields, more) => {
	proved.remember(row.keyId, { key: { ...row, ...fields }, grants: [] }, NOW);
	expect(granted(NOW + 2000, asked(more))).toBeUndefined();
});

it('A refresh and a revocation are never answered by memory', () => {
	proved.remember(row.keyId, { key: row, grants: [] }, NOW);
	const refresh = { grant_type: 'refresh_token', refresh_token: `cr_${'A'.repeat(65)}` };
	expect(proved.decide(readTokenRequest(refresh, '') as TokenRequest, NOW)).toBeUndefined();
	expect(proved.decide({ kind: 'revoke', grantId: 'x' }, NOW)).toBeUndefined();
});

it('What is granted by memory counts towards the limit of a key', () => {
	proved.remember(row.keyId, { key: row, grants: [] }, NOW);
	const grant = granted(NOW)!;
	const live = Array.from({ length: MAX_GRANTS - 3 }, () => grant);
	proved.remember(row.keyId, { key: row, grants: live }, NOW);
	expect([1, 2, 3].map(() => granted(NOW) !== undefined)).toEqual([true, true, false]);
});
