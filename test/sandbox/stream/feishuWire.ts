import { WebSocket } from 'ws';

import {
	decodeFrame,
	encodeFrame,
	type LongConnectionFrame,
} from '../../../protocol/feishu/stream';
import { http, type TestSandbox, until } from '../helpers';

const sockets: WebSocket[] = [];
/** Ends every socket that a test has opened. */
export function endSockets() {
	for (const socket of sockets.splice(0)) socket.terminate();
}

export const accountOf = (sandbox: TestSandbox) => {
	const { appId, appSecret } = sandbox.world.accounts.feishuAppApi;
	return { AppID: appId, AppSecret: appSecret };
};
/** What the gateway answers. */
export const endpoint = async (sandbox: TestSandbox, body: unknown = accountOf(sandbox)) =>
	(await http.post(`${sandbox.origin}/feishu/callback/ws/endpoint`, body)).data;
export const address = async (sandbox: TestSandbox) => new URL((await endpoint(sandbox)).data.URL);

export interface Connected {
	socket: WebSocket;
	service: number;
	next(): Promise<LongConnectionFrame>;
	send(frame: LongConnectionFrame | string): void;
}

/** A socket that ends with the test. */
export function socketTo(url: URL): WebSocket {
	const socket = new WebSocket(url);
	sockets.push(socket);
	return socket;
}

/** A client that sends whatever a test wants, with our own codec. */
export async function connectTo(url: URL): Promise<Connected> {
	const socket = socketTo(url);
	const frames: LongConnectionFrame[] = [];
	socket.on('message', (data: Buffer) => frames.push(decodeFrame(data)));
	await new Promise((done, fail) => socket.once('open', done).once('error', fail));
	return {
		socket,
		service: Number(url.searchParams.get('service_id')),
		next: () => until(() => frames.shift()),
		send: (frame) => socket.send(typeof frame === 'string' ? frame : encodeFrame(frame)),
	};
}
