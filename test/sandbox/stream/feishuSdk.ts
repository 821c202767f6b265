import { lark, silent, type LarkConnection } from '../../interop/larkSdk';
import { type TestSandbox, until } from '../helpers';

/** An event as the client hands it on: the fields of header and event together. */
export interface HeardEvent {
	event_id?: string;
	message?: { message_id?: string; content?: string };
}

const clients: LarkConnection[] = [];

export interface ClientOptions {
	/** Left out: those of accounts.json. */
	appId?: string;
	appSecret?: string;
	/** The hosts: `feishu` or `lark`. */
	host?: string;
	/** What is answered to an event or a card action; what it throws is a failure. */
	answer?: (event: HeardEvent) => unknown;
}

/** Feishu's own client, started on the sandbox; resolves when it is connected or has given up. */
export async function startFeishuClient(sandbox: TestSandbox, options: ClientOptions = {}) {
	const account = sandbox.world.accounts.feishuAppApi;
	const heard: HeardEvent[] = [];
	const failures: string[] = [];
	let reconnects = 0;
	let isReady = false;
	const handle = (event: HeardEvent) => {
		heard.push(event);
		return options.answer?.(event);
	};
	const client = new lark.WSClient({
		appId: options.appId ?? account.appId,
		appSecret: options.appSecret ?? account.appSecret,
		domain: `${sandbox.origin}/${options.host ?? 'feishu'}`,
		onReady: () => (isReady = true),
		onReconnected: () => (reconnects += 1),
		onError: (error: Error) => failures.push(error.message),
		...silent,
	});
	clients.push(client);
	const eventDispatcher = new lark.EventDispatcher(silent).register({
		'im.message.receive_v1': handle,
		'application.bot.menu_v6': handle,
		'card.action.trigger': handle,
	});
	await client.start({ eventDispatcher });
	await until(() => isReady || failures.length);
	return { client, heard, failures, reconnects: () => reconnects };
}

/** Ends every client that a test has started. */
export function endFeishuClients() {
	for (const client of clients.splice(0)) client.close({ force: true });
}
