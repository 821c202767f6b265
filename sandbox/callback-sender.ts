import { Agent } from 'node:http';
import { Agent as SecureAgent } from 'node:https';

import axios, { type AxiosResponse } from 'axios';

import { callbackProtocols } from './callback-protocols.ts';
import type { CallbackResponse, CallbackRequest } from './callback-protocol.ts';
import { noteDelivery, type CallbackDelivery } from './delivered.ts';
import type { UserMessage } from './messages.ts';
import type { World } from './world.ts';

const agents = {
	httpAgent: new Agent({ keepAlive: true, maxSockets: 1024, maxFreeSockets: 256 }),
	httpsAgent: new SecureAgent({ keepAlive: true, maxSockets: 256 }),
};

const client = axios.create({
	...agents,
	proxy: false,
	maxRedirects: 0,
	responseType: 'text',
	transformRequest: [(data) => data],
	transformResponse: [(data) => data],
	validateStatus: () => true,
});

/** The name under which a bot's callback URL is kept. */
export const callbackName = (platform: string, bot: string) =>
	bot === 'app' ? platform : `${platform}-${bot}`;

function urlWith(url: string, query: Record<string, string>): string {
	const full = new URL(url);
	for (const [name, value] of Object.entries(query)) full.searchParams.set(name, value);
	// Query values are percent-encoded as the platforms do it: a space as %20, a plus as %2B.
	full.search = full.searchParams.toString().replaceAll('+', '%20');
	return full.toString();
}

/** @throws when the callback has no URL, with words for the person at the keyboard. */
function callbackUrl(world: World, name: string): string {
	const url = world.callbacks[name];
	if (url) return url;
	throw new Error(
		`no connection and no callback URL for "${name}": start with --callback ${name}=URL or PUT /sandbox/callbacks {"${name}": URL}`,
	);
}

function failureText(error: unknown, deadlineMs: number): string {
	const code = axios.isAxiosError(error) ? error.code : undefined;
	if (code === 'ERR_CANCELED') return `no answer within ${deadlineMs} ms`;
	if (code === 'ECONNREFUSED') return 'nothing listens at the callback URL (connection refused)';
	return `no answer: ${code ?? (error instanceof Error ? error.message : String(error))}`;
}

async function transmit(url: string, request: CallbackRequest, deadlineMs: number) {
	const started = performance.now();
	const controller = new AbortController();
	const timer = setTimeout(() => controller.abort(), deadlineMs);
	const send = () =>
		client.request<string>({
			url: urlWith(url, request.query),
			method: request.method,
			headers: { 'user-agent': 'clawbot-sandbox', ...request.headers },
			data: request.method === 'GET' ? undefined : request.body,
			signal: controller.signal,
		});
	let response: AxiosResponse<string> | undefined;
	let failure: string | undefined;
	try {
		// A kept-alive connection may have been closed by the bot just now: any HTTP client tries that again.
		response = await send().catch((error) => {
			if (error?.request?.reusedSocket && error.code === 'ECONNRESET') return send();
			throw error;
		});
	} catch (error) {
		failure = failureText(error, deadlineMs);
	} finally {
		clearTimeout(timer);
	}
	return { response, failure, ms: Math.round((performance.now() - started) * 10) / 10 };
}

/** Sends one request and writes it into the ledger. */
async function post(
	world: World,
	options: {
		url: string;
		request: CallbackRequest;
		deadlineMs: number;
		service: string;
		kind: string;
		message?: UserMessage;
		isLast?: boolean;
		judge(received: CallbackResponse): string | undefined;
	},
): Promise<CallbackDelivery> {
	const { url, request, message, service, kind, isLast } = options;
	const at = new Date().toISOString();
	const { response, failure, ms } = await transmit(url, request, options.deadlineMs);
	const body = String(response?.data ?? '');
	const status = response?.status ?? 0;
	const answered = message?.answers.length ?? 0;
	const refused = failure ?? options.judge({ status, body });
	const target = new URL(urlWith(url, request.query));
	return noteDelivery(world, {
		...{ at, by: 'http', service, kind, status, ms, refused, message, isLast },
		text: message?.answers[answered]?.text,
		method: request.method,
		url: target.toString(),
		path: target.pathname,
		query: target.search,
		sent: { headers: request.headers, body: request.body.toString('utf8') },
		received: { headers: headersOf(response), body },
	});
}

const headersOf = (response: AxiosResponse<string> | undefined): Record<string, string> =>
	Object.fromEntries(
		Object.entries(response?.headers ?? {}).map(([name, value]) => [name, String(value)]),
	);

export const callbackProtocolOf = (message: Pick<UserMessage, 'platform' | 'bot'>) =>
	callbackProtocols[callbackName(message.platform, message.bot)];

/** Sends a message to the callback URL of its bot, once. */
export async function deliverByHttp(
	world: World,
	message: UserMessage,
	{ isLast }: { isLast: boolean },
): Promise<CallbackDelivery> {
	const name = callbackName(message.platform, message.bot);
	const protocol = callbackProtocols[name]!;
	const url = message.url ?? callbackUrl(world, name);
	const request = protocol.build(message, world);
	return await post(world, {
		url,
		request,
		deadlineMs: protocol.deadlineMs,
		service: message.platform,
		kind: 'delivery',
		message,
		isLast,
		judge: (received) => protocol.judge(received, request, message, world),
	});
}

/** What the console does when a person saves the callback URL. */
export async function verifyUrl(world: World, platform: string, bot: string) {
	const name = callbackName(platform, bot);
	const probe = callbackProtocols[name]?.probe?.(world);
	if (!probe) throw new Error(`the platform does not probe the URL of "${name}"`);
	const url = callbackUrl(world, name);
	const delivery = await post(world, {
		url,
		...probe,
		service: platform,
		kind: 'verify',
	});
	const { status, ms, refused, request, response } = delivery;
	return { ok: !refused, status, ms, reason: refused, request, response };
}

/** Sends exactly what it is given: for attacks. */
export function deliverRaw(world: World, platform: string, bot: string, request: CallbackRequest) {
	return post(world, {
		url: callbackUrl(world, callbackName(platform, bot)),
		request,
		deadlineMs: 10_000,
		service: platform,
		kind: 'raw',
		judge: ({ status }) => (status >= 400 ? `HTTP ${status}` : undefined),
	});
}
