import crypto from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import axios, { type AxiosResponse } from 'axios';

import { startSandbox, type Sandbox, type SandboxOptions } from '../../sandbox/server';

export { until } from '../until';

/** Any status is an answer to look at; bodies arrive parsed. */
export const http = axios.create({ proxy: false, validateStatus: () => true });

export interface Received {
	method: string;
	url: URL;
	headers: IncomingHttpHeaders;
	body: string;
}

export interface BotAnswer {
	status?: number;
	body?: string;
	delayMs?: number;
}

/** A bot of a few lines: keeps what it receives, answers what `answer` says. */
export async function startBot(
	answer: (received: Received) => BotAnswer | Promise<BotAnswer> = () => ({}),
) {
	const received: Received[] = [];
	const server = createServer(async (request, response) => {
		const chunks: Buffer[] = [];
		for await (const chunk of request) chunks.push(chunk);
		const call = {
			method: request.method!,
			url: new URL(request.url!, 'http://bot'),
			headers: request.headers,
			body: Buffer.concat(chunks).toString('utf8'),
		};
		received.push(call);
		const { status = 200, body = '', delayMs = 0 } = await answer(call);
		setTimeout(() => {
			response.writeHead(status);
			response.end(body);
		}, delayMs);
	});
	await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
	const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	const close = async () => {
		server.closeAllConnections();
		await new Promise((done) => server.close(done));
	};
	return { origin, received, close };
}

export const startTestSandbox = (options: SandboxOptions = {}) =>
	startSandbox({
		port: 0,
		playgroundFolder: join(__dirname, '../../sandbox/playground'),
		...options,
	});

/** What tests see of a sandbox. */
export type TestSandbox = Pick<Sandbox, 'origin' | 'world'>;

/** A sandbox for all tests of a file, at its start for each of them. */
export function useSandbox(): { sandbox: TestSandbox; control: Control } {
	let started: Sandbox;
	beforeAll(async () => {
		started = await startTestSandbox();
	});
	afterAll(async () => await started.close());
	const sandbox = {
		get origin() {
			return started.origin;
		},
		get world() {
			return started.world;
		},
	};
	const control = controlOf(sandbox);
	beforeEach(async () => await control.post('/reset'));
	return { sandbox, control };
}

let passedMs = 0;
const started = performance.now.bind(performance);
performance.now = () => started() + passedMs;

/** Lets every limit's window pass: what was sent before does not count any more. */
export function passWindows(): void {
	passedMs += 2 * 60 * 60 * 1000;
}

/**
 * In the tests of a file time stands still but for `passWindows`, for the bot and the platforms: what is sent falls
 * into one window, however long the machine takes.
 */
export function useStillTime(): void {
	let stills: jest.SpyInstance[];
	beforeAll(() => {
		const at = performance.now() - passedMs;
		stills = [
			jest.spyOn(performance, 'now').mockImplementation(() => at + passedMs),
			jest.spyOn(Date, 'now').mockReturnValue(Date.now()),
		];
	});
	afterAll(() => stills.forEach((still) => still.mockRestore()));
}

/** Control calls that fail loudly. A reset forgets the platforms' limits, so the bot's are over, too. */
export function controlOf(sandbox: Pick<Sandbox, 'origin'>) {
	const call = async (method: string, path: string, data?: unknown) => {
		const answer = await http.request({ method, url: `${sandbox.origin}/sandbox${path}`, data });
		if (answer.status !== 200) throw new Error(`${path}: ${JSON.stringify(answer.data)}`);
		return answer.data;
	};
	return {
		get: (path: string) => call('GET', path),
		put: (path: string, data: unknown) => call('PUT', path, data),
		post: (path: string, data: unknown = {}) => {
			if (path === '/reset') passWindows();
			return call('POST', path, data);
		},
		delete: (path: string) => call('DELETE', path),
	};
}

export type Control = ReturnType<typeof controlOf>;

export const codeOf = (answer: AxiosResponse) =>
	answer.data.errcode ?? answer.data.code ?? answer.data.error?.code;

const sha1 = (...values: string[]) =>
	crypto
		.createHash('sha1')
		.update([...values].sort().join(''))
		.digest('hex');

/** The bot's side of the shared callback scheme, in node:crypto, so that the sandbox's crypto-js meets another hand. */
export const callbackCrypto = {
	signature: sha1,
	open(aesKey: string, encrypt: string) {
		const key = Buffer.from(`${aesKey}=`, 'base64');
		const decipher = crypto
			.createDecipheriv('aes-256-cbc', key, key.subarray(0, 16))
			.setAutoPadding(false);
		const padded = Buffer.concat([decipher.update(encrypt, 'base64'), decipher.final()]);
		const plain = padded.subarray(0, -padded.at(-1)!);
		const end = 20 + plain.readUInt32BE(16);
		return { text: plain.toString('utf8', 20, end), receiverId: plain.toString('utf8', end) };
	},
	seal(aesKey: string, receiverId: string, text: string) {
		const key = Buffer.from(`${aesKey}=`, 'base64');
		const message = Buffer.from(text);
		const length = Buffer.alloc(4);
		length.writeUInt32BE(message.length);
		const plain = Buffer.concat([crypto.randomBytes(16), length, message, Buffer.from(receiverId)]);
		const count = 32 - (plain.length % 32);
		const cipher = crypto
			.createCipheriv('aes-256-cbc', key, key.subarray(0, 16))
			.setAutoPadding(false);
		const padded = Buffer.concat([plain, Buffer.alloc(count, count)]);
		return Buffer.concat([cipher.update(padded), cipher.final()]).toString('base64');
	},
};

export const feishuCrypto = {
	open(encryptKey: string, encrypt: string) {
		const key = crypto.createHash('sha256').update(encryptKey).digest();
		const raw = Buffer.from(encrypt, 'base64');
		const decipher = crypto.createDecipheriv('aes-256-cbc', key, raw.subarray(0, 16));
		return Buffer.concat([decipher.update(raw.subarray(16)), decipher.final()]).toString('utf8');
	},
	signature: (timestamp: string, nonce: string, encryptKey: string, body: string) =>
		crypto
			.createHash('sha256')
			.update(timestamp + nonce + encryptKey + body)
			.digest('hex'),
};

export const hmacBase64 = (key: string, message: string) =>
	crypto.createHmac('sha256', key).update(message).digest('base64');
