import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fetchReason } from '../../../scripts/machine/errors';
import { createApi } from '../../../scripts/system/api';

/* Requests of n8n's public API that come to nothing. */

let server: Server;
let url: string;
let asked: string[];
beforeEach(async () => {
	asked = [];
	server = createServer((request, response) => {
		asked.push(`${request.method} ${request.url}`);
		if (request.url === '/elsewhere') response.end('{"data":[]}');
		else if (request.url?.startsWith('/api/v1/slow')) response.write('{');
		else response.writeHead(301, { location: `${url}/elsewhere` }).end();
	});
	await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
	url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
	server.closeAllConnections();
	await new Promise((done) => server.close(done));
});

it('follows no address that the answer names: what is written and the key are for this n8n', async () => {
	const { call } = createApi(url, 'key');
	for (const method of ['GET', 'POST']) {
		await expect(call(method, '/credentials', method === 'POST' ? {} : undefined)).rejects.toThrow(
			expect.objectContaining({
				message: `n8n at ${url} sends requests on to ${url}`,
				cure: 'Name that address, if it is your n8n.',
			}),
		);
	}
	expect(asked).toEqual(['GET /api/v1/credentials', 'POST /api/v1/credentials']);
});

it('says in words that no answer came in time', async () => {
	const ended = await fetch(`${url}/api/v1/slow`, { signal: AbortSignal.timeout(50) })
		.then(async (response) => await response.text())
		.catch(fetchReason);
	expect(ended).toBe('The operation was aborted due to timeout');
});
