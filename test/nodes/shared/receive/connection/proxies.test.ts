import { execFile, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocketServer } from 'ws';

/* Whether a long connection goes through a proxy is Node's to decide: this shows what the docs say of it. */

/**
 * Asks and connects as the package does, in a process whose proxies are set as n8n sets them; a name that only
 * the proxy knows.
 */
const CLIENT = `
require('@n8n/backend-network').installGlobalProxyAgent();
fetch('https://platform.test/').then(async (answer) => await answer.text(), () => 'unreachable').then((answer) => {
	const socket = new WebSocket('wss://platform.test/');
	const end = (text) => { console.log(answer, text); process.exit(); };
	socket.onmessage = ({ data }) => end(data);
	socket.onerror = () => end('unreachable');
});
`;

const folder = mkdtempSync(join(tmpdir(), 'clawbot-proxies-'));
const certificate = join(folder, 'cert.pem');
const key = join(folder, 'key.pem');
let platform: Server;
let proxy: Server;
const asked: string[] = [];

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

beforeAll(async () => {
	execFileSync(
		'openssl',
		[
			...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '10', '-keyout', key],
			...['-out', certificate, '-subj', '/CN=x', '-addext', 'subjectAltName=DNS:platform.test'],
		],
		{ stdio: 'ignore' },
	);
	const tls = { key: readFileSync(key), cert: readFileSync(certificate) };
	platform = createTlsServer(tls, (_, response) => response.end('answered'));
	platform.listen(0, '127.0.0.1');
	const peers = new WebSocketServer({ server: platform });
	peers.on('connection', (peer) => peer.send('connected'));
	proxy = createServer().listen(0, '127.0.0.1');
	proxy.on('connect', ({ url }, socket) => {
		asked.push(String(url));
		const target = connect(portOf(platform), '127.0.0.1', () => {
			socket.write('HTTP/1.1 200 OK\r\n\r\n');
			socket.pipe(target).pipe(socket);
		});
		for (const each of [socket, target]) each.on('error', () => each.destroy());
	});
	await Promise.all(
		[platform, proxy].map((server) => server.listening || once(server, 'listening')),
	);
});

afterAll(() => {
	for (const server of [platform, proxy]) server.close();
	rmSync(folder, { recursive: true, force: true });
});

async function connectWith(env: Record<string, string>): Promise<string> {
	const { PATH } = process.env;
	const NODE_EXTRA_CA_CERTS = certificate;
	return await new Promise((resolve, reject) => {
		const options = {
			cwd: __dirname,
			env: { PATH, NODE_EXTRA_CA_CERTS, ...env } as NodeJS.ProcessEnv,
		};
		execFile(process.execPath, ['-e', CLIENT], options, (error, out) =>
			error ? reject(error) : resolve(out.trim()),
		);
	});
}

const BY_PROXY = { NODE_USE_ENV_PROXY: '1' };

test.each([
	['HTTPS_PROXY alone, which n8n honours for requests of nodes', {}, false],
	['NODE_USE_ENV_PROXY=1 beside it', BY_PROXY, true],
	['the host in NO_PROXY', { ...BY_PROXY, NO_PROXY: 'platform.test' }, false],
])('A long connection and the request for it, with %s', async (_how, env, isProxied) => {
	asked.length = 0;
	const proxied = { HTTPS_PROXY: `http://127.0.0.1:${portOf(proxy)}`, ...env };
	const said = await connectWith(proxied);
	expect(said).toBe(isProxied ? 'answered connected' : 'unreachable unreachable');
	expect(asked).toEqual(isProxied ? ['platform.test:443', 'platform.test:443'] : []);
});
