import { WebSocket } from 'ws';

import { until, type TestSandbox } from '../helpers';

const sockets: WebSocket[] = [];

/** Connects to WeCom's path by hand: what the platforms' clients hide is seen here. */
export async function openWire(sandbox: TestSandbox) {
	const { botId, secret, websocketUrl } = sandbox.world.accounts.weComAiBotApi;
	// By itself, the library would end a connection that floods it with pings.
	const options = { maxPayload: 20 * 1024 * 1024, autoPong: false };
	const socket = new WebSocket(websocketUrl, options);
	sockets.push(socket);
	const heard: Array<string | Buffer> = [];
	const wire = {
		socket,
		heard,
		pings: 0,
		pongs: 0,
		closeCode: undefined as number | undefined,
		send: (cmd: string, reqId: string, body?: unknown) =>
			socket.send(JSON.stringify({ cmd, headers: { req_id: reqId }, body })),
		/** The answers to frames of ours, without what came unasked. */
		answers: () =>
			heard
				.filter((frame) => typeof frame === 'string' && frame.includes('errcode'))
				.map((frame) => JSON.parse(String(frame)) as WireAnswer),
		subscribe: () => wire.send('aibot_subscribe', 'subscribe', { bot_id: botId, secret }),
	};
	socket.on('message', (data: Buffer, isBinary) =>
		heard.push(isBinary ? data : data.toString('utf8')),
	);
	socket.on('ping', () => (wire.pings += 1));
	socket.on('pong', () => (wire.pongs += 1));
	socket.on('error', () => undefined);
	socket.on('close', (code) => (wire.closeCode = code));
	await until(() => socket.readyState === WebSocket.OPEN || wire.closeCode);
	return wire;
}

interface WireAnswer {
	headers: { req_id: string };
	errcode: number;
	errmsg: string;
}

/** A wire whose bot is known to the platform. */
export async function openSubscribed(sandbox: TestSandbox) {
	const wire = await openWire(sandbox);
	wire.subscribe();
	await until(() => wire.answers().length);
	wire.heard.length = 0;
	return wire;
}

/** Ends every wire that a test has opened. */
export function endWires() {
	for (const socket of sockets.splice(0)) socket.terminate();
}
