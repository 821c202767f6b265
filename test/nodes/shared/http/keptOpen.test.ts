import { once } from 'node:events';
import { createServer, setGlobalProxyFromEnv } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { SsrfProtectionConfig } from '@n8n/config';
import { Container } from '@n8n/di';
import type { IDataObject } from 'n8n-workflow';
import { byHelper, clientFor, keptOpen } from '../../../../nodes/shared/http/clients';
import { failureOf } from '../../../../nodes/shared/errors';
import type { ApiRequest } from '../../../../nodes/shared/http/apiRequest';
import { request } from '../../../../nodes/shared/http/transport';
import { judgeStatus } from '../../../../protocol/errors';
import { startServer } from '../../server';
import { inNode } from './nodeContext';
import { answerOf, identityOf, RawServer } from './rawServer';

/* Connections that requests share, as the server counts them. What one request brings: clients.test.ts. */

const identity = identityOf('IP:127.0.0.1,DNS:platform.test');
const known = getCACertificates('default');
let server: RawServer;

beforeAll(() => setDefaultCACertificates([...known, identity.cert]));
afterAll(() => setDefaultCACertificates(known));
beforeEach(async () => (server = await new RawServer(identity).listen()));
afterEach(async () => await server.close());

const callOf = (more: Partial<ApiRequest>): ApiRequest => ({
	service: 'Test',
	credential: { keepAlive: true },
	safe: true,
	classify: ({ status }) => judgeStatus(status, ''),
	options: { method: 'POST', url: server.origin, body: { question: 'why' } },
	...more,
});

/** Makes requests, so many at once. */
async function call(count: number, atOnce = 1, more: Partial<ApiRequest> = {}): Promise<void> {
	await inNode(async (ctx) => {
		for (let done = 0; done < count; done += atOnce) {
			await Promise.all(
				Array.from({ length: atOnce }, async () => await request(ctx, callOf(more))),
			);
		}
	});
}

const off: Partial<ApiRequest> = { credential: { keepAlive: false } };
const asking = (how: string): number =>
	server.requests.filter((each) => each.toLowerCase().includes(`connection: ${how}`)).length;

/** A request that begins the moment another one ends may meet a connection that is not free yet. */
const FEW = 2;

test('A hundred requests share a connection or two', async () => {
	await call(100);
	expect(server.requests).toHaveLength(100);
	expect(server.accepted).toBeLessThanOrEqual(FEW);
});

test('n8n’s helper makes a hundred (control)', async () => {
	await call(100, 1, off);
	expect([server.requests.length, server.accepted]).toEqual([100, 100]);
});

test('A hundred requests, ten at once, share as many', async () => {
	await call(100, 10);
	expect(server.requests).toHaveLength(100);
	expect(server.accepted).toBeLessThanOrEqual(10 * FEW);
});

test.each([
	['the server says nothing of it', []],
	['the server says for how long it waits', ['keep-alive: timeout=3']],
])('An idle connection is closed where %s', async (_, headers) => {
	server.onRequest = (connection) => connection.write(answerOf('{}', '200 OK', headers));
	await call(3);
	expect(server.open.size).toBeGreaterThan(0);
	await server.idle();
});

test('Those beyond a number are made by n8n’s helper, and close', async () => {
	let isFull!: () => void;
	const full = new Promise<void>((resolve) => (isFull = resolve));
	const plain = await startServer(async () => {
		if (plain.asked.length === 300) isFull();
		await full;
		return {};
	});
	const options = { method: 'POST' as const, url: plain.origin, timeout: 60_000 };
	const asking = (how: string) =>
		plain.asked.filter(({ headers }) => headers.connection === how).length;
	await call(300, 300, { options });
	expect([asking('keep-alive'), asking('close')]).toEqual([256, 44]);
	// All of them are free again.
	await call(1, 1, { options });
	expect(asking('keep-alive')).toBe(257);
	await plain.close();
});

test('A new connection takes the place of one that the server closed', async () => {
	server.onRequest = (connection) => {
		connection.write(answerOf('{}'));
		connection.end();
	};
	await inNode(async (ctx) => {
		for (let count = 0; count < 3; count++) {
			await request(ctx, callOf({}));
			await server.idle();
		}
	});
	expect([server.requests.length, server.accepted]).toEqual([3, 3]);
});

describe('Where the server closes a connection while the next request is on its way', () => {
	let broken: number;

	/** Answers the first request of each connection; the second breaks it. */
	beforeEach(() => {
		const used = new Set<unknown>();
		broken = 0;
		server.onRequest = (connection) => {
			const isFirst = !used.has(connection);
			used.add(connection);
			if (isFirst) return connection.write(answerOf('{}'));
			broken++;
			connection.reset();
		};
	});

	test.each([{ safe: true }, { safe: false, idempotent: true }])(
		'%j is repeated once',
		async (more) => {
			await inNode(async (ctx) => {
				while (broken === 0) await request(ctx, callOf(more));
			});
			expect([broken, asking('close')]).toEqual([1, 1]);
		},
	);

	test('a request that may not be repeated is not: it has a connection of its own', async () => {
		await call(2);
		server.onRequest = (connection) => connection.reset();
		const before = server.requests.length;
		const failed = await call(1, 1, { safe: false }).catch((error) => failureOf(error));
		expect(failed).toMatchObject({ class: 'unknownOutcome', code: 'ECONNRESET' });
		expect(server.requests.length - before).toBe(1);
		expect(asking('close')).toBe(1);
	});
});

describe.each([
	['a question', { safe: true }],
	['a message', { safe: false, idempotent: true }],
])('A server that breaks off each time gets %s', (what, more) => {
	const breakOff = async (): Promise<number> => {
		server.onRequest = (connection) => connection.reset();
		const before = server.requests.length;
		await expect(call(1, 1, more)).rejects.toThrow('ECONNRESET');
		return server.requests.length - before;
	};

	const once = what === 'a question' ? 'once' : 'twice';
	test(`${once} by a new connection: it has received it`, async () => {
		expect(await breakOff()).toBe(once === 'once' ? 1 : 2);
	});

	test.each(['connection: close', 'keep-alive: timeout=2'])(
		`${once} where it said %s: no connection stays open, this one is new, too`,
		async (header) => {
			server.onRequest = (connection) => connection.write(answerOf('{}', '200 OK', [header]));
			await call(1, 1, more);
			await server.idle();
			expect(await breakOff()).toBe(once === 'once' ? 1 : 2);
		},
	);

	test('twice by a connection that was idle, and may have been closed before', async () => {
		await call(1, 1, more);
		expect(await breakOff()).toBe(2);
	});
});

test.each([
	['is none of HTTP', 'hello\r\n\r\n', 'HPE_INVALID_CONSTANT'],
	['says nothing yet', 'HTTP/1.1 100 Continue\r\n\r\n', 'HPE_INVALID_STATUS'],
	[
		'leaves HTTP',
		answerOf('', '101 Switching Protocols', ['connection: upgrade', 'upgrade: x']),
		'HPE_INVALID_STATUS',
	],
	[
		'is larger than it may be',
		answerOf('{}', '200 OK', [`x: ${'x'.repeat(100_000)}`]),
		'HPE_HEADER_OVERFLOW',
	],
])(
	'A question is asked once where the answer %s: the server has received it',
	async (_, said, code) => {
		await call(1);
		server.onRequest = (connection) => connection.write(said);
		await expect(call(1)).rejects.toThrow(code);
		expect(server.requests).toHaveLength(2);
	},
);

test('A question that the server has had for longer is not asked again: its answer was paid for', async () => {
	await call(1);
	server.onRequest = (connection) => void setTimeout(() => connection.reset(), 2_500);
	await expect(call(1)).rejects.toThrow('ECONNRESET');
	expect(server.requests).toHaveLength(2);
});

describe('What n8n guards is not lost', () => {
	const config = Container.get(SsrfProtectionConfig);
	afterEach(() => void (config.enabled = false));

	test('Its SSRF protection: this machine is out of reach where it is on', async () => {
		await call(1);
		config.enabled = true;
		await expect(call(1)).rejects.toThrow();
		expect(server.requests).toHaveLength(1);
	});

	test('An n8n that says nothing of its protection makes the requests itself', async () => {
		expect(await inNode(async (ctx) => clientFor(ctx, callOf({})))).toBe(keptOpen);
		expect(clientFor({ helpers: {} } as never, callOf({}))).toBe(byHelper);
	});

	test('An answer that may take long: n8n waits longer than the language does', async () => {
		const { options } = callOf({});
		const slow = callOf({ options: { ...options, timeout: 300_000 } });
		expect(await inNode(async (ctx) => clientFor(ctx, slow))).toBe(byHelper);
	});

	test('Its proxies, with NODE_USE_ENV_PROXY', async () => {
		const tunnels: string[] = [];
		const proxy = createServer().listen(0, '127.0.0.1');
		proxy.on('connect', ({ url }, socket) => {
			tunnels.push(String(url));
			const target = connect(server.port, '127.0.0.1', () => {
				socket.write('HTTP/1.1 200 OK\r\n\r\n');
				socket.pipe(target).pipe(socket);
			});
			for (const each of [socket, target]) each.on('error', () => each.destroy());
		});
		await once(proxy, 'listening');
		const HTTPS_PROXY = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
		Object.assign(process.env, { HTTPS_PROXY });
		// What Node does at its start where NODE_USE_ENV_PROXY=1 is set.
		const restore = setGlobalProxyFromEnv({ HTTPS_PROXY });
		try {
			// A name that only the proxy knows.
			const options = { ...callOf({}).options, url: 'https://platform.test/' };
			await call(10, 1, { options });
			const shared = tunnels.length;
			expect(shared).toBeLessThanOrEqual(FEW);
			await call(10, 1, { options, ...off });
			expect(tunnels).toEqual(Array.from({ length: shared + 10 }, () => 'platform.test:443'));
			expect(server.accepted).toBe(tunnels.length);
		} finally {
			restore();
			delete process.env.HTTPS_PROXY;
			proxy.closeAllConnections();
			proxy.close();
		}
	});
});

test('A token is fetched the same way, and the secret of neither comes out', async () => {
	const token: ApiRequest['token'] = {
		method: 'POST',
		path: '/token',
		fields: { secret: 'secret' },
		token: 'token',
		seconds: 'seconds',
		place: { header: 'authorization' },
	};
	server.onRequest = (connection, asked) =>
		connection.write(
			asked.startsWith('POST /token')
				? answerOf('{"token":"canary-token-0123","seconds":7200}')
				: answerOf('{"message":"canary-token-0123 canary-secret-0123"}', '400 Bad Request'),
		);
	const credential: IDataObject = {
		keepAlive: true,
		baseUrl: server.origin,
		secret: 'canary-secret-0123',
	};
	const classify: ApiRequest['classify'] = ({ status, body }) =>
		judgeStatus(status, String((body as IDataObject).message));
	const error = await call(1, 1, { token, credential: credential as never, classify }).catch(
		(error: Error) => error,
	);
	expect([server.requests.length, asking('close')]).toEqual([2, 0]);
	expect((error as Error).message).toBe('Test: *** *** (HTTP 400)');
	expect(JSON.stringify(error)).not.toContain('canary');
});
