import fc from 'fast-check';
import { Refused } from '../../../protocol/verify';
import {
	CALLBACK_WINDOW_MS,
	encryptJsonReply,
	encryptXmlReply,
	openCallback,
} from '../../../protocol/wecom/crypt';
import { parseXml } from '../../../protocol/wecom/xml';
import { callbackSignature, open, seal } from '../../../sandbox/callback-crypto';

/* The platform's side is the sandbox's crypto-js. */

const NOW = 1_700_000_000_000;
const TIMESTAMP = '1700000000';
const account = {
	token: 'QDG6eK',
	aesKey: 'jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C',
	receiverId: 'wx5823bf96d3bd56c7',
};

interface Change {
	timestamp?: string;
	receiverId?: string;
	aesKey?: string;
}

function sealed(text: string, change: Change = {}, by = account) {
	const { timestamp = TIMESTAMP } = change;
	const encrypt = seal({ ...by, ...change }, text);
	const nonce = '1372623149';
	const msg_signature = callbackSignature(by.token, timestamp, nonce, encrypt);
	return { query: { msg_signature, timestamp, nonce }, encrypt };
}

type Sealed = { query: Record<string, unknown>; encrypt: unknown };

function refusalOf({ query, encrypt }: Sealed, keys = account, now = NOW): string {
	try {
		openCallback(keys, query, encrypt, now);
	} catch (error) {
		if (error instanceof Refused) return error.reason;
		throw error;
	}
	return 'accepted';
}

it('opens what the platform has sealed, for an app and for an AI bot', () => {
	for (const receiverId of [account.receiverId, '']) {
		const keys = { ...account, receiverId };
		fc.assert(
			fc.property(fc.string({ unit: 'grapheme', maxLength: 100 }), (text) => {
				const { query, encrypt } = sealed(text, {}, keys);
				expect(openCallback(keys, query, encrypt, NOW)).toBe(text);
			}),
			{ numRuns: 20 },
		);
	}
});

it('refuses every callback in which one bit has changed', () => {
	const good = sealed('<xml>hello</xml>');
	const parts = { ...good.query, encrypt: good.encrypt };
	const names = Object.keys(parts) as Array<keyof typeof parts>;
	fc.assert(
		fc.property(fc.constantFrom(...names), fc.nat(), fc.nat({ max: 6 }), (name, at, bit) => {
			const bytes = Buffer.from(parts[name]);
			const index = at % bytes.length;
			bytes.writeUInt8(bytes.readUInt8(index) ^ (1 << bit), index);
			const { encrypt, ...query } = { ...parts, [name]: bytes.toString('latin1') };
			expect(refusalOf({ query, encrypt })).not.toBe('accepted');
		}),
		{ numRuns: 300 },
	);
	expect(refusalOf(good)).toBe('accepted');
});

it('refuses another receiver, also where one side is empty', () => {
	expect(refusalOf(sealed('x', { receiverId: 'wxOther' }))).toBe('receiver');
	expect(refusalOf(sealed('x', { receiverId: '' }))).toBe('receiver');
	expect(refusalOf(sealed('x'), { ...account, receiverId: '' })).toBe('receiver');
});

it('refuses what another key has sealed', () => {
	const aesKey = 'kWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C';
	expect(refusalOf(sealed('x', { aesKey }))).toBe('padding');
});

it('refuses a time that is over an hour off, either way, and no number at all', () => {
	const at = (ms: number): Sealed => sealed('x', { timestamp: String(Math.round(ms / 1000)) });
	expect(refusalOf(at(NOW - CALLBACK_WINDOW_MS))).toBe('accepted');
	expect(refusalOf(at(NOW + CALLBACK_WINDOW_MS))).toBe('accepted');
	expect(refusalOf(at(NOW - CALLBACK_WINDOW_MS - 1000))).toBe('timestamp');
	expect(refusalOf(at(NOW + CALLBACK_WINDOW_MS + 1000))).toBe('timestamp');
	expect(refusalOf(sealed('x', { timestamp: 'soon' }))).toBe('timestamp');
});

it.each(['msg_signature', 'timestamp', 'nonce'])('refuses a callback without %s', (name) => {
	const { query, encrypt } = sealed('x');
	for (const value of [undefined, '', ['a', 'b'], { a: 1 }]) {
		expect(refusalOf({ query: { ...query, [name]: value }, encrypt })).toBe('missing');
	}
});

it('refuses a callback without content', () => {
	const { query } = sealed('x');
	for (const encrypt of [undefined, '', 1, ['x']]) {
		expect(refusalOf({ query, encrypt })).toBe('missing');
	}
});

it('refuses everything while Token or key are not filled in', () => {
	expect(refusalOf(sealed('x'), { ...account, token: '' })).toBe('config');
	expect(refusalOf(sealed('x'), { ...account, aesKey: '' })).toBe('config');
	expect(refusalOf(sealed('x'), { ...account, aesKey: account.aesKey.slice(1) })).toBe('config');
});

it('seals answers that the platform can open', () => {
	const xml = parseXml(encryptXmlReply(account, '<xml>你好</xml>', TIMESTAMP, 'n1')).xml;
	const { Encrypt, MsgSignature } = xml as Record<string, string>;
	expect(open(account, Encrypt!)).toBe('<xml>你好</xml>');
	expect(MsgSignature).toBe(callbackSignature(account.token, TIMESTAMP, 'n1', Encrypt!));

	const bot = { ...account, receiverId: '' };
	const json = encryptJsonReply(bot, '{"a":1}', 1_700_000_000, 'n2');
	expect(open(bot, json.encrypt)).toBe('{"a":1}');
	expect(json.msgsignature).toBe(callbackSignature(bot.token, TIMESTAMP, 'n2', json.encrypt));
});
