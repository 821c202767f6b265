import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';

import { control, ControlError, refuseStrangers, streamLedger } from './control.ts';
import { readBody } from './http.ts';
import { serveFile, servePage } from './page.ts';
import { servePlatform, services } from './services.ts';
import { serveStreams } from './stream/upgrade.ts';
import { createWorld, type World, type WorldOptions } from './world.ts';

export interface SandboxOptions extends WorldOptions {
	/** 0 takes any free port. */
	port?: number;
	/** Where bots reach it, if something stands before it: addresses in its messages and answers begin so. */
	publicUrl?: string;
	/** Folder of the playground page; by default `sandbox/playground` of the current folder. */
	playgroundFolder?: string;
}

export interface Sandbox {
	/** `http://127.0.0.1:<port>` */
	origin: string;
	world: World;
	close(): Promise<void>;
}

function sendJson(response: ServerResponse, status: number, value: unknown) {
	response.writeHead(status, {
		'content-type': 'application/json; charset=utf-8',
		'cache-control': 'no-store',
	});
	response.end(JSON.stringify(value));
}

async function serveControl(
	request: IncomingMessage,
	response: ServerResponse,
	url: URL,
	world: World,
	folder: string,
) {
	const stranger = refuseStrangers(request, request.socket.localPort!);
	if (stranger) return sendJson(response, 403, { error: stranger });
	const { pathname } = url;
	if (request.method === 'GET' && servePage(pathname, folder, response)) return;
	if (request.method === 'GET' && serveFile(pathname, world, response)) return;
	if (url.pathname === '/sandbox/events') return streamLedger(response, world);
	try {
		const path = url.pathname.replace(/^\/sandbox/, '');
		const raw = await readBody(request);
		const type = request.headers['content-type'];
		const call = { method: request.method!, path, query: url.searchParams, raw, type };
		return sendJson(response, 200, await control(call, world));
	} catch (error) {
		const status = error instanceof ControlError ? error.status : 400;
		return sendJson(response, status, { error: (error as Error).message });
	}
}

async function serve(
	request: IncomingMessage,
	response: ServerResponse,
	world: World,
	folder: string,
) {
	const url = URL.parse(request.url ?? '/', world.origin);
	if (!url) return sendJson(response, 400, { error: 'bad URL' });
	const first = url.pathname.split('/', 2)[1]!;
	if (Object.hasOwn(services, first)) return await servePlatform(request, response, url, world);
	const own = first === '' || first === 'sandbox';
	if (own) return await serveControl(request, response, url, world, folder);
	return sendJson(response, 404, { error: `nothing at ${url.pathname}` });
}

/** Starts every simulated platform on one port of 127.0.0.1. @throws when the port is taken. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
	const folder = options.playgroundFolder ?? resolve('sandbox/playground');
	const server: Server = createServer();
	server.keepAliveTimeout = 60_000;
	await new Promise<void>((done, fail) => {
		server.once('error', fail);
		server.listen(options.port ?? 5690, '127.0.0.1', 4096, done);
	});
	const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	const world = createWorld(options.publicUrl ?? origin, options);

	server.on('request', (request, response) => {
		serve(request, response, world, folder).catch((error: Error) => {
			if (response.headersSent) response.destroy();
			else sendJson(response, 400, { error: error.message });
		});
	});

	serveStreams(server, world);

	return {
		origin,
		world,
		async close() {
			world.end();
			server.closeAllConnections();
			await new Promise<void>((done) => server.close(() => done()));
		},
	};
}
