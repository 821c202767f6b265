import { setTimeout } from 'node:timers/promises';
import { strikeSecrets } from '../../../core/common/redact';

it.each([
	['见https://oapi.test/robot/send?access_token=abc&x=1。', '见https://oapi.test/robot/send?***'],
	['http://a.test/b?c=d?e "http://a.test" ? x?y=1', 'http://a.test/b?*** "http://a.test" ? x?y=1'],
	['client_secret: abcdef; "app-token"="12345"', 'client_secret: ***; "app-token"="***"'],
	['apiKey=zzzzz 密钥secret：qwert', 'apiKey=*** 密钥secret：***'],
])('%s is shown as %s', (text, shown) => {
	expect(strikeSecrets(text)).toBe(shown);
});

/** As long as a text may be. */
const LENGTH = 100_000;

// Minutes, where a pattern reads on from each place to the end: n8n would do nothing else meanwhile.
it.each([
	'a-',
	'http://',
	'?',
	'http://?',
	'token ',
	'Bearer ',
	'/robot/send/',
	'sk-',
	'eyJaaaaaaaa.',
])('A text full of "%s" holds nobody up', async (piece) => {
	strikeSecrets(piece.repeat(LENGTH / piece.length));
	// Only now can the test’s own time limit end it.
	await setTimeout(1);
	expect.assertions(0);
});
