import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { Agent, request } from 'node:https';
import { type AddressInfo, connect, createServer as createTcpServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type Network, startNetwork } from '../../../scripts/bench/network';
import { createRelay, listen } from '../../../scripts/bench/relay';
import { freePorts } from '../../../scripts/machine/ports';

/* The way on which the benchmark's n8n reaches the platforms: what it costs, and that it changes nothing else. */

/** Timers count whole milliseconds, and may come one early. */
const ROUNDING_MS = 2;
const RTT = 60;

const portOf = (server: Server) => (server.address() as AddressInfo).port;

describe('over TLS', () => {
	const folder = mkdtempSync(join(tmpdir(), 'clawbot-network-'));
	const platform = createServer((asked, answer) => asked.pipe(answer));
	let network: Network;
	let ca: string;

	beforeAll(async () => {
		await once(platform.listen(0, '127.0.0.1'), 'listening');
		const { port } = await freePorts('port');
		network = await startNetwork({ port, target: portOf(platform), folder });
		ca = readFileSync(network.caFile, 'utf8');
	});
	afterAll(async () => {
		await network.stop();
		platform.close();
		rmSync(folder, { recursive: true, force: true });
	});

	/** Asks for its own words; returns them and how long that took. */
	async function echo(text: string, agent: Agent, authority: string | undefined = ca) {
		const began = performance.now();
		const asked = request(network.origin, { method: 'POST', agent, ca: authority });
		asked.end(text);
		const [answer] = await once(asked, 'response');
		let said = '';
		for await (const chunk of answer) said += chunk;
		return { said, ms: performance.now() - began };
	}

	it('only who trusts the authority gets through', async () => {
		await expect(echo('x', new Agent(), 'none')).rejects.toThrow();
		expect((await echo('x', new Agent())).said).toBe('x');
	});

	it('a call of its own connection pays for connect, handshake and request, one on an open connection for itself', async () => {
		await network.setRoundTrip(RTT);
		const agent = new Agent({ keepAlive: true });
		const first = await echo('a', agent);
		const second = await echo('b', agent);
		agent.destroy();
		expect(first.ms).toBeGreaterThanOrEqual(3 * RTT - ROUNDING_MS);
		expect(second.ms).toBeGreaterThanOrEqual(RTT - ROUNDING_MS);
		expect(await network.countConnections()).toBe(1);
	});

	it('counts connections since it was last asked', async () => {
		await network.setRoundTrip(0);
		for (const text of ['a', 'b', 'c']) await echo(text, new Agent());
		expect(await network.countConnections()).toBe(3);
		expect(await network.countConnections()).toBe(0);
	});

	it('every byte comes through in its order, also where the distance changes on the way', async () => {
		const long = Array.from({ length: 100_000 }, (_, n) => n).join(' ');
		await network.setRoundTrip(RTT);
		const asked = echo(long, new Agent());
		await new Promise((resolve) => setTimeout(resolve, RTT));
		await network.setRoundTrip(2);
		expect((await asked).said).toBe(long);
	});
});

describe('the relay', () => {
	const servers: Server[] = [];
	afterEach(() => {
		for (const server of servers.splice(0)) server.close();
	});
	async function relayTo(server: Server, rttMs: number) {
		const relay = createRelay(await listen(server), { rttMs, connections: 0 });
		servers.push(server, relay);
		return await listen(relay);
	}

	it('passes on what comes after an end of one direction', async () => {
		const server = createTcpServer({ allowHalfOpen: true }, async (socket) => {
			let heard = '';
			for await (const chunk of socket) heard += chunk;
			socket.end(`heard ${heard}`);
		});
		const client = connect({ port: await relayTo(server, 10), host: '127.0.0.1' });
		client.end('all of it');
		let said = '';
		for await (const chunk of client) said += chunk;
		expect(said).toBe('heard all of it');
	});

	it.each([0, 20])('ends the other side of a connection that breaks, at %d ms', async (rttMs) => {
		const server = createTcpServer();
		const port = await relayTo(server, rttMs);
		const client = connect({ port, host: '127.0.0.1' });
		const [[peer]] = await Promise.all([once(server, 'connection'), once(client, 'connect')]);
		peer.on('error', () => {});
		client.resetAndDestroy();
		await once(peer, 'close');
	});

	it('breaks a connection where nobody is at its end', async () => {
		const { port: nobody } = await freePorts('port');
		const relay = createRelay(nobody, { rttMs: 0, connections: 0 });
		servers.push(relay);
		const client = connect({ port: await listen(relay), host: '127.0.0.1' });
		client.on('error', () => {});
		await once(client, 'close');
	});
});
