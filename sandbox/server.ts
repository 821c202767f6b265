import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { control, ControlError, refuseStrangers, streamLedger } from './control.ts';
import { dingTalkRoutes, unknownDingTalkPath } from './dingtalk/api.ts';
import type { Fault } from './faults.ts';
import { feishuRoutes, unknownFeishuPath } from './feishu/api.ts';
import { type Call, parseJson, readBody, type ServiceReply, type ServiceRoute } from './http.ts';
import { modelRoutes, unknownModelPath } from './model/api.ts';
import { serveFile, servePage } from './page.ts';
import { serveStreams } from './stream/upgrade.ts';
import { smsRoutes, unknownSmsPath } from './sms.ts';
import { unknownWeComPath, weComRoutes } from './wecom/api.ts';
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

interface Service {
	routes: ServiceRoute[];
	unknown(call: Call): ServiceReply;
}

/** Whoever asks for no more than a header gets no more, at any address. */
const headRoute: ServiceRoute = {
	method: 'HEAD',
	path: /^/,
	kind: 'head',
	handle: () => ({ body: '' }),
};

const services: Record<string, Service> = {
	dingtalk: { routes: dingTalkRoutes, unknown: unknownDingTalkPath },
	feishu: { routes: feishuRoutes, unknown: unknownFeishuPath },
	wecom: { routes: weComRoutes, unknown: unknownWeComPath },
	model: { routes: modelRoutes, unknown: unknownModelPath },
	sms: { routes: smsRoutes, unknown: unknownSmsPath },
};

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

function faultReply(fault: Fault, reply: ServiceReply | undefined): ServiceReply {
	const what = fault.hang ? 'hang' : fault.cut ? 'cut' : `HTTP ${fault.status ?? 200}`;
	return {
		...reply,
		status: fault.status ?? 200,
		headers: fault.headers,
		body: fault.body ?? '',
		chunks: undefined,
		refused: `fault: ${what}`,
		note: 'fault',
	};
}

/** Ends early when the caller has gone: a killed bot waits for no model. */
const waited = async (ms: number, signal: AbortSignal) =>
	await sleep(ms, undefined, { signal }).catch(() => undefined);

const replaces = (fault: Fault) =>
	fault.hang || fault.cut || fault.status !== undefined || fault.body !== undefined;

/** The platform's own answer, or what a fault makes of it. */
async function settle(
	call: Call,
	route: ServiceRoute | undefined,
	service: Service,
	fault: Fault | undefined,
	world: World,
) {
	const work = () => (route ? route.handle(call, world) : service.unknown(call));
	if (!fault || !replaces(fault)) {
		if (fault?.delayMs) await sleep(fault.delayMs);
		return work();
	}
	const done = fault.after ? work() : undefined;
	if (fault.delayMs) await sleep(fault.delayMs);
	return faultReply(fault, done);
}

function bodyOf(reply: ServiceReply): { bytes: Buffer | string; type: string; shown: string } {
	const { body } = reply;
	if (Buffer.isBuffer(body))
		return { bytes: body, type: 'application/octet-stream', shown: `(${body.length} bytes)` };
	const text = typeof body === 'string' ? body : JSON.stringify(body);
	const type =
		typeof body === 'string' ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8';
	return { bytes: text, type, shown: text };
}

/** A body for people: multipart bytes are no use to them. */
const shownRequest = (call: Call) =>
	/^multipart\//i.test(call.headers['content-type'] ?? '')
		? `(multipart, ${call.raw.length} bytes)`
		: call.raw.toString('utf8');

async function write(
	response: ServerResponse,
	reply: ServiceReply,
	{ bytes, type }: ReturnType<typeof bodyOf>,
	world: World,
) {
	const date = new Date(world.clock.now()).toUTCString();
	response.writeHead(reply.status ?? 200, { 'content-type': type, date, ...reply.headers });
	if (!reply.chunks) return response.end(bytes);
	for (const chunk of reply.chunks) {
		response.write(chunk);
		await sleep(0);
	}
	return response.end();
}

async function servePlatform(
	request: IncomingMessage,
	response: ServerResponse,
	url: URL,
	world: World,
) {
	const at = new Date().toISOString();
	const started = performance.now();
	const [, name] = url.pathname.split('/', 2);
	const service = services[name!]!;
	const path = url.pathname.slice(name!.length + 1);
	const raw = await readBody(request);
	const route = [...service.routes, headRoute].find(
		(candidate) => candidate.method === request.method && candidate.path.test(path),
	);
	const call: Call = {
		method: request.method!,
		path,
		params: (route?.path.exec(path) ?? []).slice(1).map(decodeURIComponent),
		query: url.searchParams,
		headers: request.headers,
		raw,
		json: parseJson(raw),
	};
	const kind = route?.kind ?? 'unknown';
	const fault = world.faults.take(name!, path, kind);
	const left = new AbortController();
	response.once('close', () => left.abort());
	const reply = await settle(call, route, service, fault, world);
	if (reply.delayMs) await waited(reply.delayMs, left.signal);
	const body = bodyOf(reply);
	const abandoned = left.signal.aborted;
	const silent = fault?.hang || fault?.cut || abandoned;
	if (!silent) await write(response, reply, body, world);
	world.ledger.record({
		at,
		service: name!,
		direction: 'in',
		kind,
		method: call.method,
		path: url.pathname,
		status: silent ? 0 : (reply.status ?? 200),
		ms: Math.round((performance.now() - started) * 10) / 10,
		messageId: reply.messageId,
		replyTo: reply.replyTo,
		conversation: reply.conversation,
		refused: reply.refused,
		text: reply.text,
		note: abandoned ? 'abandoned' : reply.note,
		request: { headers: call.headers, query: url.search, body: shownRequest(call) },
		response: { headers: reply.headers, body: reply.chunks ? reply.chunks.join('') : body.shown },
	});
	if (fault?.cut) request.socket.destroy();
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

	const serve = async (request: IncomingMessage, response: ServerResponse) => {
		const url = URL.parse(request.url ?? '/', origin);
		if (!url) return sendJson(response, 400, { error: 'bad URL' });
		const first = url.pathname.split('/', 2)[1]!;
		if (Object.hasOwn(services, first)) return await servePlatform(request, response, url, world);
		const own = first === '' || first === 'sandbox';
		if (own) return await serveControl(request, response, url, world, folder);
		return sendJson(response, 404, { error: `nothing at ${url.pathname}` });
	};
	server.on('request', (request, response) => {
		serve(request, response).catch((error: Error) => {
			if (response.headersSent) response.destroy();
			else sendJson(response, 400, { error: error.message });
		});
	});

	serveStreams(server, world);

	return {
		origin,
		world,
		async close() {
			world.reset();
			server.closeAllConnections();
			await new Promise<void>((done) => server.close(() => done()));
		},
	};
}
