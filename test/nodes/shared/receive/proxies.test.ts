import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';

/* Whether a long connection goes through a proxy is Node's to decide: this shows what the docs say of it. */

/** Connects as the package does, in a process whose proxies are set as n8n sets them; a name that only the proxy knows. */
const CLIENT = `
require('@n8n/backend-network').installGlobalProxyAgent();
const socket = new WebSocket('ws://platform.test/');
socket.onmessage = ({ data }) => { console.log(data); process.exit(); };
socket.onerror = () => { console.log('unreachable'); process.exit(); };
`;

let platform: Server;
let proxy: Server;
const asked: string[] = [];

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

beforeAll(async () => {
	platform = createServer().listen(0, '127.0.0.1');
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
});

async function connectWith(env: Record<string, string>): Promise<string> {
	const { PATH } = process.env;
	return await new Promise((resolve, reject) => {
		const options = { cwd: __dirname, env: { PATH, ...env } as NodeJS.ProcessEnv };
		execFile(process.execPath, ['-e', CLIENT], options, (error, out) =>
			error ? reject(error) : resolve(out.trim()),
		);
	});
}

test.each([
	['HTTP_PROXY alone, which n8n honours for requests of nodes', {}, 'unreachable'],
	['NODE_USE_ENV_PROXY=1 beside it', { NODE_USE_ENV_PROXY: '1' }, 'connected'],
	['the host in NO_PROXY', { NODE_USE_ENV_PROXY: '1', NO_PROXY: 'platform.test' }, 'unreachable'],
])('A long connection, with %s', async (_how, env, expected) => {
	asked.length = 0;
	const proxied = { HTTP_PROXY: `http://127.0.0.1:${portOf(proxy)}`, ...env };
	expect(await connectWith(proxied)).toBe(expected);
	expect(asked).toEqual(expected === 'connected' ? ['platform.test:80'] : []);
});
