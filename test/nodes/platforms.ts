import { randomBytes } from 'node:crypto';
import { callbackOf } from '../../nodes/DingTalk/receive/callback';
import { loadAccounts } from '../../sandbox/accounts';
import { callbackSignature, open, seal } from '../../sandbox/callback-crypto';
import { eventAccount, robotSign } from '../../sandbox/dingtalk/crypto';
import type { Credentials } from '../harness';
import { feishu, feishuInTheClear } from './feishuCase';
import type { PlatformCase, Said, Wire } from './platformCase';
import { weComAiBot, weComApp } from './weComCase';

export type { Attack, PlatformCase, Said, Wire } from './platformCase';

/*
 * How each platform speaks to a trigger: the table behind the tests that all triggers share. Signatures
 * and encryption come from the sandbox's crypto-js side, never from the code under test.
 */

export const accounts = loadAccounts('https://platform.test');

const JSON_HEADERS = { 'content-type': 'application/json; charset=utf-8' };
export const HOUR = 60 * 60 * 1000;

/** A credential with some fields changed. */
export function changed(credentials: Credentials, fields: Record<string, string>): Credentials {
	return Object.fromEntries(
		Object.entries(credentials).map(([type, data]) => [type, { ...data, ...fields }]),
	);
}

/** A wire with its last body character, or some header or query value, changed. */
export const tampered = (wire: Wire, part: Partial<Wire>): Wire => ({ ...wire, ...part });

function dingTalkDocument({
	id,
	text = 'hello',
	conversation = 'cid1',
	sentAt = Date.now(),
}: Said) {
	return {
		msgId: id,
		conversationId: conversation,
		conversationType: '1',
		createAt: sentAt,
		senderId: '$:LWCP_v1:$abc',
		senderNick: '小王',
		senderStaffId: 'staff1',
		chatbotUserId: '$:LWCP_v1:$bot',
		sessionWebhook: 'https://oapi.dingtalk.com/robot/sendBySession?session=abc',
		sessionWebhookExpiredTime: Date.now() + HOUR,
		msgtype: 'text',
		text: { content: text },
	};
}

function dingTalkWire(document: unknown, signedAt = Date.now()): Wire {
	const timestamp = String(signedAt);
	const sign = robotSign(accounts.dingTalkAppApi.clientSecret, timestamp);
	const body = typeof document === 'string' ? document : JSON.stringify(document);
	return { method: 'POST', query: {}, headers: { ...JSON_HEADERS, timestamp, sign }, body };
}

function dingTalkEvent(event: unknown, change: { receiverId?: string; token?: string } = {}): Wire {
	const account = { ...eventAccount(accounts), ...change };
	const timestamp = String(Date.now());
	const nonce = randomBytes(4).toString('hex');
	const encrypt = seal(account, typeof event === 'string' ? event : JSON.stringify(event));
	const signature = callbackSignature(account.token, timestamp, nonce, encrypt);
	return {
		method: 'POST',
		query: { msg_signature: signature, timestamp, nonce },
		headers: JSON_HEADERS,
		body: JSON.stringify({ encrypt }),
	};
}

/** Events and probes are answered with the sealed word `success`. */
function saysSuccess(body: string): boolean {
	const answer = JSON.parse(body) as Record<string, string>;
	const account = eventAccount(accounts);
	const { timeStamp = '', nonce = '', encrypt = '' } = answer;
	return (
		callbackSignature(account.token, timeStamp, nonce, encrypt) === answer.msg_signature &&
		open(account, encrypt) === 'success'
	);
}

const dingTalkCredentials = { dingTalkAppApi: { ...accounts.dingTalkAppApi } };
const good = (): Wire => dingTalkWire(dingTalkDocument({ id: 'attack' }));
const goodEvent = (): Wire => dingTalkEvent({ EventType: 'user_add_org', TimeStamp: Date.now() });

export const dingTalk: PlatformCase = {
	name: 'DingTalk',
	trigger: 'dingTalkTrigger',
	credentials: dingTalkCredentials,
	callbackOf,
	message: (said) => dingTalkWire(dingTalkDocument(said), said.signedAt),
	deliver: dingTalkWire,
	deliverEvent: dingTalkEvent,
	document: dingTalkDocument,
	acknowledged: (body) => body === '{"msgtype":"empty"}',
	unknownType: () =>
		dingTalkWire({ ...dingTalkDocument({ id: 'new' }), msgtype: 'hologram', content: { beam: 1 } }),
	event: (type) => dingTalkEvent({ EventType: type, TimeStamp: String(Date.now()) }),
	probe: { wire: () => dingTalkEvent({ EventType: 'check_url' }), answered: saysSuccess },
	attacks: [
		['no signature', () => tampered(good(), { headers: JSON_HEADERS })],
		['an empty signature', () => tampered(good(), { headers: { ...good().headers, sign: '' } })],
		[
			'another secret’s signature',
			() => {
				const timestamp = String(Date.now());
				const sign = robotSign('another secret', timestamp);
				return tampered(good(), { headers: { ...JSON_HEADERS, timestamp, sign } });
			},
		],
		[
			'another time than the signed one',
			() => tampered(good(), { headers: { ...good().headers, timestamp: String(Date.now() + 5) } }),
		],
		[
			'a signature from over an hour ago',
			() => dingTalkWire(dingTalkDocument({ id: 'attack' }), Date.now() - HOUR - 5000),
		],
		[
			'a signature from over an hour ahead',
			() => dingTalkWire(dingTalkDocument({ id: 'attack' }), Date.now() + HOUR + 5000),
		],
		[
			'a Client Secret that is not filled in',
			good,
			changed(dingTalkCredentials, { clientSecret: '' }),
		],
		['a JSON list', () => dingTalkWire([1, 2])],
		['no message id', () => dingTalkWire({ ...dingTalkDocument({ id: '' }) })],
		[
			'no conversation',
			() => dingTalkWire({ ...dingTalkDocument({ id: 'attack' }), conversationId: undefined }),
		],
		['no content type', () => dingTalkWire({ ...dingTalkDocument({ id: 'attack' }), msgtype: {} })],
		[
			'an event without its signature',
			() => tampered(goodEvent(), { query: { ...goodEvent().query, msg_signature: '' } }),
		],
		['an event with another token', () => dingTalkEvent({ EventType: 'x' }, { token: 'other' })],
		[
			'an event for another app',
			() => dingTalkEvent({ EventType: 'x' }, { receiverId: 'ding-other' }),
		],
		['an event with another body', () => tampered(goodEvent(), { body: goodEvent().body })],
		['an event that is no JSON', () => dingTalkEvent('no json')],
		['an event without a type', () => dingTalkEvent({ TimeStamp: 1 })],
		[
			'an event without Token in the credential',
			goodEvent,
			changed(dingTalkCredentials, { token: '' }),
		],
		[
			'an event without AES Key in the credential',
			goodEvent,
			changed(dingTalkCredentials, { aesKey: '' }),
		],
		[
			'an event under a short AES Key in the credential',
			goodEvent,
			changed(dingTalkCredentials, { aesKey: 'short' }),
		],
	],
};

export const platforms: PlatformCase[] = [dingTalk, feishu, feishuInTheClear, weComApp, weComAiBot];

export interface Answer {
	status: number;
	body: string;
	headers: Record<string, string>;
}

/** Sends a wire as the platform would. Headers that differ by time or length alone are left out. */
export async function post(url: string, wire: Wire): Promise<Answer> {
	const target = new URL(url);
	for (const [name, value] of Object.entries(wire.query)) target.searchParams.set(name, value);
	const response = await fetch(target, {
		method: wire.method,
		headers: wire.headers,
		...(wire.method !== 'GET' && { body: wire.body }),
	});
	const headers: Record<string, string> = {};
	response.headers.forEach((value, name) => {
		if (name !== 'date') headers[name] = value;
	});
	return { status: response.status, body: await response.text(), headers };
}
