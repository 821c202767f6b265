import fc from 'fast-check';
import { callbackSignature, open, seal } from '../../../sandbox/callback-crypto';
import { robotSign } from '../../../sandbox/dingtalk/crypto';
import { decryptEvent, encryptAnswer } from '../../../protocol/dingtalk/crypt';
import { sign, verifyRobotRequest } from '../../../protocol/dingtalk/sign';
import { Refused } from '../../../protocol/verify';

/* The platform's side is crypto-js; a code that agrees with itself alone would prove nothing. */

const keys = {
	token: 'token123',
	aesKey: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG',
	receiverId: 'ding123',
};
const sealed = (text: string) => {
	const encrypt = seal(keys, text);
	const [timestamp, nonce] = ['1700000000000', 'n1'];
	const signature = callbackSignature(keys.token, timestamp, nonce, encrypt);
	return { signature, timestamp, nonce, encrypt };
};

test('What the platform seals is opened, whatever its length', () => {
	fc.assert(
		fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
			expect(decryptEvent(keys, sealed(text))).toBe(text);
		}),
		{ numRuns: 100 },
	);
});

test('What is sealed, the platform opens', () => {
	const answer = encryptAnswer(keys, 'success', '1700000000000', 'n2');
	const { timeStamp, nonce, encrypt, msg_signature: signature } = answer;
	expect(open(keys, encrypt)).toBe('success');
	expect(callbackSignature(keys.token, timeStamp, nonce, encrypt)).toBe(signature);
});

test('One bit changed anywhere is refused, even where the signature is right', () => {
	const { encrypt, timestamp, nonce } = sealed('{"EventType":"check_url"}');
	const bytes = Buffer.from(encrypt, 'base64');
	for (let at = bytes.length - 32; at < bytes.length; at++) {
		const changed = Buffer.from(bytes);
		changed[at]! ^= 1;
		const text = changed.toString('base64');
		const signature = callbackSignature(keys.token, timestamp, nonce, text);
		expect(() => decryptEvent(keys, { signature, timestamp, nonce, encrypt: text })).toThrow(
			Refused,
		);
	}
});

test.each(['signature', 'timestamp', 'nonce', 'encrypt'] as const)(
	'Another %s is refused',
	(name) => {
		expect(() => decryptEvent(keys, { ...sealed('x'), [name]: 'AAAA' })).toThrow(Refused);
	},
);

test('A robot’s signature is the platform’s', () => {
	expect(sign('SECabc', '1700000000000')).toBe(robotSign('SECabc', '1700000000000'));
});

test('A robot request is taken at the edges of its hour and not beyond', () => {
	const at = 1_700_000_000_000;
	const headers = { timestamp: String(at), sign: robotSign('s', String(at)) };
	const verify = (nowMs: number) => () => verifyRobotRequest(headers, 's', nowMs);
	expect(verify(at + 3_600_000)).not.toThrow();
	expect(verify(at - 3_600_000)).not.toThrow();
	expect(verify(at + 3_600_001)).toThrow(Refused);
	expect(verify(at - 3_600_001)).toThrow(Refused);
});
