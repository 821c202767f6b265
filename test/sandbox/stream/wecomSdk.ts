import { WSClient } from '@wecom/aibot-node-sdk';

import type { TestSandbox } from '../helpers';

/** A frame as the client hands it on. */
export interface WeComFrame {
	headers: { req_id: string };
	body: Record<string, unknown> & { msgid: string; event: { eventtype: string } };
}

const silent = () => undefined;
const clients: WSClient[] = [];

/** WeCom's own client on the sandbox, without waiting for anything. */
export function startWeComClient(
	sandbox: TestSandbox,
	more: { botId?: string; secret?: string; heartbeatInterval?: number } = {},
) {
	const { botId, secret, websocketUrl } = sandbox.world.accounts.weComAiBotApi;
	const client = new WSClient({
		botId,
		secret,
		wsUrl: websocketUrl,
		reconnectInterval: 20,
		maxAuthFailureAttempts: 1,
		...more,
		logger: { debug: silent, info: silent, warn: silent, error: silent },
	});
	const heard: WeComFrame[] = [];
	const said: string[] = [];
	client.on('message', (frame) => heard.push(frame as unknown as WeComFrame));
	client.on('event', (frame) => heard.push(frame as unknown as WeComFrame));
	client.on('authenticated', () => said.push('authenticated'));
	client.on('disconnected', (reason) => said.push(`disconnected ${reason}`));
	client.on('error', (error) => said.push(error.message));
	clients.push(client);
	client.connect();
	return { client, heard, said };
}

/** Ends every client that a test has started. */
export function endWeComClients() {
	for (const client of clients.splice(0)) client.disconnect();
}
