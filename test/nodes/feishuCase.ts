import { randomBytes } from 'node:crypto';
import { callbackOf } from '../../nodes/Feishu/receive/callback';
import { loadAccounts } from '../../sandbox/accounts';
import { sha1Hex } from '../../sandbox/aes';
import { encryptEvent, eventSignature } from '../../sandbox/feishu/crypto';
import type { PlatformCase, Said, Wire } from './platformCase';

/* How Feishu speaks to a trigger, for the tests that all triggers share. */

const account = {
	...loadAccounts('https://platform.test').feishuAppApi,
	// Nobody there: these tests do not need to know who the bot is.
	baseUrl: 'http://127.0.0.1:9',
};
const credentials = { feishuAppApi: account };
const withFields = (fields: Partial<typeof account>) => ({
	feishuAppApi: { ...account, ...fields },
});

const JSON_HEADERS = { 'content-type': 'application/json; charset=utf-8' };

function document({ id, text = 'hello', conversation = 'oc_1', sentAt = Date.now() }: Said) {
	return {
		schema: '2.0',
		header: header('im.message.receive_v1', sentAt),
		event: {
			sender: { sender_id: { open_id: 'ou_1', union_id: 'on_1' }, sender_type: 'user' },
			message: {
				message_id: id,
				create_time: String(sentAt),
				chat_id: conversation,
				chat_type: 'p2p',
				message_type: 'text',
				content: JSON.stringify({ text }),
			},
		},
	};
}

const header = (type: string, sentAt = Date.now()) => ({
	event_id: randomBytes(16).toString('hex'),
	event_type: type,
	create_time: String(sentAt),
	token: account.verificationToken,
	app_id: account.appId,
});

const event = (type: string) => ({ schema: '2.0', header: header(type), event: { x: 1 } });

const plain = (payload: unknown): Wire => ({
	method: 'POST',
	query: {},
	headers: JSON_HEADERS,
	body: typeof payload === 'string' ? payload : JSON.stringify(payload),
});

/** Encrypted, but not signed. */
const sealed = (payload: unknown, key = account.encryptKey): Wire => {
	const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
	return plain({ encrypt: encryptEvent(key, text) });
};

function signed(wire: Wire, key = account.encryptKey): Wire {
	const timestamp = String(Math.floor(Date.now() / 1000));
	const nonce = randomBytes(8).toString('hex');
	const headers = {
		...wire.headers,
		'x-lark-request-timestamp': timestamp,
		'x-lark-request-nonce': nonce,
		'x-lark-signature': eventSignature(timestamp, nonce, key, wire.body),
	};
	return { ...wire, headers };
}

/** A callback of the cards before version 2.0: in the clear, signed with the Verification Token. */
export function legacyCard(payload: unknown, token = account.verificationToken): Wire {
	const wire = plain(payload);
	const [timestamp, nonce] = ['1700000001', randomBytes(8).toString('hex')];
	const headers = {
		...wire.headers,
		'x-lark-request-timestamp': timestamp,
		'x-lark-request-nonce': nonce,
		'x-lark-signature': sha1Hex(timestamp + nonce + token + wire.body),
	};
	return { ...wire, headers };
}

export const pressed = (): Record<string, unknown> => ({
	open_id: 'ou_1',
	user_id: 'u1',
	open_message_id: 'om_card',
	open_chat_id: 'oc_1',
	tenant_key: 't',
	token: 'c-update',
	action: { value: { action: 'yes', ticket: 7 }, tag: 'button' },
});

const deliver = (payload: unknown): Wire => signed(sealed(payload));
const challenge = (token = account.verificationToken) => ({
	challenge: 'c-123',
	token,
	type: 'url_verification',
});
const wrongToken = { ...event('x'), header: { ...header('x'), token: 'another token' } };
const noToken = { ...event('x'), header: { ...header('x'), token: undefined } };
const { appId, appSecret, verificationToken, baseUrl } = account;
const tokenOnly = { feishuAppApi: { appId, appSecret, verificationToken, baseUrl } };
const keyOnly = withFields({ verificationToken: '' });
const nothing = withFields({ encryptKey: '', verificationToken: '' });
const good = (): Record<string, unknown> => document({ id: 'attack' });

export const feishu: PlatformCase = {
	name: 'Feishu',
	trigger: 'feishuTrigger',
	credentials,
	callbackOf,
	message: (said) => deliver(document(said)),
	deliver,
	document,
	acknowledged: (body) => body === '{}',
	unknownType: () => {
		const message = document({ id: 'new' });
		const content = JSON.stringify({ beam: 1 });
		Object.assign(message.event.message, { message_type: 'hologram', content });
		return deliver(message);
	},
	event: (type) => deliver(event(type)),
	probe: {
		wire: () => sealed(challenge()),
		answered: (body) => body === '{"challenge":"c-123"}',
		credentials: withFields({ appId: 'cli_new' }),
	},
	attacks: [
		['an encrypted event without a signature', () => sealed(good())],
		['an event in the clear though there is an Encrypt Key', () => plain(good())],
		['a signed event in the clear though there is an Encrypt Key', () => signed(plain(good()))],
		[
			'a check of the address in the clear though there is an Encrypt Key',
			() => plain(challenge()),
		],
		['a check of the address with another token', () => sealed(challenge('another token'))],
		['a check of the address under another key', () => sealed(challenge(), 'another key')],
		['a check of the address without a challenge', () => deliver({ ...challenge(), challenge: 1 })],
		[
			'a check of the address that nothing but the Encrypt Key proves',
			() => sealed(challenge()),
			keyOnly,
		],
		['a signature under another key', () => signed(sealed(good()), 'another key')],
		['a signature of another body', () => ({ ...deliver(good()), body: sealed(good()).body })],
		[
			'an empty signature',
			() => {
				const wire = deliver(good());
				return { ...wire, headers: { ...wire.headers, 'x-lark-signature': '' } };
			},
		],
		[
			'another time than the signed one',
			() => {
				const wire = deliver(good());
				return { ...wire, headers: { ...wire.headers, 'x-lark-request-timestamp': '1' } };
			},
		],
		['a body sealed with another key', () => signed(sealed(good(), 'another key'))],
		['a signed body without anything sealed', () => signed(plain({ encrypt: '' }))],
		['an old card under another token', () => legacyCard(pressed(), 'another token')],
		['an old card under the Encrypt Key', () => legacyCard(pressed(), account.encryptKey)],
		[
			'an old card with another body',
			() => ({ ...legacyCard(pressed()), body: plain({ ...pressed(), open_id: 'ou_2' }).body }),
		],
		['an old card without an action', () => legacyCard({ ...pressed(), action: undefined })],
		['an old card without a person', () => legacyCard({ action: pressed().action })],
		['an old card that is a list', () => legacyCard([1])],
		['a message under the signature of old cards', () => legacyCard(good())],
		['a check of the address under the signature of old cards', () => legacyCard(challenge())],
		['an old card where no token is configured', () => legacyCard(pressed(), ''), keyOnly],
		['an event with another token', () => deliver(wrongToken)],
		['an event without a token', () => deliver(noToken)],
		['a sealed list', () => deliver('[1,2]')],
		['a sealed text that is no JSON', () => deliver('no json')],
		[
			'an event without an id',
			() => deliver({ ...event('x'), header: { token: header('').token } }),
		],
		['a message without an id', () => deliver(document({ id: '' }))],
		['without an Encrypt Key: another token', () => plain(wrongToken), tokenOnly],
		['without an Encrypt Key: no token', () => plain(noToken), tokenOnly],
		['without an Encrypt Key: a sealed body', () => deliver(good()), tokenOnly],
		['without an Encrypt Key: a check with another token', () => plain(challenge('x')), tokenOnly],
		['with neither key nor token configured: an event', () => plain(good()), nothing],
		[
			'with neither key nor token configured: an event without a token',
			() => plain(noToken),
			nothing,
		],
		['with neither key nor token configured: an empty token', () => plain(challenge('')), nothing],
	],
};

/** An app without an Encrypt Key. */
export const feishuInTheClear: PlatformCase = {
	...feishu,
	name: 'Feishu (no Encrypt Key)',
	credentials: tokenOnly,
	message: (said) => plain(document(said)),
	deliver: plain,
	unknownType: undefined,
	event: (type) => plain(event(type)),
	probe: { wire: () => plain(challenge()), answered: feishu.probe!.answered },
	attacks: [
		['another token', () => plain(wrongToken)],
		['no token', () => plain(noToken)],
	],
};
