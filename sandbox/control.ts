import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Fault } from './faults.ts';
import { type Json, parseJson } from './http.ts';
import { CONNECTION_ONLY } from './bots.ts';
import type { Bot, SimulatedPlatform } from './messages.ts';
import { callbackProtocols } from './callback-protocols.ts';
import type { CallbackRequest } from './callback-protocol.ts';
import { callbackProtocolOf, deliverRaw, verifyUrl } from './callback-sender.ts';
import type { CallbackDelivery, DeliveryWay } from './delivered.ts';
import { deliverMessage } from './delivery.ts';
import { historyOf } from './history.ts';
import { registrationHandlers } from './registration/control.ts';
import { streamHandlers } from './stream/control.ts';
import { findTriggers } from './triggers.ts';
import { type UserInput, acceptUserInput } from './user-input.ts';
import type { World } from './world.ts';

type Handler = (body: Json, query: URLSearchParams, world: World) => unknown;

/** A mistake of the caller: its words are the answer. */
export class ControlError extends Error {
	status: number;

	constructor(status: number, message: string) {
		super(message);
		this.status = status;
	}
}

const bad = (message: string) => new ControlError(400, message);

function setCallbacks(body: Json, _query: URLSearchParams, world: World) {
	for (const [name, url] of Object.entries(body)) {
		if (!callbackProtocols[name])
			throw bad(`unknown callback "${name}": one of ${Object.keys(callbackProtocols).join(', ')}`);
		if (url && !/^https?:$/.test(URL.parse(String(url))?.protocol ?? ''))
			throw bad(`${name}: not an http(s) URL`);
		if (url) world.callbacks[name] = String(url);
		else delete world.callbacks[name];
	}
	return world.callbacks;
}

function wayOf(by: unknown): DeliveryWay | undefined {
	if (by === undefined || by === 'stream' || by === 'http') return by;
	throw bad('by must be stream or http');
}

async function sayAndDeliver(body: Json, _query: URLSearchParams, world: World) {
	const { times = 1, redeliver = true, by } = body;
	if (!Number.isInteger(times) || times < 1 || times > 1000) throw bad('times must be 1 to 1000');
	const way = wayOf(by);
	const message = acceptUserInput(world, body as UserInput);
	// Several deliveries of one message leave at the same moment; only one of them has a redelivery schedule.
	const deliveries: Array<Promise<CallbackDelivery>> = Array.from({ length: times }, (_, index) =>
		deliverMessage(world, message, { redeliver: redeliver && index === 0, by: way }),
	);
	return {
		messageId: message.id,
		conversation: message.conversation,
		file: message.file,
		deliveries: await Promise.all(deliveries),
	};
}

function known(body: Json, world: World) {
	const message = world.messages.get(String(body.messageId));
	if (!message) throw new ControlError(404, `no message ${body.messageId}`);
	return message;
}

async function deliverAgain(body: Json, _query: URLSearchParams, world: World) {
	const message = known(body, world);
	const options = { redeliver: body.redeliver ?? false, by: wayOf(body.by) };
	const delivery = await deliverMessage(world, message, options);
	return { messageId: message.id, deliveries: [delivery] };
}

/** The signed request a message would be delivered with, unmasked and unsent: the raw material of attacks. */
function build(body: Json, _query: URLSearchParams, world: World) {
	const message = body.messageId ? known(body, world) : acceptUserInput(world, body as UserInput);
	if (world.bots.isConnectionOnly(message)) throw bad(CONNECTION_ONLY);
	const request = callbackProtocolOf(message)!.build(message, world);
	return { messageId: message.id, ...request, body: request.body.toString('base64') };
}

function deliverExactly(body: Json, _query: URLSearchParams, world: World) {
	const request: CallbackRequest = {
		method: body.method === 'GET' ? 'GET' : 'POST',
		query: body.query ?? {},
		headers: body.headers ?? {},
		body: Buffer.from(String(body.body ?? ''), 'base64'),
	};
	return deliverRaw(world, body.platform as SimulatedPlatform, (body.bot ?? 'app') as Bot, request);
}

function ledger(_body: Json, query: URLSearchParams, world: World) {
	return world.ledger.find({
		direction: query.get('direction') ?? undefined,
		service: query.get('platform') ?? query.get('service') ?? undefined,
		kind: query.get('kind') ?? undefined,
		messageId: query.get('messageId') ?? undefined,
		since: Number(query.get('since') ?? 0),
	});
}

const answers: Handler = (_body, query, world) =>
	known({ messageId: query.get('messageId') }, world).answers;

function addFault(body: Json, _query: URLSearchParams, world: World) {
	if (!['dingtalk', 'feishu', 'wecom', 'model', 'sms'].includes(body.service)) {
		throw bad('service must be dingtalk, feishu, wecom, model or sms');
	}
	const does = ['status', 'body', 'delayMs', 'hang', 'cut'].some(
		(name) => body[name] !== undefined,
	);
	if (!does) throw bad('a fault needs status, body, delayMs, hang or cut');
	world.faults.add({ times: 1, ...body } as Fault);
	return { faults: world.faults.list() };
}

function setModel(body: Json, _query: URLSearchParams, world: World) {
	const { delayMs, rules } = body.script ?? body;
	if (rules !== undefined && !Array.isArray(rules)) throw bad('rules must be a list');
	world.model.set({ ...(delayMs !== undefined && { delayMs }), ...(rules && { rules }) });
	return world.model.state();
}

function setN8n({ url, apiKey }: Json, _query: URLSearchParams, world: World) {
	if (typeof url !== 'string' || typeof apiKey !== 'string') throw bad('url and apiKey are texts');
	world.n8n = { url: url.replace(/\/+$/, ''), apiKey };
	return { url: world.n8n.url };
}

/** Method and path below `/sandbox`. */
const handlers: Record<string, Handler> = {
	...registrationHandlers,
	...streamHandlers,
	'GET /ready': () => ({ ok: true }),
	'GET /callbacks': (_body, _query, world) => world.callbacks,
	'PUT /callbacks': setCallbacks,
	'POST /say': sayAndDeliver,
	'POST /deliver': deliverAgain,
	'POST /build': build,
	'POST /deliver-raw': deliverExactly,
	'GET /ledger': ledger,
	'GET /answers': answers,
	'GET /history': (_body, _query, world) => historyOf(world),
	'PUT /n8n': setN8n,
	'GET /triggers': async (_body, _query, world) => ({ triggers: await findTriggers(world.n8n) }),
	'GET /faults': (_body, _query, world) => ({ faults: world.faults.list() }),
	'POST /faults': addFault,
	'DELETE /faults': (_body, _query, world) => {
		world.faults.clear();
		return { faults: [] };
	},
	'GET /model': (_body, _query, world) => world.model.state(),
	'PUT /model': setModel,
	'GET /clock': (_body, _query, world) => world.clock.state(),
	'PUT /clock': (body, _query, world) => {
		world.clock.set(body);
		return world.clock.state();
	},
	'GET /limits': (_body, _query, world) => world.limits.state(),
	'PUT /limits': (body, _query, world) => {
		if (typeof body.enabled !== 'boolean') throw bad('enabled must be true or false');
		world.limits.set({ enabled: body.enabled });
		return world.limits.state();
	},
	'POST /revoke-tokens': (body, _query, world) => {
		world.tokens.revoke(body.service);
		return { ok: true };
	},
	'POST /reset': (_body, _query, world) => {
		world.reset();
		return { ok: true };
	},
	'POST /verify-url': (body, _query, world) => verifyUrl(world, body.platform, body.bot ?? 'app'),
};

/**
 * The sandbox listens on a developer's machine, where any web page can send requests to it: a page's
 * requests carry its own Origin, and after DNS rebinding its own Host.
 */
export function refuseStrangers(request: IncomingMessage, port: number): string | undefined {
	const hosts = ['127.0.0.1', 'localhost', '[::1]'].map((name) => `${name}:${port}`);
	const { host, origin } = request.headers;
	if (!hosts.includes(host ?? '')) return `Host ${host} is not this sandbox`;
	if (origin !== undefined && origin !== `http://${host}`)
		return `Origin ${origin} is not this sandbox`;
	const site = request.headers['sec-fetch-site'];
	return site === undefined || site === 'same-origin' || site === 'none'
		? undefined
		: 'cross-site requests are refused';
}

/** Answers one control call. @throws ControlError or an Error in words. */
export async function control(
	request: { method: string; path: string; query: URLSearchParams; raw: Buffer; type?: string },
	world: World,
): Promise<unknown> {
	const handler = handlers[`${request.method} ${request.path}`];
	if (!handler) throw new ControlError(404, `no ${request.method} /sandbox${request.path}`);
	if (!request.raw.length) return await handler({}, request.query, world);
	if (!/^application\/json/i.test(request.type ?? '')) {
		throw new ControlError(415, 'content-type must be application/json');
	}
	const body = parseJson(request.raw);
	if (!body) throw bad('the body is not a JSON object');
	return await handler(body, request.query, world);
}

/** Server-sent events of new ledger entries, for the playground. */
export function streamLedger(response: ServerResponse, world: World) {
	response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
	response.write(': open\n\n');
	const stop = world.ledger.listen((entry) => {
		response.write(`data: ${JSON.stringify(entry)}\n\n`);
	});
	response.on('close', stop);
}
