import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a platform of a test was asked. */
export interface Asked {
	method: string;
	path: string;
	query: URLSearchParams;
	headers: IncomingHttpHeaders;
	// eslint-disable-next-line @typescript-eslint/no-explicit-any -- whatever JSON came
	body: any;
}

export interface Answering {
	status?: number;
	headers?: Record<string, string>;
	body?: unknown;
}

/** Answers, or does with the response what it likes and returns undefined. */
export type Answerer = (
	asked: Asked,
	response: ServerResponse,
) => Answering | undefined | Promise<Answering | undefined>;

export interface TestServer {
	origin: string;
	asked: Asked[];
	answer: Answerer;
	close(): Promise<void>;
}

/** A platform of one function, on a real HTTP server. */
export async function startServer(answer: Answerer): Promise<TestServer> {
	const http = createServer(async (request, response) => {
		const chunks: Buffer[] = [];
		for await (const chunk of request) chunks.push(chunk as Buffer);
		const url = new URL(request.url!, 'http://server');
		const text = Buffer.concat(chunks).toString('utf8');
		const asked: Asked = {
			method: request.method!,
			path: url.pathname,
			query: url.searchParams,
			headers: request.headers,
			body: text === '' ? undefined : JSON.parse(text),
		};
		server.asked.push(asked);
		const answering = await server.answer(asked, response);
		if (!answering) return;
		const { status = 200, headers = {}, body = {} } = answering;
		response.writeHead(status, { 'content-type': 'application/json', ...headers });
		response.end(typeof body === 'string' ? body : JSON.stringify(body));
	});
	await new Promise<void>((done) => http.listen(0, '127.0.0.1', done));
	const server: TestServer = {
		origin: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
		asked: [],
		answer,
		close: async () => {
			http.closeAllConnections();
			await new Promise((done) => http.close(done));
		},
	};
	return server;
}
