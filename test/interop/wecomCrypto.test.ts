import { createCipheriv } from 'node:crypto';
import { WecomCrypto, decryptFile } from '@wecom/aibot-node-sdk';
import * as sdk from '@wecom/crypto';
import fc from 'fast-check';
import { sealEnvelope } from '../../protocol/envelope';
import { Refused } from '../../protocol/verify';
import { decryptCallback, decryptMedia } from '../../protocol/wecom/crypt';
import { aesKey, judged, orRefused, text, word } from './seeds';

/* WeCom's own crypto, which DingTalk's events share, against ours: in both directions, and of what is forged. */

const envelope = fc.record({
	token: word(3, 32),
	aesKey,
	receiverId: fc.oneof(fc.constant(''), word(10, 20)),
	message: text,
	timestamp: fc.nat().map(String),
	nonce: word(1, 16),
});
type Envelope = typeof envelope extends fc.Arbitrary<infer T> ? T : never;

/** One byte of a sealed text, changed. */
const flip = fc.record({ at: fc.nat(), bit: fc.nat(7) });
function flipped(encrypt: string, { at, bit }: { at: number; bit: number }): string {
	const bytes = Buffer.from(encrypt, 'base64');
	bytes[at % bytes.length]! ^= 1 << bit;
	return bytes.toString('base64');
}

const signedBySdk = ({ token, timestamp, nonce }: Envelope, encrypt: string) => ({
	signature: sdk.getSignature(token, timestamp, nonce, encrypt),
	timestamp,
	nonce,
	encrypt,
});

describe('@wecom/crypto', () => {
	judged(
		'opens what we have sealed',
		1000,
		fc.property(envelope, (one) => {
			const sealed = sealEnvelope(one, one.message, one.timestamp, one.nonce);
			expect(sealed.signature).toBe(signedBySdk(one, sealed.encrypt).signature);
			const { message, id } = sdk.decrypt(one.aesKey, sealed.encrypt);
			expect({ message, id }).toEqual({ message: one.message, id: one.receiverId });
		}),
	);

	judged(
		'seals what we open',
		1000,
		fc.property(envelope, (one) => {
			const encrypt = sdk.encrypt(one.aesKey, one.message, one.receiverId);
			expect(decryptCallback(one, signedBySdk(one, encrypt))).toBe(one.message);
		}),
	);

	judged(
		'reads nothing else in what we take, though it was changed and signed anew',
		1000,
		fc.property(envelope, flip, (one, change) => {
			const encrypt = flipped(sdk.encrypt(one.aesKey, one.message, one.receiverId), change);
			const ours = orRefused(() => decryptCallback(one, signedBySdk(one, encrypt)));
			if (ours === undefined) return;
			expect(sdk.decrypt(one.aesKey, encrypt)).toMatchObject({ message: ours, id: one.receiverId });
		}),
	);

	judged(
		'signs otherwise what we refuse for its signature',
		1200,
		fc.property(envelope, flip, (one, change) => {
			const encrypt = sdk.encrypt(one.aesKey, one.message, one.receiverId);
			const forged = { ...signedBySdk(one, encrypt), encrypt: flipped(encrypt, change) };
			expect(signedBySdk(one, forged.encrypt).signature).not.toBe(forged.signature);
			expect(() => decryptCallback(one, forged)).toThrow(new Refused('signature'));
		}),
	);
});

describe('@wecom/aibot-node-sdk', () => {
	judged(
		'opens and signs what we have sealed',
		1200,
		fc.property(envelope, (one) => {
			const bot = new WecomCrypto(one.token, one.aesKey, one.receiverId);
			const sealed = sealEnvelope(one, one.message, one.timestamp, one.nonce);
			const { signature, timestamp, nonce, encrypt } = sealed;
			expect(bot.verifySignature(signature, timestamp, nonce, encrypt)).toBe(true);
			expect(bot.decrypt(encrypt)).toBe(one.message);
		}),
	);

	judged(
		'seals what we open',
		1200,
		fc.property(envelope, (one) => {
			const { timestamp, nonce } = one;
			const bot = new WecomCrypto(one.token, one.aesKey, one.receiverId);
			const sealed = bot.encrypt(one.message, timestamp, nonce);
			expect(decryptCallback(one, { ...sealed, timestamp, nonce })).toBe(one.message);
		}),
	);

	judged(
		'takes every callback that we take, changed or addressed to somebody else',
		1200,
		fc.property(envelope, flip, fc.boolean(), (one, change, changes) => {
			const sealed = sdk.encrypt(one.aesKey, one.message, changes ? one.receiverId : 'another');
			const encrypt = changes ? flipped(sealed, change) : sealed;
			const ours = orRefused(() => decryptCallback(one, signedBySdk(one, encrypt)));
			if (ours === undefined) return;
			const bot = new WecomCrypto(one.token, one.aesKey, one.receiverId);
			expect(bot.decrypt(encrypt)).toBe(ours);
		}),
	);

	/** A file, padded to a multiple of 32 or 16, then perhaps with other last bytes. */
	const file = fc.record({
		plain: fc.uint8Array({ maxLength: 100 }),
		block: fc.constantFrom(16, 32),
		tail: fc.option(fc.uint8Array({ minLength: 1, maxLength: 40 }), { nil: undefined }),
		extra: fc.constantFrom(0, 0, 0, 1, 15),
	});
	judged(
		'decrypts the same files, however they are padded or damaged',
		1000,
		fc.property(aesKey, file, (key, { plain, block, tail, extra }) => {
			const pad = block - (plain.length % block);
			const padded = Buffer.concat([plain, Buffer.alloc(pad, pad)]);
			if (tail) padded.set(tail.slice(-padded.length), Math.max(0, padded.length - tail.length));
			const bytes = Buffer.from(`${key}=`, 'base64');
			const cipher = createCipheriv('aes-256-cbc', bytes, bytes.subarray(0, 16)).setAutoPadding(
				false,
			);
			const sealed = Buffer.concat([cipher.update(padded), cipher.final(), Buffer.alloc(extra)]);
			const theirs = orRefused(() => decryptFile(sealed, key));
			expect(orRefused(() => decryptMedia(key, sealed))).toEqual(theirs);
			if (!tail && !extra) expect(theirs).toEqual(Buffer.from(plain));
		}),
	);
});

it('A judge finds what is wrong (control): a receiver id that nobody compares', () => {
	const careless = (one: Envelope, encrypt: string): string | undefined =>
		orRefused(() => sdk.decrypt(one.aesKey, encrypt).message);
	const property = fc.property(envelope, (one) => {
		const bot = new WecomCrypto(one.token, one.aesKey, `${one.receiverId}x`);
		const encrypt = sdk.encrypt(one.aesKey, one.message, one.receiverId);
		const ours = careless(one, encrypt);
		if (ours !== undefined) expect(orRefused(() => bot.decrypt(encrypt))).toBe(ours);
	});
	expect(fc.check(property, { numRuns: 50 }).failed).toBe(true);
});
