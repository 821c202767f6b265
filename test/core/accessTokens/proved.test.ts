import { newApiKey, type ApiKeyRow } from '../../../core/accessTokens/apiKeys';
import { MAX_GRANTS, type GrantRow } from '../../../core/accessTokens/grants';
import { ProvedKeys } from '../../../core/accessTokens/proved';
import { readTokenRequest, type TokenRequest } from '../../../core/accessTokens/request';
import { STANDS_MS } from '../../../core/accessTokens/standing';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const { row, secret } = newApiKey('crm', ['message:send'], { now: NOW });

const asked = (fields: object = {}): TokenRequest =>
	readTokenRequest(
		{ grant_type: 'client_credentials', client_id: row.keyId, client_secret: secret, ...fields },
		'',
	) as TokenRequest;

const REVOCATION: TokenRequest = { kind: 'revoke', grantId: 'x' };

let proved: ProvedKeys;
let lookUpTakesTooLong: Promise<void>;
let waited: () => void;
beforeEach(() => {
	lookUpTakesTooLong = new Promise((resolve) => (waited = resolve));
	proved = new ProvedKeys(async (_ms, signal) => {
		const ended = new Promise<void>((_resolve, reject) => {
			signal.addEventListener('abort', () => reject(signal.reason));
		});
		await Promise.race([lookUpTakesTooLong, ended]);
	});
});

/** What a request is granted by memory; where that is nothing, the tables are asked and say no. */
async function granted(now: number, request = asked()): Promise<GrantRow | undefined> {
	const decision = await proved.decide(request, () => now);
	if (!decision) proved.lookedUp(request, undefined, now);
	return decision?.insert;
}
const remember = (key: ApiKeyRow = row, grants: GrantRow[] = []): void =>
	proved.lookedUp(asked(), { key, grants }, NOW);

it('A key that proved itself is granted more for five seconds, and looked up then', async () => {
	expect(await granted(NOW)).toBeUndefined();
	remember();
	const grants = [await granted(NOW), await granted(NOW + STANDS_MS - 1)];
	expect(grants).toMatchObject([{ client: 'crm' }, { client: 'crm', scopes: 'message:send' }]);
	expect(new Set(grants.map((grant) => grant!.grantId)).size).toBe(2);
	expect(await granted(NOW + STANDS_MS)).toBeUndefined();
});

it('Nor is it after the clock was set back: a key that was revoked would live on', async () => {
	remember();
	expect(await granted(NOW - 1)).toBeUndefined();
});

it.each<[string, Partial<ApiKeyRow>, object]>([
	['another secret', {}, { client_secret: 'cs_wrong' }],
	['the hash as secret', {}, { client_secret: row.secretHash }],
	['another key', {}, { client_id: 'ck_other' }],
	['more scopes than it has', {}, { scope: 'question:ask' }],
	['a key that ended meanwhile', { status: 'retiring', expiresAtMs: NOW + 1000 }, {}],
])('With %s the tables decide', async (_what, fields, more) => {
	remember({ ...row, ...fields });
	expect(await granted(NOW + 2000, asked(more))).toBeUndefined();
});

it('A refresh and a revocation are never answered by memory', async () => {
	remember();
	const refresh = { grant_type: 'refresh_token', refresh_token: `cr_${'A'.repeat(65)}` };
	for (const request of [readTokenRequest(refresh, '') as TokenRequest, REVOCATION, REVOCATION]) {
		expect(await proved.decide(request, () => NOW)).toBeUndefined();
	}
});

it('What is granted by memory counts towards the limit of a key', async () => {
	remember();
	const grant = (await granted(NOW))!;
	remember(
		row,
		Array.from({ length: MAX_GRANTS - 3 }, () => grant),
	);
	const more = [await granted(NOW), await granted(NOW), await granted(NOW)];
	expect(more.map((each) => each !== undefined)).toEqual([true, true, false]);
});

describe('While a key is looked up', () => {
	/** Whether each of some requests was granted by memory, in the order in which that was known. */
	function ask(count: number, request = asked()): { known: boolean[]; all: Promise<unknown> } {
		const known: boolean[] = [];
		const one = async (): Promise<unknown> =>
			known.push((await proved.decide(request, () => NOW)) !== undefined);
		return { known, all: Promise.all(Array.from({ length: count }, one)) };
	}
	const settled = async (): Promise<void> => await new Promise(setImmediate);

	it('others with it wait, and are granted by memory then: one look-up serves all', async () => {
		const { known, all } = ask(100);
		await settled();
		expect(known).toEqual([false]);
		remember();
		await all;
		expect(known.filter((each) => each)).toHaveLength(99);
	});

	it('nobody waits for who guesses its secret', async () => {
		await proved.decide(asked({ client_secret: 'cs_wrong' }), () => NOW);
		expect(await proved.decide(asked(), () => NOW)).toBeUndefined();
	});

	it('one after the other is looked up where it is refused', async () => {
		const { known } = ask(3);
		for (const count of [1, 2, 3]) {
			await settled();
			expect(known).toEqual(Array.from({ length: count }, () => false));
			proved.lookedUp(asked(), undefined, NOW);
		}
	});

	it('the next one is looked up where the look-up never ends', async () => {
		const { known } = ask(2);
		await settled();
		expect(known).toEqual([false]);
		waited();
		await settled();
		expect(known).toEqual([false, false]);
	});
});
