import type { ApiCaller } from '../../../core/accessTokens/admit';
import type { TokenPayload } from '../../../core/accessTokens/jwt';
import { STANDS_MS, AdmittedCallers } from '../../../core/accessTokens/standing';

const caller: ApiCaller = { client: 'crm', keyId: 'ck_1', scopes: [] };
const token = (tokenId: string, grantId = 'g1'): TokenPayload => ({
	...{ tokenId, grantId, client: 'crm', keyId: 'ck_1', scopes: [] },
	...{ issuedAt: 0, expiresAt: 1 },
});

it('A caller stands for five seconds, whatever is asked meanwhile', () => {
	const standing = new AdmittedCallers();
	standing.remember(token('a'), caller, 0);
	expect(standing.callerOf(token('a'), STANDS_MS - 1)).toBe(caller);
	expect(standing.callerOf(token('a'), STANDS_MS)).toBeUndefined();
	expect(standing.callerOf(token('b'), 0)).toBeUndefined();
	expect(standing.callerOf(token('a', 'g2'), 0)).toBeUndefined();
});

it('A revoked grant ends for all its tokens, and for no others', () => {
	const standing = new AdmittedCallers();
	const tokens = [token('a', 'g1'), token('b', 'g1'), token('c', 'g2')];
	for (const each of tokens) standing.remember(each, caller, 0);
	standing.forget('g1', 0);
	const known = tokens.map((each) => standing.callerOf(each, 1) !== undefined);
	expect(known).toEqual([false, false, true]);
});

it('A look-up that began before a revocation does not bring its caller back', () => {
	const standing = new AdmittedCallers();
	standing.forget('g1', 0);
	standing.remember(token('a', 'g1'), caller, 1);
	standing.remember(token('c', 'g2'), caller, 1);
	expect(standing.callerOf(token('a', 'g1'), 1)).toBeUndefined();
	expect(standing.callerOf(token('c', 'g2'), 1)).toBe(caller);
});

it('Nobody stands longer because the clock is set back', () => {
	const standing = new AdmittedCallers();
	standing.remember(token('a'), caller, 3_600_000);
	expect(standing.callerOf(token('a'), 1)).toBeUndefined();
});

it('It remembers no more than 10,000, the newest', () => {
	const standing = new AdmittedCallers();
	for (let count = 0; count <= 10_000; count++) standing.remember(token(`t${count}`), caller, 0);
	expect(standing.callerOf(token('t0'), 1)).toBeUndefined();
	expect(standing.callerOf(token('t1'), 1)).toBe(caller);
	expect(standing.callerOf(token('t10000'), 1)).toBe(caller);
});
