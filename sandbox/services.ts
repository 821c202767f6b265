import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

import { dingTalkRoutes, unknownDingTalkPath } from './dingtalk/api.ts';
import type { Fault } from './faults.ts';
import { feishuRoutes, unknownFeishuPath } from './feishu/api.ts';
import { type Call, parseJson, readBody, type ServiceReply, type ServiceRoute } from './http.ts';
import { modelRoutes, unknownModelPath } from './model/api.ts';
import { smsRoutes, unknownSmsPath } from './sms.ts';
import { unknownWeComPath, weComRoutes } from './wecom/api.ts';
import type { World } from './world.ts';

/* The simulated services that a bot calls over HTTP. */

interface Service {
	/** What the ledger and faults call it, where that is not the first part of its paths. */
	name?: string;
	routes: ServiceRoute[];
	unknown(call: Call): ServiceReply;
}

interface Hosted {
	/** The first part of its paths. */
	host: string;
	service: Service;
}

/** Whoever asks for no more than a header gets no more, at any address. */
const headRoute: ServiceRoute = {
	method: 'HEAD',
	path: /^/,
	kind: 'head',
	handle: () => ({ body: '' }),
};

/** By the first part of their paths. */
export const services: Record<string, Service> = {
	dingtalk: { routes: dingTalkRoutes, unknown: unknownDingTalkPath },
	feishu: { routes: feishuRoutes, unknown: unknownFeishuPath },
	lark: { name: 'feishu', routes: feishuRoutes, unknown: unknownFeishuPath },
	wecom: { routes: weComRoutes, unknown: unknownWeComPath },
	model: { routes: modelRoutes, unknown: unknownModelPath },
	sms: { routes: smsRoutes, unknown: unknownSmsPath },
};

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

/** What a request asks of a platform, and the route that answers it; undefined where there is none. */
async function callOf(request: IncomingMessage, url: URL, { host, service }: Hosted) {
	const path = url.pathname.slice(host.length + 1);
	const raw = await readBody(request);
	const route = [...service.routes, headRoute].find(
		(candidate) => candidate.method === request.method && candidate.path.test(path),
	);
	const call: Call = {
		method: request.method!,
		host,
		path,
		params: (route?.path.exec(path) ?? []).slice(1).map(decodeURIComponent),
		query: url.searchParams,
		headers: request.headers,
		raw,
		json: parseJson(raw),
	};
	return { call, route };
}

/** What the ledger says of a call and of what was said to it. */
const noteOf = (call: Call, url: URL, reply: ServiceReply, shown: string) => ({
	method: call.method,
	path: url.pathname,
	messageId: reply.messageId,
	replyTo: reply.replyTo,
	conversation: reply.conversation,
	refused: reply.refused,
	text: reply.text,
	request: { headers: call.headers, query: url.search, body: shownRequest(call) },
	response: { headers: reply.headers, body: reply.chunks ? reply.chunks.join('') : shown },
});

/** Answers a call of a platform as it would, and writes it into the ledger. */
export async function servePlatform(
	request: IncomingMessage,
	response: ServerResponse,
	url: URL,
	world: World,
) {
	const at = new Date().toISOString();
	const started = performance.now();
	const host = url.pathname.split('/', 2)[1]!;
	const service = services[host]!;
	const { name = host } = service;
	const { call, route } = await callOf(request, url, { host, service });
	const kind = route?.kind ?? 'unknown';
	const fault = world.faults.take(name, call.path, kind);
	const left = new AbortController();
	response.once('close', () => left.abort());
	const reply = await settle(call, route, service, fault, world);
	if (reply.delayMs) await waited(reply.delayMs, left.signal);
	const body = bodyOf(reply);
	const abandoned = left.signal.aborted;
	const silent = fault?.hang || fault?.cut || abandoned;
	if (!silent) await write(response, reply, body, world);
	world.ledger.record({
		...noteOf(call, url, reply, body.shown),
		...{ at, kind, service: name, direction: 'in' },
		status: silent ? 0 : (reply.status ?? 200),
		ms: Math.round((performance.now() - started) * 10) / 10,
		note: abandoned ? 'abandoned' : reply.note,
	});
	if (fault?.cut) request.socket.destroy();
}
