import { readSigningKeys } from '../../../core/accessTokens/signingKeys';

const secret = (letter: string): string =>
	`${letter}: a key of 32 bytes or more`.padEnd(40, '0123');

it('reads a list, the signing key first', () => {
	const keys = [
		{ kid: '2026-11', secret: secret('a') },
		{ kid: '2026-08', secret: secret('b') },
	];
	expect(readSigningKeys(JSON.stringify(keys))).toEqual(keys);
});

it.each([
	['', 'JSON list'],
	['secret text that is no JSON', 'JSON list'],
	['{"kid":"a"}', 'JSON list'],
	['[]', 'no key'],
	[JSON.stringify([{ kid: 'a', secret: 'short' }]), 'under 32 bytes'],
	[JSON.stringify([{ kid: 'a', secret: 'password'.repeat(4) }]), 'not random'],
	[JSON.stringify([{ kid: '', secret: secret('a') }]), '"kid"'],
	[JSON.stringify([{ kid: '../x', secret: secret('a') }]), '"kid"'],
	[
		JSON.stringify([
			{ kid: 'a', secret: secret('a') },
			{ kid: 'a', secret: secret('b') },
		]),
		'the same "kid"',
	],
	[
		JSON.stringify([
			{ kid: 'a', secret: secret('a') },
			{ kid: 'b', secret: secret('a') },
		]),
		'the same "secret"',
	],
	[
		JSON.stringify(
			Array.from({ length: 11 }, (_, i) => ({ kid: `k${i}`, secret: secret('a') + i })),
		),
		'at most 10',
	],
])('refuses %s and says why', (text, words) => {
	expect(() => readSigningKeys(text)).toThrow(words);
});

it('repeats nothing of what is secret', () => {
	for (const text of [`[{"kid":"a","secret":"hidden`, '[{"kid":"a","secret":"hidden"}]']) {
		expect(() => readSigningKeys(text)).toThrow(expect.not.stringContaining('hidden') as never);
		expect(() => readSigningKeys(text)).not.toThrow('hidden');
	}
});
