import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { gzipSync } from 'node:zlib';
import type { IDataObject } from 'n8n-workflow';
import { failureOf } from '../../../../nodes/shared/errors';
import type { ApiRequest } from '../../../../nodes/shared/http/apiRequest';
import { fetched } from '../../../../nodes/shared/http/fetched';
import { request } from '../../../../nodes/shared/http/transport';
import { isSuccess, type Answer } from '../../../../protocol/errors';
import { classify as classifyRefusal } from '../../../../protocol/model/errors';
import { startServer } from '../../server';
import { inNode } from './nodeContext';
import { answerOf, identityOf, RawServer, type Connection } from './rawServer';

/* What becomes of a request is the same by n8n's helper and by connections that are kept open. */

const [trusted, unknown, misnamed] = [
	identityOf('IP:127.0.0.1'),
	identityOf('IP:127.0.0.1'),
	identityOf('DNS:other.test'),
];
const known = getCACertificates('default');
let server: RawServer;

beforeAll(() => setDefaultCACertificates([...known, trusted.cert, misnamed.cert]));
afterAll(() => setDefaultCACertificates(known));
beforeEach(async () => (server = await new RawServer(trusted).listen()));
afterEach(async () => await server.close());

const classify = (answer: Answer) =>
	isSuccess(answer.status) ? undefined : classifyRefusal(answer);

type Options = ApiRequest['options'];
/** What came of it: the body, or the failure. */
type Outcome = { body: IDataObject } | { failed: object | undefined; error?: string };

async function outcome(
	keepAlive: boolean,
	options: Options,
	signal?: AbortSignal,
): Promise<Outcome> {
	const call = { service: 'Test', credential: { keepAlive }, safe: true, classify, options };
	return await inNode(
		async (ctx) =>
			await request(ctx, call).then(
				(body) => ({ body }),
				(error: Error) => ({ failed: failureOf(error), error: error.message }),
			),
		signal,
	);
}

const ask = (more: Partial<Options> = {}): Options => ({
	method: 'POST',
	url: `${server.origin}/v1`,
	body: { question: 'why' },
	...more,
});

const on =
	(serve: (connection: Connection) => void): (() => void) =>
	() =>
		void (server.onRequest = serve);
const says = (answer: string | Buffer): (() => void) =>
	on((connection) => connection.write(answer));
const ends = (part: string): (() => void) =>
	on((connection) => {
		if (part) connection.write(part);
		connection.end();
	});

/** Writes again and again, as fast as it is taken or slowly, and never ends. */
const goesOn = (head: string, chunk: string, everyMs: number): (() => void) =>
	on((connection) => {
		connection.write(head);
		const timer = setInterval(() => {
			if (server.open.size > 0) connection.write(chunk);
			else clearInterval(timer);
		}, everyMs);
	});

/** Breaks off or closes: at once, or once a part of the answer is out. */
const breaks = (part?: string): (() => void) =>
	on((connection) => {
		if (part) connection.write(part);
		setTimeout(() => connection.reset(), part ? 100 : 0);
	});

const HALF_BODY = 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"half":';
const CHUNKED = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n';
const broken = { class: 'unknownOutcome', code: 'ECONNRESET' };

/** What a server does to the first request of a connection, and what comes of it. */
const FAULTS: Array<[what: string, serve: () => void, failure: object]> = [
	['breaks off a new connection', () => (server.onAccept = (raw) => raw.resetAndDestroy()), broken],
	[
		'breaks off when TLS is made',
		() => (server.onSecure = (connection) => connection.reset()),
		broken,
	],
	['breaks off when it was asked', breaks(), broken],
	['breaks off within the head of its answer', breaks('HTTP/1.1 200 OK\r\ncontent-'), broken],
	['breaks off within the body', breaks(HALF_BODY), broken],
	['breaks off within a body of chunks', breaks(`${CHUNKED}5\r\n{"a":\r\n`), broken],
	['closes when it was asked', ends(''), broken],
	['closes within the head of its answer', ends('HTTP/1.1 200 OK\r\ncontent-'), broken],
	['closes within the body', ends(HALF_BODY), broken],
	['says nothing', on(() => {}), { class: 'unknownOutcome', code: 'ETIMEDOUT' }],
	['sends a byte now and then', goesOn(CHUNKED, '1\r\n \r\n', 50), { code: 'ETIMEDOUT' }],
	['sends its head by bytes', goesOn('HTTP/1.1 200 OK\r\nx: ', 'y', 50), { code: 'ETIMEDOUT' }],
	[
		'never ends its body',
		goesOn(CHUNKED, `ffff\r\n${'1'.repeat(0xffff)}\r\n`.repeat(64), 1),
		{ class: 'unclassified', code: 'tooLarge' },
	],
	[
		'sends too large a body packed',
		says(answerOf(gzipSync('1'.repeat(17e6)), '200 OK', ['content-encoding: gzip'])),
		{ code: 'tooLarge' },
	],
	[
		'sends a packed body that is damaged',
		says(answerOf('nonsense', '200 OK', ['content-encoding: gzip'])),
		{ class: 'unknownOutcome', code: 'Z_DATA_ERROR' },
	],
	['speaks no HTTP', says('SSH-2.0-x\r\n\r\n'), { code: 'HPE_INVALID_CONSTANT' }],
	[
		'sends a head without end',
		says(`HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(9000)}`),
		{ code: 'HPE_HEADER_OVERFLOW' },
	],
	[
		'sends people elsewhere',
		says(answerOf('', '302 Found', ['location: /elsewhere'])),
		{ code: 'HTTP 302' },
	],
	[
		'says when to come again',
		says(answerOf('{}', '429 Too Many Requests', ['Retry-After: 7'])),
		{ class: 'rateLimited', retryAfterMs: 7000 },
	],
	[
		'is unwell',
		says(answerOf('<html>', '502 Bad Gateway')),
		{ class: 'temporary', code: 'HTTP 502' },
	],
];

test.each(FAULTS)('A server that %s', async (_, serve, failure) => {
	serve();
	const asked = ask({ timeout: 'code' in failure && failure.code === 'ETIMEDOUT' ? 500 : 30_000 });
	const tries = () => server.requests.length || server.accepted;
	const byHelper = await outcome(false, asked);
	await server.idle();
	expect([byHelper, tries()]).toEqual([
		expect.objectContaining({ failed: expect.objectContaining(failure) }),
		1,
	]);
	expect(await outcome(true, asked)).toEqual(byHelper);
	await server.idle();
	expect(tries()).toBe(2);
});

/** Requests that reach no server. */
const UNMADE: Array<[what: string, Partial<Options>, failure: object]> = [
	['to a port where nobody listens', {}, { class: 'temporary', code: 'ECONNREFUSED' }],
	['to no address', { url: 'not an address' }, { class: 'badRequest', code: 'ERR_INVALID_URL' }],
	['to a port that browsers block', { url: 'http://127.0.0.1:6000/' }, { code: 'ECONNREFUSED' }],
	['by another protocol', { url: 'ftp://127.0.0.1/' }, { code: 'ERR_BAD_REQUEST' }],
];

test.each(UNMADE)('A request %s', async (_, more, failure) => {
	const asked = ask(more);
	await server.close();
	const byHelper = await outcome(false, asked);
	expect(byHelper).toMatchObject({ failed: failure });
	expect(await outcome(true, asked)).toEqual(byHelper);
	server = await new RawServer(trusted).listen();
});

test('A host that has no address', async () => {
	const asked = ask({ url: 'https://nobody.invalid/' });
	const byHelper = await outcome(false, asked);
	expect(byHelper).toMatchObject({ failed: { class: 'temporary' } });
	expect(await outcome(true, asked)).toEqual(byHelper);
});

test.each([
	['nobody vouches for', unknown, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
	['is for another name', misnamed, 'ERR_TLS_CERT_ALTNAME_INVALID'],
])('A certificate that %s', async (_, identity, code) => {
	const other = await new RawServer(identity).listen();
	const asked = ask({ url: other.origin });
	const byHelper = await outcome(false, asked);
	expect(byHelper).toMatchObject({ failed: { class: 'badRequest', code } });
	expect(await outcome(true, asked)).toEqual(byHelper);
	expect(other.requests).toEqual([]);
	await other.close();
});

test('A server without TLS where TLS is expected', async () => {
	const plain = await startServer(() => ({}));
	const asked = ask({ url: plain.origin.replace('http', 'https') });
	const byHelper = await outcome(false, asked);
	expect(byHelper).toMatchObject({ failed: { class: 'unknownOutcome' } });
	expect(await outcome(true, asked)).toEqual(byHelper);
	await plain.close();
});

test.each([false, true])('An execution that is cancelled (kept: %s)', async (keepAlive) => {
	const cancel = new AbortController();
	server.onRequest = () => cancel.abort();
	const cancelled = await outcome(keepAlive, ask(), cancel.signal);
	expect(cancelled).toMatchObject({ failed: { code: 'ERR_CANCELED' } });
	await server.idle();
	expect(server.requests).toHaveLength(1);
});

const BODIES: Array<[what: string, answer: Buffer, body: unknown]> = [
	['JSON', answerOf('{"id":"7"}'), { id: '7' }],
	[
		'packed JSON',
		answerOf(gzipSync('{"id":"7"}'), '200 OK', ['content-encoding: gzip']),
		{ id: '7' },
	],
	[
		'JSON that is called a text',
		answerOf('{"id":"7"}', '200 OK', ['content-type: text/plain']),
		{ id: '7' },
	],
];

test.each(BODIES)('An answer of %s', async (_, answer, body) => {
	says(answer)();
	expect(await outcome(false, ask())).toEqual({ body });
	expect(await outcome(true, ask())).toEqual({ body });
});

/** What the server reads of a request, without what is each client's own affair. */
function essence(raw: string): [line: string, headers: string[], body: string] {
	const [head, body] = raw.split('\r\n\r\n') as [string, string];
	const [line, ...headers] = head.split('\r\n') as [string, ...string[]];
	const own = /^(host|connection|accept-encoding|accept-language|sec-fetch-mode):/;
	const said = headers.map((header) => header.replace(/^[^:]+/, (name) => name.toLowerCase()));
	return [line, said.filter((header) => !own.test(header)).sort(), body];
}

const REQUESTS: Array<[what: string, () => Options]> = [
	['with a body', () => ask({ body: { text: '你好 "x"', list: [1, { a: null }] } })],
	['without one', () => ask({ body: undefined })],
	['that reads', () => ({ method: 'GET', url: `${server.origin}/v1` })],
	[
		'with a query, beside that of the address',
		() => ask({ url: `${server.origin}/a%2Fb?sign=a%2Bb%3D`, qs: { access_token: 'x+/=&y' } }),
	],
	['with a query alone', () => ask({ qs: { access_token: 'x' } })],
	['with headers', () => ask({ headers: { Authorization: 'Bearer x', Accept: 'text/plain' } })],
	[
		'with a key that was pasted in two lines',
		() => ask({ headers: { Authorization: 'one\ntwo\n' } }),
	],
	[
		'with name and password in its address',
		() => ask({ url: server.origin.replace('//', '//a:b@') }),
	],
];

test.each(REQUESTS)('A request %s', async (_, options) => {
	for (const keepAlive of [false, true]) {
		expect(await outcome(keepAlive, options())).toEqual({ body: {} });
	}
	const [byHelper, kept] = server.requests.map(essence);
	expect(kept).toEqual(byHelper);
});

test('A defect of ours is none of the network (what the language makes no request of)', async () => {
	const defect = { method: 'GET' as const, body: { question: 'why' } };
	const { failed, error } = (await outcome(true, ask(defect))) as {
		failed: unknown;
		error: string;
	};
	expect([failed, error]).toEqual([undefined, expect.stringContaining('cannot have body')]);
	await expect(
		fetched({ url: server.origin, ...defect, signal: new AbortController().signal }),
	).rejects.toMatchObject({ name: 'TypeError' });
	expect(server.accepted).toBe(0);
});

test('A defect of ours is none of the network (an endless object)', async () => {
	const body: IDataObject = {};
	body.self = body;
	for (const keepAlive of [false, true]) {
		expect(await outcome(keepAlive, ask({ body }))).toMatchObject({ failed: undefined });
	}
	expect(server.accepted).toBe(0);
});
