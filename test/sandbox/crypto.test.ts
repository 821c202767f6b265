import { callbackSignature, open, seal } from '../../sandbox/callback-crypto';
import { robotSign } from '../../sandbox/dingtalk/crypto';
import { decryptEvent, encryptEvent, eventSignature, hookSign } from '../../sandbox/feishu/crypto';
import { signJwt } from '../../sandbox/model/crypto';

describe("the platforms' side of the crypto gives the known answers", () => {
	test('DingTalk robot signature (documented sample inputs)', () => {
		const sign = robotSign('this is a secret', '1577262236757');
		expect(sign).toBe('DJrE6qdyVGCQz9z5r2MDuNcNAhwYnuAkyj13cx169CA=');
	});

	test('Feishu group bot signature (documented sample inputs)', () => {
		expect(hookSign('demo', '1599360473')).toBe('l1N0gAcBjdwBvGm1xMjOF0XSyaLRpR7tuO5dHfhAYc8=');
	});

	test('Feishu event decryption (official sample)', () => {
		const sample = 'P37w+VZImNgPEO1RBhJ6RtKl7n6zymIbEG1pReEzghk=';
		expect(decryptEvent('test key', sample)).toBe('hello world');
	});

	test('Feishu event encryption with a fixed IV', () => {
		const text = '{"challenge":"ajls384kdjxxxx","token":"v-token","type":"url_verification"}';
		const iv = Buffer.from('d786c42e70b9c632be4126f747b936a9', 'hex');
		expect(encryptEvent('kudryavka', text, iv)).toBe(
			'14bELnC5xjK+QSb3R7k2qeTu8dRGhf5dF5Eb2RHFMoJwbCjv5Ih4huCPx/hvlnFzKlGPpa5rMiHN3AoAyxmge7+cNEWhVagmytET4gFa/yTE9nzWvfXEi6uAVyu3NHn0',
		);
	});

	test('Feishu event signature', () => {
		const body = '{"encrypt":"/l5Dyp8s+O1szQWD8wZtm1vBP1kfOPWKmQwZvXfzX0Vj/suy5yn3iL6LJwwrr56c"}';
		expect(eventSignature('1700000000', 'nonce-123', 'kudryavka', body)).toBe(
			'3446a8303381e5e95275d253ab924af08bd29cc61f6fc5b0a2c2e37e2d98191c',
		);
	});

	test('DingTalk event (official check_url sample)', () => {
		const encrypt =
			'0vJiX6vliEpwG3U45CtXqi+m8PXbQRARJ8p8BbDuD1EMTDf0jKpQ79QS93qEk7XHpP6u+oTTrd15NRPvNvmBKyDCYxxOK+HZeKju4yhELOFchzNukR+t8SB/qk4ROMu3';
		const account = {
			token: 'mryue',
			aesKey: 'Yue0EfdN5900c1ce5cf6A152c63DDe1808a60c5ecd7',
			receiverId: 'ding6ccabc44d2c8d38b',
		};
		expect(callbackSignature('mryue', '1608001896814', 'WL4PK6yA', encrypt)).toBe(
			'03044561471240d4a14bb09372dfcfd4fd0e40cb',
		);
		expect(open(account, encrypt)).toBe('{"EventType":"check_url"}');
		expect(() => open({ ...account, receiverId: 'someone else' }, encrypt)).toThrow('receiver id');
		expect(() => open(account, encrypt.slice(0, 64))).toThrow();
	});

	test('sealing with fixed random bytes (DingTalk "success")', () => {
		const account = {
			token: 'pubToken01',
			aesKey: 'KQ7kfg6gIu4Gt0TY3PEJWX9RafhZsu43LuydjD9dhEV',
			receiverId: 'dingoswfuqvblsiqdcu1',
		};
		expect(seal(account, 'success', Buffer.from('0123456789abcdef'))).toBe(
			'sloNSfW/JkxVw3x2o/5YWO/i4VmNyHEDlJHOdu/u7Pq8eFXQsPFtQWQT8hdCuIaC7NC2DjSPtDN/6Mmce8HRaA==',
		);
	});

	test('WeCom URL verification (official sample)', () => {
		const account = {
			token: 'QDG6eK',
			aesKey: 'jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C',
			receiverId: 'wx5823bf96d3bd56c7',
		};
		const echostr =
			'P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ==';
		expect(callbackSignature('QDG6eK', '1409659589', '263014780', echostr)).toBe(
			'5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3',
		);
		expect(open(account, echostr)).toBe('1616140317555161061');
	});

	test('Zhipu JWT signature', () => {
		const unsigned =
			'eyJhbGciOiJIUzI1NiIsInNpZ25fdHlwZSI6IlNJR04ifQ.eyJhcGlfa2V5IjoiMDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWYiLCJleHAiOjE3MDAwMDM2MDAwMDAsInRpbWVzdGFtcCI6MTcwMDAwMDAwMDAwMH0';
		expect(signJwt(unsigned, 'AbCdEfGhIjKlMnOp')).toBe(
			`${unsigned}.uOXpZ6-S01vErxhvkHXkXZpKxnyosZvbgfoqzfzmB3k`,
		);
	});
});
