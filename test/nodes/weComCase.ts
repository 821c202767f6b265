import { randomBytes } from 'node:crypto';
import { callbackOf } from '../../nodes/WeCom/receive/callback';
import { loadAccounts } from '../../sandbox/accounts';
import { callbackSignature, seal, type CallbackAccount } from '../../sandbox/callback-crypto';
import { aiBotAccount, appAccount, cdata } from '../../sandbox/wecom/crypto';
import type { Credentials } from '../harness';
import type { Attack, PlatformCase, Said, Wire } from './platformCase';

/* How WeCom speaks to a trigger, to an app and to an AI bot, for the tests that all triggers share. */

const accounts = loadAccounts('https://platform.test');
const HOUR = 60 * 60 * 1000;

interface Change {
	token?: string;
	aesKey?: string;
	receiverId?: string;
	signedAt?: number;
}

/** How one kind of bot wraps what is sealed. */
interface Kind {
	account: CallbackAccount;
	body(encrypt: string): string;
	contentType: string;
	write(document: unknown): string;
}

const app: Kind = {
	account: appAccount(accounts),
	body: (encrypt) =>
		`<xml><ToUserName>${cdata(accounts.weComAppApi.corpId)}</ToUserName><Encrypt>${cdata(encrypt)}</Encrypt></xml>`,
	contentType: 'text/xml',
	write: (document) => `<xml>${toXml(document)}</xml>`,
};

const aiBot: Kind = {
	account: aiBotAccount(accounts),
	body: (encrypt) => JSON.stringify({ encrypt }),
	contentType: 'application/json',
	write: (document) => JSON.stringify(document),
};

/** Elements with the fields of an object. */
export function toXml(value: unknown): string {
	if (typeof value !== 'object' || value === null) return cdata(String(value));
	return Object.entries(value)
		.filter(([, child]) => child !== undefined)
		.map(([name, child]) => `<${name}>${toXml(child)}</${name}>`)
		.join('');
}

function signedQuery(account: CallbackAccount, encrypt: string, signedAt = Date.now()) {
	const timestamp = String(Math.floor(signedAt / 1000));
	const nonce = randomBytes(4).toString('hex');
	const msg_signature = callbackSignature(account.token, timestamp, nonce, encrypt);
	return { msg_signature, timestamp, nonce };
}

function wire(kind: Kind, document: unknown, { signedAt, ...change }: Change = {}): Wire {
	const account = { ...kind.account, ...change };
	const encrypt = seal(account, typeof document === 'string' ? document : kind.write(document));
	return {
		method: 'POST',
		query: signedQuery(account, encrypt, signedAt),
		headers: { 'content-type': kind.contentType },
		body: kind.body(encrypt),
	};
}

function probe(
	kind: Kind,
	echo = '1616140317555161061',
	{ signedAt, ...change }: Change = {},
): Wire {
	const account = { ...kind.account, ...change };
	const echostr = seal(account, echo);
	const query = { ...signedQuery(account, echostr, signedAt), echostr };
	return { method: 'GET', query, headers: {}, body: '' };
}

/** What both kinds of bot must refuse; `good` is a document that they take. */
function attacks(kind: Kind, good: () => object, credentials: Credentials): Attack[] {
	const send = (change: Change = {}): Wire => wire(kind, good(), change);
	const withQuery = (change: Record<string, string>): Wire => {
		const sent = send();
		return { ...sent, query: { ...sent.query, ...change } };
	};
	const without = (field: string): Credentials =>
		Object.fromEntries(
			Object.entries(credentials).map(([type, data]) => [type, { ...data, [field]: '' }]),
		);
	return [
		['no signature', () => ({ ...send(), query: {} })],
		['an empty signature', () => withQuery({ msg_signature: '' })],
		['a signature in capitals', () => withQuery({ msg_signature: 'A'.repeat(40) })],
		['a signature with another token', () => send({ token: 'another' })],
		['another time than the signed one', () => withQuery({ timestamp: '1700000000' })],
		['another nonce than the signed one', () => withQuery({ nonce: 'another' })],
		['a signature from over an hour ago', () => send({ signedAt: Date.now() - HOUR - 5000 })],
		['a signature from over an hour ahead', () => send({ signedAt: Date.now() + HOUR + 5000 })],
		['the body of another message', () => ({ ...send(), body: send().body })],
		['a body sealed with another key', () => send({ aesKey: `X${kind.account.aesKey.slice(1)}` })],
		['a message for another company', () => send({ receiverId: 'ww-other' })],
		['a body without anything sealed', () => ({ ...send(), body: kind.body('') })],
		['a sealed text that is no document', () => wire(kind, 'hello')],
		['a sealed list', () => wire(kind, '[1,2]')],
		['an unsigned probe', () => ({ ...probe(kind), query: { echostr: '1' } })],
		['a probe without an echo', () => ({ ...send(), method: 'GET', body: '' })],
		['a probe with another token', () => probe(kind, '1', { token: 'another' })],
		['a probe for another company', () => probe(kind, '1', { receiverId: 'ww-other' })],
		['an old probe', () => probe(kind, '1', { signedAt: Date.now() - HOUR - 5000 })],
		['a recorded message instead of a probe', () => probe(kind, kind.write(good()))],
		['everything while Token is not filled in', () => send({ token: '' }), without('token')],
		[
			'probes while Token is not filled in',
			() => probe(kind, '1', { token: '' }),
			without('token'),
		],
		['everything while the key is not filled in', send, without('encodingAesKey')],
		['probes while the key is not filled in', () => probe(kind), without('encodingAesKey')],
	];
}

const appDocument = ({
	id,
	text = 'hello',
	conversation = 'zhangsan',
	sentAt = Date.now(),
}: Said) => ({
	ToUserName: accounts.weComAppApi.corpId,
	FromUserName: conversation,
	CreateTime: Math.floor(sentAt / 1000),
	MsgType: 'text',
	Content: text,
	MsgId: id,
	AgentID: accounts.weComAppApi.agentId,
});

const appEvent = (type: string): Wire =>
	wire(app, { ...appDocument({ id: '' }), MsgId: undefined, MsgType: 'event', Event: type });

const appCredentials = { weComAppApi: { ...accounts.weComAppApi } };

export const weComApp: PlatformCase = {
	name: 'WeCom (app)',
	trigger: 'weComTrigger',
	parameters: { authentication: 'app' },
	credentials: appCredentials,
	callbackOf,
	message: (said) => wire(app, appDocument(said), said),
	deliver: (document) => wire(app, document),
	document: appDocument,
	acknowledged: (body) => body === '',
	unknownType: () => wire(app, { ...appDocument({ id: 'new' }), MsgType: 'hologram' }),
	event: appEvent,
	probe: { wire: () => probe(app), answered: (body) => body === '1616140317555161061' },
	attacks: [
		...attacks(app, () => appDocument({ id: 'attack' }), appCredentials),
		[
			'everything while Corp ID is not filled in',
			() => wire(app, appDocument({ id: 'attack' }), { receiverId: '' }),
			{ weComAppApi: { ...accounts.weComAppApi, corpId: '' } },
		],
		['no message id', () => wire(app, appDocument({ id: '' }))],
		['no sender', () => wire(app, { ...appDocument({ id: 'attack' }), FromUserName: undefined })],
		['an event without a type', () => appEvent('')],
		['a sealed DOCTYPE', () => wire(app, '<!DOCTYPE xml><xml></xml>')],
		[
			'a DOCTYPE around',
			() => {
				const sent = wire(app, appDocument({ id: 'attack' }));
				return { ...sent, body: `<!DOCTYPE xml>${sent.body}` };
			},
		],
		[
			'two sealed messages',
			() => {
				const sent = wire(app, appDocument({ id: 'attack' }));
				const [element] = /<Encrypt>.*<\/Encrypt>/.exec(sent.body)!;
				return { ...sent, body: `<xml>${element}${element}</xml>` };
			},
		],
	],
};

/** Messages of an AI bot carry no time; here they do, for the tests of old ones. */
const aiBotDocument = ({
	id,
	text = 'hello',
	conversation = 'zhangsan',
	sentAt = Date.now(),
}: Said) => ({
	msgid: id,
	aibotid: accounts.weComAiBotApi.botId,
	chattype: 'single',
	from: { userid: conversation },
	response_url: 'https://platform.test/cgi-bin/aibot/response?response_code=x',
	create_time: Math.floor(sentAt / 1000),
	msgtype: 'text',
	text: { content: text },
});

const aiBotEvent = (eventtype: string): Wire =>
	wire(aiBot, { ...aiBotDocument({ id: 'e1' }), msgtype: 'event', event: { eventtype } });

const aiBotCredentials = { weComAiBotApi: { ...accounts.weComAiBotApi } };

export const weComAiBot: PlatformCase = {
	name: 'WeCom (AI bot)',
	trigger: 'weComTrigger',
	parameters: { authentication: 'aiBot' },
	credentials: aiBotCredentials,
	callbackOf,
	message: (said) => wire(aiBot, aiBotDocument(said), said),
	deliver: (document) => wire(aiBot, document),
	document: aiBotDocument,
	acknowledged: (body) => body === '',
	unknownType: () => wire(aiBot, { ...aiBotDocument({ id: 'new' }), msgtype: 'hologram' }),
	event: aiBotEvent,
	probe: { wire: () => probe(aiBot), answered: (body) => body === '1616140317555161061' },
	attacks: [
		...attacks(aiBot, () => aiBotDocument({ id: 'attack' }), aiBotCredentials),
		['no message id', () => wire(aiBot, aiBotDocument({ id: '' }))],
		['no sender', () => wire(aiBot, { ...aiBotDocument({ id: 'attack' }), from: undefined })],
		[
			'a group message without its group',
			() => {
				const document = { ...aiBotDocument({ id: 'attack' }), chattype: 'group' };
				return wire(aiBot, document);
			},
		],
		['an event without a type', () => aiBotEvent('')],
		['a list around', () => ({ ...wire(aiBot, aiBotDocument({ id: 'attack' })), body: '[]' })],
	],
};
