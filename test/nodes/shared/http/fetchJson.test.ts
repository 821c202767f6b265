import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fetchJson } from '../../../../nodes/shared/http/fetchJson';

/** Answers with so many bytes of JSON; `Infinity` never ends. */
const sizes: Record<string, number> = { '/most': 3e6, '/tooMuch': 5e6, '/endless': Infinity };
let server: Server;
let origin: string;

beforeAll(async () => {
	server = createServer((request, response) => {
		let left = sizes[request.url!]!;
		const write = (): void => {
			while (left > 0 && !response.destroyed) {
				const chunk = '1'.repeat(Math.min(left, 65_536));
				left -= chunk.length;
				if (!response.write(chunk)) return;
			}
			response.end();
		};
		response.on('drain', write);
		write();
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
	server.closeAllConnections();
	server.close();
});

const get = async (path: string) => await fetchJson({ method: 'GET', url: origin + path });

test.each(['/tooMuch', '/endless'])(
	'An answer that is larger than any API’s is refused: %s',
	async (path) => {
		expect(await get(path)).toMatchObject({ code: 'tooLarge' });
	},
);

test('A long list of models is read', async () => {
	expect(await get('/most')).toMatchObject({ status: 200 });
});
