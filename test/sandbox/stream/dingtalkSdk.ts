import axios from 'axios';
import { DWClient, EventAck } from 'dingtalk-stream';

import type { TestSandbox } from '../helpers';

export { EventAck };

/** A frame as the client hands it on. */
export interface HeardFrame {
	type: string;
	headers: Record<string, string>;
	data: string;
}

const clients: DWClient[] = [];
let gatewayOrigin = '';

// The client knows the real gateway only; the others that use axios here are left alone.
axios.interceptors.request.use((config) => {
	const url = config.url?.replace('https://api.dingtalk.com', `${gatewayOrigin}/dingtalk/api`);
	return { ...config, url };
});

/** DingTalk's own client on the sandbox. It acknowledges robot messages and cards, and events by `eventAck`. */
export async function startDingTalkClient(
	sandbox: TestSandbox,
	options: {
		topics?: string[];
		eventAck?: (frame: HeardFrame) => EventAck;
		response?: object;
		/** Left out: that of accounts.json. */
		account?: { clientId: string; clientSecret: string };
	} = {},
) {
	gatewayOrigin = sandbox.origin;
	const { clientId, clientSecret } = options.account ?? sandbox.world.accounts.dingTalkAppApi;
	const heard: HeardFrame[] = [];
	// Left out, all clients of the process would share one list.
	const subscriptions = [{ type: 'EVENT', topic: '*' }];
	const settings = { clientId, clientSecret, subscriptions, ua: 'judge' };
	const client = new DWClient(settings);
	Object.assign(client, { reconnectInterval: 20 });
	for (const topic of options.topics ?? ['/v1.0/im/bot/messages/get']) {
		client.registerCallbackListener(topic, (frame) => {
			heard.push(frame as unknown as HeardFrame);
			client.socketCallBackResponse(frame.headers.messageId, options.response ?? null);
		});
	}
	client.registerAllEventListener((frame) => {
		heard.push(frame as unknown as HeardFrame);
		const status = options.eventAck?.(frame as unknown as HeardFrame) ?? EventAck.SUCCESS;
		return { status };
	});
	clients.push(client);
	await client.connect();
	return { client, heard };
}

/** Ends every client that a test has started. */
export function endDingTalkClients() {
	for (const client of clients.splice(0)) client.disconnect();
}
