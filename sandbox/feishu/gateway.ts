import { randomBytes } from '../aes.ts';
import type { BotAccount } from '../bots.ts';
import { type Call, isJsonType, type ServiceReply } from '../http.ts';
import type { World } from '../world.ts';

export const FEISHU_STREAM_PATH = '/feishu/ws/v2';
/** Of one app. */
const MOST_CONNECTIONS = 50;
export const EXCEEDS_CONNECTIONS = 1_000_040_350;
export const AUTH_FAILED = 514;
const INTERNAL_ERROR = 1_000_040_343;
/** How long an address is good for is not published. */
const TICKET_LIFE_MS = 60_000;

/** What a ticket was given out for; the URL names it beside the ticket. */
export interface Grant {
	device_id: string;
	service_id: string;
}

/** What the platform wishes of its clients, in seconds. */
export function clientConfig(world: World) {
	const settings = world.streamSettings.get().feishu;
	return {
		ReconnectCount: settings.reconnectCount,
		ReconnectInterval: settings.reconnectInterval,
		ReconnectNonce: settings.reconnectNonce,
		PingInterval: settings.pingInterval,
	};
}

/** The platform's own client reads `data` before it looks at the code. */
const refusal = (code: number, msg: string): ServiceReply => ({
	body: { code, msg, data: {} },
	refused: `${code} ${msg}`,
});

export const hasTooMany = ({ id }: Pick<BotAccount, 'id'>, world: World) =>
	world.connections.of('feishu').filter(({ connection }) => connection.botId === id).length >=
	MOST_CONNECTIONS;

/** Where to connect: an address that opens one connection, soon. */
function openEndpoint(call: Call, world: World): ServiceReply {
	const { AppID, AppSecret } = call.json ?? {};
	if (!call.json || !isJsonType(call.headers))
		return { ...refusal(400, 'bad request'), status: 400 };
	if (world.streamFaults.entry('feishu', 'refuse'))
		return refusal(INTERNAL_ERROR, 'internal error');
	const app = world.bots.withSecret('feishu', AppID, AppSecret);
	if (app?.brand !== call.host || world.streamFaults.entry('feishu', 'wrongCredentials'))
		return refusal(AUTH_FAILED, 'app_id or app_secret is invalid');
	if (hasTooMany(app, world))
		return refusal(EXCEEDS_CONNECTIONS, 'the number of connections exceeded the limit');
	const grant: Grant = {
		device_id: String(randomBytes(8).readBigUInt64BE()),
		service_id: String(randomBytes(4).readUInt32BE() >>> 1),
	};
	const ticket = world.tickets.issue(TICKET_LIFE_MS, { ...grant, botId: app.id });
	const query = new URLSearchParams({ ...grant, ticket });
	const url = `${world.origin.replace('http', 'ws')}${FEISHU_STREAM_PATH}?${query}`;
	return { body: { code: 0, msg: '', data: { URL: url, ClientConfig: clientConfig(world) } } };
}

export const gatewayRoute = {
	method: 'POST',
	path: /^\/callback\/ws\/endpoint$/,
	kind: 'gateway',
	handle: openEndpoint,
};
