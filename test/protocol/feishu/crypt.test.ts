import CryptoJS from 'crypto-js';
import fc from 'fast-check';
import { decryptEvent } from '../../../protocol/feishu/crypt';
import { eventSignature, sign, verifyEvent } from '../../../protocol/feishu/sign';
import { Refused } from '../../../protocol/verify';

const KEY = 'an-encrypt-key-of-any-length';

/** The platform's side, by another implementation. */
function seal(plain: string, key = KEY): string {
	const iv = CryptoJS.lib.WordArray.random(16);
	const { ciphertext } = CryptoJS.AES.encrypt(plain, CryptoJS.SHA256(key), { iv });
	return CryptoJS.enc.Base64.stringify(iv.clone().concat(ciphertext));
}

const signOf = (timestamp: string, nonce: string, body: string): string =>
	CryptoJS.SHA256(timestamp + nonce + KEY + body).toString(CryptoJS.enc.Hex);

describe('decryptEvent', () => {
	it('opens whatever another implementation has sealed', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'grapheme' }), (plain) => {
				expect(decryptEvent(KEY, seal(plain))).toBe(plain);
			}),
			{ numRuns: 50 },
		);
	});

	it('refuses another key, a cut and an empty text', () => {
		const sealed = seal(JSON.stringify({ challenge: 'x'.repeat(40) }));
		const cut = Buffer.from(sealed, 'base64').subarray(0, -1).toString('base64');
		for (const bad of [cut, '', 'AAAA', sealed.slice(0, 20)]) {
			expect(() => decryptEvent(KEY, bad)).toThrow(Refused);
		}
		expect(() => decryptEvent('', sealed)).toThrow(Refused);
		const opened = (): string => decryptEvent('another key', sealed);
		// One wrong key in 256 happens to end in a sound padding; the text is rubbish then.
		try {
			expect(opened()).not.toContain('challenge');
		} catch (error) {
			expect(error).toBeInstanceOf(Refused);
		}
	});
});

describe('verifyEvent', () => {
	const body = JSON.stringify({ encrypt: seal('{"a":1}') });
	const headers = {
		'x-lark-request-timestamp': '1700000000',
		'x-lark-request-nonce': 'n1',
		'x-lark-signature': signOf('1700000000', 'n1', body),
	};

	it('accepts what another implementation has signed, over the raw bytes', () => {
		expect(() => verifyEvent(headers, KEY, Buffer.from(body))).not.toThrow();
		const spaced = JSON.stringify(JSON.parse(body), null, 1);
		expect(() => verifyEvent(headers, KEY, Buffer.from(spaced))).toThrow(Refused);
	});

	it('refuses any flipped bit of the body', () => {
		const bytes = Buffer.from(body);
		fc.assert(
			fc.property(fc.nat(bytes.length - 1), fc.nat(7), (at, bit) => {
				const changed = Buffer.from(bytes);
				changed[at]! ^= 1 << bit;
				expect(() => verifyEvent(headers, KEY, changed)).toThrow(Refused);
			}),
		);
	});

	it.each(Object.keys(headers))('refuses a missing, empty, doubled or other %s', (name) => {
		for (const value of [undefined, '', [headers['x-lark-signature']], 'x']) {
			const changed = { ...headers, [name]: value };
			expect(() => verifyEvent(changed, KEY, Buffer.from(body))).toThrow(Refused);
		}
	});

	it('refuses everything where no key is configured', () => {
		const signature = eventSignature('1700000000', 'n1', '', Buffer.from(body));
		const empty = { ...headers, 'x-lark-signature': signature };
		expect(() => verifyEvent(empty, '', Buffer.from(body))).toThrow(Refused);
	});
});

it('signs a robot’s message as another implementation does: the secret is in the key', () => {
	fc.assert(
		fc.property(fc.string(), fc.nat(), (secret, time) => {
			const expected = CryptoJS.HmacSHA256('', `${time}\n${secret}`);
			expect(sign(secret, String(time))).toBe(CryptoJS.enc.Base64.stringify(expected));
		}),
	);
});
