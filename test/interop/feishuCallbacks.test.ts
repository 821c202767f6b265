import fc from 'fast-check';
import { decryptEvent } from '../../protocol/feishu/crypt';
import {
	eventSignature,
	legacyCardSignature,
	verifyEvent,
	verifyLegacyCard,
} from '../../protocol/feishu/sign';
import { encryptEvent } from '../../sandbox/feishu/crypto';
import { lark, silent } from './larkSdk';
import { judged, orRefused, text, word } from './seeds';

/*
 * Feishu's SDK against our signatures and decryption. It signs the parsed body written again, we sign the
 * bytes: the bodies here are as JSON.stringify writes them, so that both see the same.
 */

const flip = fc.option(fc.record({ at: fc.nat(), bit: fc.nat(7) }), { nil: undefined });
type Flip = typeof flip extends fc.Arbitrary<infer T> ? T : never;

function flipped(base64: string, change: Flip): string {
	const bytes = Buffer.from(base64, 'base64');
	if (change) bytes[change.at % bytes.length]! ^= 1 << change.bit;
	return bytes.toString('base64');
}

/** The SDK takes the headers from the body's prototype. */
const withHeaders = (body: object, headers: object): object =>
	Object.assign(Object.create({ headers }) as object, body);

const request = fc.record({
	encryptKey: word(1, 40),
	timestamp: fc.nat().map(String),
	nonce: word(1, 20),
	event: fc.record({ token: word(1, 20), said: text }),
	change: flip,
	otherKey: fc.boolean(),
});

describe('@larksuiteoapi/node-sdk', () => {
	judged(
		'decrypts what we decrypt',
		800,
		fc.property(word(1, 40), text, flip, (key, plain, change) => {
			const encrypt = flipped(encryptEvent(key, plain), change);
			const theirs = orRefused(() => new lark.AESCipher(key).decrypt(encrypt));
			const ours = orRefused(() => decryptEvent(key, encrypt));
			// An empty text has a block of padding only, which it takes in, too.
			expect(ours).toBe(theirs);
		}),
	);

	judged(
		'takes the events that we take, and no others',
		800,
		fc.asyncProperty(request, async (one) => {
			const plain = JSON.stringify({
				schema: '2.0',
				header: { event_type: 'e' },
				event: one.event,
			});
			const body = { encrypt: encryptEvent(one.encryptKey, plain) };
			const key = one.otherKey ? `${one.encryptKey}x` : one.encryptKey;
			const raw = Buffer.from(JSON.stringify(body));
			const headers = {
				'x-lark-request-timestamp': one.timestamp,
				'x-lark-request-nonce': one.nonce,
				'x-lark-signature': eventSignature(one.timestamp, one.nonce, key, raw),
			};
			const sent = { encrypt: flipped(body.encrypt, one.change) };
			const bytes = Buffer.from(JSON.stringify(sent));
			const ours = orRefused(() => {
				verifyEvent(headers, one.encryptKey, bytes);
				return decryptEvent(one.encryptKey, sent.encrypt);
			});
			let theirs: unknown;
			await new lark.EventDispatcher({ encryptKey: one.encryptKey, ...silent })
				.register({ e: ({ token, said }) => (theirs = { token, said }) })
				.invoke(withHeaders(sent, headers));
			expect(ours && (JSON.parse(ours) as { event: unknown }).event).toEqual(theirs);
		}),
	);

	judged(
		'takes the old cards that we take, and no others',
		800,
		fc.asyncProperty(request, async ({ encryptKey: token, timestamp, nonce, event, ...one }) => {
			const card = { open_id: 'ou_1', open_message_id: 'om_1', action: { value: event.said } };
			const raw = Buffer.from(JSON.stringify(card));
			const headers = {
				'x-lark-request-timestamp': timestamp,
				'x-lark-request-nonce': nonce,
				'x-lark-signature': legacyCardSignature(timestamp, nonce, one.otherKey ? 'x' : token, raw),
			};
			const sent = one.change ? { ...card, open_id: 'ou_2' } : card;
			const bytes = Buffer.from(JSON.stringify(sent));
			const ours = orRefused(() => verifyLegacyCard(headers, token, bytes) ?? true);
			let theirs: unknown;
			const handler = new lark.CardActionHandler(
				{ verificationToken: token, ...silent },
				() => (theirs = true),
			);
			await handler.invoke(withHeaders(sent, headers));
			expect(ours).toBe(theirs);
		}),
	);
});

it('A judge finds what is wrong (control): a signature that nobody compares', () => {
	const property = fc.asyncProperty(request, async (one) => {
		const body = { encrypt: encryptEvent(one.encryptKey, JSON.stringify({ schema: '2.0' })) };
		const headers = { 'x-lark-signature': one.otherKey ? '' : 'x' };
		const taken = await new lark.EventDispatcher({ encryptKey: one.encryptKey, ...silent }).invoke(
			withHeaders(body, headers),
		);
		expect(taken).toBeDefined();
	});
	return expect(fc.check(property, { numRuns: 20 })).resolves.toMatchObject({ failed: true });
});
